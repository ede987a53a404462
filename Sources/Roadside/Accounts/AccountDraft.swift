import BSON
import Foundation
import RoadsideRules

/// A registration whose every field has been checked and normalised.
struct AccountDraft: Sendable {
    let role: Role
    /// Empty for who registered, or came from another system, without one.
    let email: String
    /// Empty for staff and partners who have none, and for who came by an outside party.
    let phone: String
    let name: String
    let password: String
    let vehicle: VehicleFacts?
    private let specializations: [String]
    private let fuelTypes: [String]
    private let reference: ReferenceData
    private let experienceYears: Int
    private let serviceRadiusKm: Double
    private let location: GeoPoint?
    private var address: String?
    private var ownVehicle: ProviderVehicle?
    private var licence: Licence?

    /// - Throws: `VALIDATION_ERROR` with every issue.
    init(
        _ registration: Registration, settings: RoadsideSettings, reference: ReferenceData, at now: Date
    ) throws(RoadsideError) {
        var check = ProfileCheck(region: settings.phoneRegion)
        role = registration.role
        email = registration.email.isEmpty ? "" : check.email(registration.email)
        password = registration.password
        check.password(password, own: [registration.email, registration.name, registration.phone])
        name = check.name(registration.name) ?? ""
        phone = check.phone(registration.phone) ?? ""
        let isProvider = role == .provider
        vehicle = check.vehicle(isProvider ? nil : registration.vehicle)
        specializations = (isProvider ? check.specializations(registration.specializations) : nil) ?? []
        fuelTypes = (isProvider ? check.fuelTypes(registration.fuelTypes, in: reference) : nil) ?? []
        self.reference = reference
        experienceYears = (isProvider ? check.experience(registration.experienceYears) : nil) ?? 0
        serviceRadiusKm =
            (isProvider ? check.serviceRadius(registration.serviceRadiusKm) : nil)
            ?? ProviderProfile.defaultServiceRadiusKm
        location = registration.location
        address = check.address(registration.address)
        if isProvider {
            ownVehicle = check.vehicle(registration.ownVehicle)
            let zone = registration.location.flatMap { reference.zone(at: $0) }
            licence = check.licence(
                registration.licence, by: zone?.calendar ?? settings.calendar, at: now)
        }
        try check.finish()
    }

    /// Staff, or a partner.
    ///
    /// - Throws: `VALIDATION_ERROR` with every issue.
    init(
        invited role: Role, email: String, name: String, phone: String?, password: String, settings: RoadsideSettings
    ) throws(RoadsideError) {
        var check = ProfileCheck(region: settings.phoneRegion)
        self.role = role
        self.email = check.email(email)
        check.password(password, own: [email, name, phone].compactMap(\.self))
        self.password = password
        self.name = check.name(name) ?? ""
        self.phone = check.phone(phone) ?? ""
        vehicle = nil
        specializations = []
        fuelTypes = []
        reference = .empty
        experienceYears = 0
        serviceRadiusKm = ProviderProfile.defaultServiceRadiusKm
        location = nil
        try check.finish()
    }

    /// A customer whom an outside party knows; he has no password until he sets one. A name that cannot be shown is the
    /// beginning of his address.
    init(_ identity: OutsideIdentity) {
        role = .customer
        email = identity.email
        phone = ""
        let local = identity.email.prefix { $0 != "@" }
        name = ContactRules.displayName(identity.name) ?? String(local)
        password = ""
        vehicle = nil
        specializations = []
        fuelTypes = []
        reference = .empty
        experienceYears = 0
        serviceRadiusKm = ProviderProfile.defaultServiceRadiusKm
        location = nil
    }

    /// Somebody of the demo data, which is checked where it is read. Its password was hashed once for all.
    init(seed person: SeedPerson) {
        role = person.role
        email = person.email
        phone = person.phone
        name = person.name
        password = ""
        vehicle = person.vehicle
        specializations = []
        fuelTypes = []
        reference = .empty
        experienceYears = 0
        serviceRadiusKm = ProviderProfile.defaultServiceRadiusKm
        location = nil
    }

