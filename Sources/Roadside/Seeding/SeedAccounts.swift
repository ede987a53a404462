public import BSON
public import RoadsideRules

/// The accounts of a seed file that are known by name, and the password of everybody whom the seed makes.
///
/// The strength rule for passwords is not applied: these are published, and production refuses them (K34).
public struct SeedAccounts: Sendable {
    /// Names the seed in ids and settings: `nairobi`.
    public let seed: String
    public let password: String
    /// Staff first, then customers, then providers, each in the order of the file.
    public let people: [SeedPerson]

    /// - Parameters:
    ///   - file: how the file is called in messages.
    ///   - reference: what the providers' skills amount to.
    /// - Throws: every fault of the file.
    public init(_ json: JSON, seed: String, file: String, reference: ReferenceData) throws(SeedFaults) {
        let reader = SeedReader()
        self.seed = seed
        password = reader.text(json["password"], "\(file): password")
        var entries: [(JSON, Role, String)] = []
        if let admin = json["admin"] { entries.append((admin, .admin, "\(file): admin")) }
        for (member, role) in Self.groups {
            guard let group = json[member] else { continue }
            entries += reader.list(group, "\(file): \(member)").map { ($0.0, role, $0.1) }
        }
        if entries.isEmpty { reader.fault(file, "has no account") }
        people = entries.map { Self.person($0.0, role: $0.1, place: $0.2, seed: seed, reference, reader) }
        for (key, kind) in [(\SeedPerson.email, "e-mail address"), (\SeedPerson.phone, "phone number")] {
            var seen: Set<String> = []
            for person in people where !person[keyPath: key].isEmpty && !seen.insert(person[keyPath: key]).inserted {
                reader.fault(file, "the \(kind) \(person[keyPath: key]) is given twice")
            }
        }
        try reader.finish()
    }

    private static let groups: [(String, Role)] = [
        ("dispatchers", .dispatcher), ("partners", .partner), ("customers", .customer), ("providers", .provider),
    ]

    /// Before anything that happened to them.
    private static let age = 60 * 24 * 3600.0

    private static func person(
        _ json: JSON, role: Role, place: String, seed: String, _ reference: ReferenceData, _ reader: SeedReader
    ) -> SeedPerson {
        let email = reader.text(json["email"], "\(place).email")
        let phone = reader.text(json["phone"], "\(place).phone")
        let name = reader.text(json["name"], "\(place).name")
        if !email.isEmpty, ContactRules.email(email) != email {
            reader.fault("\(place).email", "\(email) is not an e-mail address in lower case")
        }
        if !phone.isEmpty, ContactRules.phone(phone) != phone {
            reader.fault("\(place).phone", "\(phone) is not a phone number; write it like +254712345678")
        }
        if !name.isEmpty, ContactRules.displayName(name) != name {
            reader.fault("\(place).name", "\(name) is not a name of 1 to 100 characters")
        }
        let id = SeedID.of("\(seed)/\(email)")
        return SeedPerson(
            id: id, role: role, name: name, email: email, phone: phone,
            vehicle: vehicle(json["vehicle_info"], "\(place).vehicle_info", reader),
            profile: role == .provider ? profile(json, id, name, place, reference, reader) : nil,
            place: json["place"]?.string ?? "", age: age)
    }

    private static func vehicle(_ json: JSON?, _ place: String, _ reader: SeedReader) -> VehicleFacts? {
        guard let json else { return nil }
        return VehicleFacts(
            make: reader.text(json["make"], "\(place).make"), model: reader.text(json["model"], "\(place).model"),
            year: reader.whole(json["year"], "\(place).year", in: 1886...2200),
            licensePlate: reader.text(json["license_plate"], "\(place).license_plate"))
    }

    private static func profile(
        _ json: JSON, _ id: ObjectID, _ name: String, _ place: String, _ reference: ReferenceData,
        _ reader: SeedReader
    ) -> ProviderProfile {
        let latitude = reader.number(json["latitude"], "\(place).latitude", in: -90...90)
        let longitude = reader.number(json["longitude"], "\(place).longitude", in: -180...180)
        var profile = ProviderProfile(
            id: id, number: 0, name: name, phone: "", email: "",
            specializations: reader.texts(json["specialization"], "\(place).specialization"),
            reference: reference,
            experienceYears: reader.whole(json["experience_years"], "\(place).experience_years", in: 0...80),
            serviceRadiusKm: reader.number(json["service_radius_km"], "\(place).service_radius_km", in: 0.1...100),
            location: GeoPoint(latitude: latitude, longitude: longitude), isVerified: true)
        profile.ownVehicle = json["provider_vehicle"].map { vehicle in
            ProviderVehicle(
                type: reader.text(vehicle["type"], "\(place).provider_vehicle.type"),
                registration: reader.text(vehicle["registration"], "\(place).provider_vehicle.registration"))
        }
        return profile
    }
}
