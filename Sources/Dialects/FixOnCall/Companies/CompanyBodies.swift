import Roadside
import RoadsideRules
import RoadsideWeb

/// A company's name.
struct CompanyBody {
    let name: String

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        name = fields.text("name", max: 100)
        try fields.finish()
    }
}

/// Whom to invite, and as what.
struct InvitationBody {
    let mechanic: Reference
    let role: Company.Role

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        let mechanic = fields.reference("mechanic_id")
        role = fields.has("role") ? fields.companyRole() : .crew
        try fields.finish()
        guard let mechanic else { throw .validation([FieldIssue(name: "mechanic_id", message: "is required")]) }
        self.mechanic = mechanic
    }
}

/// What a member is to be.
struct MemberBody {
    let role: Company.Role

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        role = fields.companyRole()
        try fields.finish()
    }
}

/// A truck; what it says is judged by the context.
struct FleetVehicleBody {
    let draft: TruckDraft

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        draft = TruckDraft(
            licensePlate: fields.text("license_plate", max: 20), type: fields.text("type", max: 60),
            towClass: fields.optionalText("tow_class", max: 40),
            capacityKg: fields.optionalInt("capacity_kg", in: 1...100_000).map { Int64($0) },
            equipment: fields.optionalTexts("equipment") ?? [])
        try fields.finish()
    }
}

extension Fields {
    fileprivate mutating func companyRole() -> Company.Role {
        let word = text("role", max: 40)
        if let role = FixOnCallWords.companyRole(word), role != .owner { return role }
        if !word.isEmpty { issue("role", "must be one of manager, crew") }
        return .crew
    }
}