    /// Somebody from another system, which has let him in without our rules for passwords; one of his addresses is enough.
    ///
    /// - Throws: `VALIDATION_ERROR` with every issue.
    init(_ newcomer: Newcomer, settings: RoadsideSettings, reference: ReferenceData) throws(RoadsideError) {
        var check = ProfileCheck(region: settings.phoneRegion)
        role = newcomer.role
        email = newcomer.email.isEmpty ? "" : check.email(newcomer.email)
        phone = newcomer.phone.isEmpty ? "" : check.phone(newcomer.phone) ?? ""
        if newcomer.email.isEmpty, newcomer.phone.isEmpty {
            check.report("email", "There is neither an e-mail address nor a phone number.")
        }
        name = check.name(newcomer.name) ?? ""
        password = ""
        let work = role == .provider ? newcomer.work : nil
        vehicle = check.vehicle(role == .provider ? nil : newcomer.vehicle)
        specializations = check.specializations(work?.specializations) ?? []
        fuelTypes = []
        self.reference = reference
        experienceYears = check.experience(work?.experienceYears) ?? 0
        serviceRadiusKm = check.serviceRadius(work?.serviceRadiusKm) ?? ProviderProfile.defaultServiceRadiusKm
        location = work?.location
        ownVehicle = check.vehicle(work?.vehicle)
        try check.finish()
    }

    /// Ways to reach the person, each of which belongs to one account only.
    var addresses: [ContactAddress] {
        (email.isEmpty ? [] : [ContactAddress(email: email)]) + (phone.isEmpty ? [] : [ContactAddress(phone: phone)])
    }

    /// The new document of `users`. An absent address is left out, or the unique index would hold "none" once.
    ///
    /// - Parameters:
    ///   - passwordHash: nil for who has no password.
    ///   - isProven: the addresses count as verified.
    ///   - isEmailProven, isPhoneProven: this one of them does.
    func user(
        id: ObjectID, number: Int64, passwordHash: String?, isProven: Bool = false, isEmailProven: Bool = false,
        isPhoneProven: Bool = false, isActive: Bool = true, at now: Date
    ) -> Document {
        var user: Document = [
            "_id": .id(id), "number": .int64(number), "roles": [.string(role.rawValue)], "name": .string(name),
        ]
        if !email.isEmpty { user.append("email", .string(email)) }
        if !phone.isEmpty { user.append("phone", .string(phone)) }
        user.append("password_hash", ifPresent: passwordHash)
        user.append(
            contentsOf: [
                "is_active": .bool(isActive),
                "is_verified": [
                    "email": .bool(isProven || isEmailProven), "phone": .bool(isProven || isPhoneProven),
                ],
                "session_version": .int64(0),
            ])
        if let vehicle { user.append("vehicle_info", .document(vehicle.document)) }
        user.append("address", ifPresent: address)
        if role == .customer, let location {
            user.append("position", .document(location.geoJSON))
            user.append("position_at", .date(now))
        }
        user.append(SearchWords.field, SearchWords.of(name: name, email: email, phone: phone))
        user.append(
            contentsOf: ["created_at": .date(now), "updated_at": .date(now), "version": .int64(1)])
        return user
    }

    /// The working side of a provider, available at once (decision 23).
    func profile(id: ObjectID, number: Int64, isVerified: Bool) -> ProviderProfile? {
        guard role == .provider else { return nil }
        var profile = ProviderProfile(
            id: id, number: number, name: name, phone: phone, email: email, specializations: specializations,
            fuelTypes: fuelTypes, reference: reference, experienceYears: experienceYears,
            serviceRadiusKm: serviceRadiusKm, location: location,
            isVerified: isVerified)
        profile.ownVehicle = ownVehicle
        profile.work.licence = licence
        return profile
    }
}
