import FoundationEssentials
import RoadsideRules

/// Looks at the fields of a registration or a change, normalises what is good and collects **all** that is not.
struct ProfileCheck {
    private(set) var issues: [FieldIssue] = []
    let region: String

    init(region: String) { self.region = region }

    mutating func email(_ text: String) -> String {
        accept(ContactRules.email(text), as: "email", or: "This is not an e-mail address.") ?? ""
    }

    mutating func phone(_ text: String?) -> String? {
        guard let text else { return nil }
        return accept(
            ContactRules.phone(text, region: region), as: "phone",
            or: "This is not a phone number we can call; write it like +254712345678.")
    }

    /// A profile may repeat the number; another one takes the way of ``Accounts/changeAddress(_:to:password:)``.
    mutating func phone(_ text: String?, sameAs present: String) {
        guard let phone = phone(text), phone != present else { return }
        report("phone", "A new number counts once its code is shown; ask for the change of your address.")
    }

    mutating func name(_ text: String?) -> String? {
        guard let text else { return nil }
        return accept(ContactRules.displayName(text), as: "name", or: "Write a name of 1 to 100 characters.")
    }

    /// - Parameter own: the person's own words, which make bad passwords.
    mutating func password(_ text: String, own: [String], as name: String = "password") {
        for issue in ContactRules.password(text, own: own) { report(name, issue.message) }
    }

    mutating func vehicle(_ vehicle: VehicleFacts?) -> VehicleFacts? {
        guard let vehicle else { return nil }
        if let year = vehicle.year, !VehicleDraft.years.contains(year) {
            report("vehicle.year", "This is not a year of a car.")
        }
        return VehicleFacts(
            make: word(vehicle.make, as: "vehicle.make"), model: word(vehicle.model, as: "vehicle.model"),
            year: vehicle.year, licensePlate: word(vehicle.licensePlate, as: "vehicle.license_plate").uppercased())
    }

    mutating func vehicle(_ vehicle: ProviderVehicle?) -> ProviderVehicle? {
        guard let vehicle else { return nil }
        return ProviderVehicle(
            type: word(vehicle.type, as: "provider_vehicle.type"),
            registration: word(vehicle.registration, as: "provider_vehicle.registration"))
    }

    /// A newcomer's, which must be good for today at least (B3).
    mutating func licence(_ draft: LicenceDraft?, by calendar: MarketCalendar, at now: Date) -> Licence? {
        guard let draft else { return nil }
        let (licence, issues) = draft.checked(by: calendar, prefix: "licence.")
        self.issues += issues
        if licence?.isExpired(at: now) == true { report("licence.expires_on", "This licence has expired.") }
        return licence
    }

    /// Where somebody lives or has his office, in one line.
    mutating func address(_ text: String?) -> String? {
        guard let text else { return nil }
        let address = Wording.clean(text)
        if address.count > Wording.addressLimit {
            report("address", "Write at most \(Wording.addressLimit) characters.")
        }
        return address.isEmpty ? nil : address
    }

    mutating func specializations(_ words: [String]?) -> [String]? {
        guard let words else { return nil }
        if words.count > 20 { report("specializations", "Name at most 20.") }
        var kept: [String] = []
        for text in words.prefix(20) {
            let word = word(text, as: "specializations")
            if !word.isEmpty, !kept.contains(word) { kept.append(word) }
        }
        return kept
    }

    /// Their codes, as the reference data spells them.
    mutating func fuelTypes(_ words: [String]?, in reference: ReferenceData) -> [String]? {
        guard let words else { return nil }
        let codes = words.map { reference.fuel($0)?.code }
        if codes.contains(nil) {
            report("fuel_types", "Name some of \(reference.fuels.map(\.code).joined(separator: ", ")).")
        }
        return codes.compactMap(\.self).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    mutating func experience(_ years: Int?) -> Int? {
        if let years, !(0...80).contains(years) { report("experience_years", "Give 0 to 80 years.") }
        return years
    }

    mutating func serviceRadius(_ kilometres: Double?) -> Double? {
        if let kilometres, !(0.1...100).contains(kilometres) {
            report("service_radius_km", "Give 0.1 to 100 kilometres.")
        }
        return kilometres
    }

    /// - Throws: `VALIDATION_ERROR` with everything that was reported.
    func finish() throws(RoadsideError) {
        if !issues.isEmpty { throw .validation(issues) }
    }

    private mutating func word(_ text: String, as name: String) -> String {
        if text.allSatisfy(\.isWhitespace) { return "" }
        guard let word = ContactRules.displayName(text), word.unicodeScalars.count <= 60 else {
            report(name, "Write at most 60 visible characters.")
            return ""
        }
        return word
    }

    private mutating func accept(_ value: String?, as name: String, or message: String) -> String? {
        if value == nil { report(name, message) }
        return value
    }

    mutating func report(_ name: String, _ message: String) {
        issues.append(FieldIssue(name: name, message: message))
    }
}
