import BSON
import Foundation
import Roadside
import RoadsideRules
import RoadsideWeb

/// B2 and B3: a newcomer. What an assistant must tell besides depends on `user_type`.
struct RegisterBody {
    let registration: Registration

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        let word = fields.text("user_type", max: 40)
        let role = DepanniniWords.newcomer(word)
        // Whoever has come to the other dialect's door, by a slash too many, is let in all the same (K2).
        let stray = DepanniniWords.strayNewcomer(word)
        if role == nil, stray == nil, !word.isEmpty {
            fields.issue("user_type", "must be one of \(DepanniniWords.newcomers.joined(separator: ", "))")
        }
        var registration = Registration(
            email: fields.optionalText("email", max: 254) ?? "", password: fields.secret("password"),
            name: fields.text("name"), phone: fields.text("phone_number", "phone", max: 40),
            role: role ?? stray ?? .customer)
        if role != nil || fields.has("password_confirm") {
            fields.confirm("password_confirm", registration.password)
        }
        registration.address = fields.optionalText("address", max: 300)
        if role == .provider {
            let papers = AssistantPapers(&fields)
            registration.specializations = papers.skills
            registration.licence = papers.licence
            registration.ownVehicle = papers.vehicle
            registration.location = fields.currentPlace(isRequired: true)
        } else {
            registration.specializations = fields.optionalTexts("specialization") ?? []
            registration.location = fields.currentPlace(isRequired: false)
            fields.passOverPapers()
        }
        try fields.finish()
        self.registration = registration
    }
}

/// B3: what an assistant comes with.
struct AssistantPapers {
    let skills: [String]
    let licence: LicenceDraft
    let vehicle: ProviderVehicle

    init(_ fields: inout Fields) {
        let service = fields.word("service_type", of: DepanniniWords.serviceTypes) ?? ""
        let category = fields.word("driving_license_cat", of: DepanniniWords.licences) ?? ""
        skills = DepanniniWords.skills(serviceType: service, licence: category)
        licence = LicenceDraft(
            classes: [category], number: fields.text("driving_license_num", max: 40),
            expiresOn: fields.licenceDay("driving_license_expiry"))
        vehicle = ProviderVehicle(
            type: fields.text("vehicle_type", max: 60), registration: fields.registrationNumber())
    }
}

extension Fields {
    /// The same password once more.
    mutating func confirm(_ name: String, _ password: String) {
        let before = issues.count
        let again = secret(name)
        if issues.count == before, again != password { issue(name, "is not the same password") }
    }

    /// A number, or a text for those whose plates have letters (K19).
    fileprivate mutating func registrationNumber() -> String {
        let name = "vehicle_registration_num"
        var reading = self
        if let number = reading.optionalInt(name, in: 0...Int.max) { return String(number) }
        return text(name, max: 60)
    }

    /// What only an assistant has to tell: of anybody else it is left aside, but not whatever it is.
    fileprivate mutating func passOverPapers() {
        for name in ["service_type", "vehicle_type", "driving_license_cat", "driving_license_num"] {
            _ = optionalText(name, max: 60)
        }
        _ = optionalText("driving_license_expiry", max: 40)
        var reading = self
        if reading.optionalInt("vehicle_registration_num", in: 0...Int.max) == nil {
            _ = optionalText("vehicle_registration_num", max: 60)
        }
    }

    /// The day as the document writes it, `dd:mm:yy`, or as people do: `dd/mm/yyyy`, `yyyy-mm-dd` (K19). What it gives back
    /// is the last of these.
    fileprivate mutating func licenceDay(_ name: String) -> String {
        let text = text(name, max: 40)
        guard !text.isEmpty else { return "" }
        guard let day = LicenceDay(text) else {
            issue(name, "must be a day, written dd:mm:yy")
            return ""
        }
        return day.iso
    }

    /// Where somebody is; nil when he has not told.
    fileprivate mutating func currentPlace(isRequired: Bool) -> GeoPoint? {
        guard isRequired || has("current_lat") || has("current_lng") else { return nil }
        let before = issues.count
        let latitude = number("current_lat", in: -90...90)
        let longitude = number("current_lng", in: -180...180)
        return issues.count == before ? GeoPoint(latitude: latitude, longitude: longitude) : nil
    }
}

/// A day in any of its spellings.
struct LicenceDay: Hashable {
    /// `2027-03-31`; whether there is such a day is for the calendar to say.
    let iso: String

    init?(_ text: String) {
        let parts = text.split(omittingEmptySubsequences: false) { ":/-.".contains($0) }
        let areDigits = parts.allSatisfy { part in part.utf8.allSatisfy { (0x30...0x39).contains($0) } }
        guard parts.count == 3, areDigits else { return nil }
        // An ISO date begins with its year.
        let (year, month, day) =
            parts[0].count == 4 ? (parts[0], parts[1], parts[2]) : (parts[2], parts[1], parts[0])
        guard [2, 4].contains(year.count), (1...2).contains(month.count), (1...2).contains(day.count) else {
            return nil
        }
        iso = [year.count == 2 ? "20" + year : String(year), Self.two(month), Self.two(day)].joined(separator: "-")
    }

    private static func two(_ digits: Substring) -> String { digits.count == 1 ? "0" + digits : String(digits) }
}
