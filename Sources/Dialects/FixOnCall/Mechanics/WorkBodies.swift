import BSON
import Roadside
import RoadsideRules
import RoadsideWeb

/// On duty or not, left alone or not; what is absent stays.
struct DutyBody {
    let isOnDuty: Bool?
    let quiet: Bool?

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        isOnDuty = fields.optionalBool("on_duty")
        quiet = fields.optionalBool("quiet")
        if isOnDuty == nil, quiet == nil, fields.issues.isEmpty { fields.issue("on_duty", "is required") }
        try fields.finish()
    }
}

/// All of a mechanic's working hours; an empty list stands for any time.
struct ShiftsBody {
    let shifts: [Shift]

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        let read = fields.objects("shifts") { Self.shift(&$0) }
        try fields.finish()
        shifts = read.compactMap(\.self)
    }

    private static func shift(_ fields: inout Fields) -> Shift? {
        let days = fields.ints("days", in: 1...7, count: 7)
        let from = minutes("from", &fields)
        let to = minutes("to", &fields)
        guard let days, let from, let to else { return nil }
        let shift = Shift(days: Set(days), from: from, to: to)
        if shift == nil { fields.issue("days", "must have at least one entry, from 1 (Monday) to 7 (Sunday)") }
        return shift
    }

    private static func minutes(_ name: String, _ fields: inout Fields) -> Int? {
        let text = fields.text(name, max: 5)
        let minutes = Shift.minutes(text)
        if minutes == nil, !text.isEmpty { fields.issue(name, "must be a time of day, such as 08:30") }
        return minutes
    }
}

/// A mechanic's licence; what it says is judged by the context.
struct LicenceBody {
    let classes: [String]
    let number: String
    let expiresOn: String

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        classes = fields.optionalTexts("classes", max: 10) ?? []
        if !fields.has("classes") { fields.issue("classes", "is required") }
        number = fields.text("number", max: 40)
        expiresOn = fields.text("expires_on", max: 10)
        try fields.finish()
    }
}

/// What a mechanic carries himself.
struct EquipmentBody {
    let equipment: [String]

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        equipment = fields.optionalTexts("equipment") ?? []
        if !fields.has("equipment") { fields.issue("equipment", "is required") }
        try fields.finish()
    }
}

/// Which truck a mechanic is in; `null` for none.
struct BoardingBody {
    let vehicle: Reference?

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        vehicle = fields.optionalReference("vehicle_id")
        if !fields.mentions("vehicle_id") { fields.issue("vehicle_id", "is required; null gets out") }
        try fields.finish()
    }
}
