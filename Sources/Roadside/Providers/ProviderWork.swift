public import BSON
public import FoundationEssentials
public import RoadsideRules

/// When a provider works and with what, as far as he has told.
public struct ProviderWork: Sendable, Hashable {
    /// Willing, but busy elsewhere for now: kept in searches and ranked lower (U18).
    public var quiet = false
    public var duty = DutyLog()
    /// Since when he waits for a job; nil while he does not, or of one who has not moved since this was first kept.
    public var availableSince: Date?
    public var shifts = ShiftPlan()
    public var licence: Licence?
    /// Codes of what he carries himself; nil: never told.
    public var equipment: [String]?
    /// The fleet he belongs to.
    public var companyID: ObjectID?
    /// The truck of that fleet he is in.
    public var truck: Truck?

    public init() {}
}

extension ProviderWork {
    init(_ document: Document) {
        quiet = document.get("quiet") ?? false
        duty = DutyLog(
            since: document.get("on_duty_since"),
            closed: (document.get("duty", as: [Document].self) ?? []).compactMap(DutyLog.Period.init))
        availableSince = document.get("available_since")
        shifts = ShiftPlan(
            (document.get("shift", as: [Document].self) ?? []).compactMap(Shift.init),
            by: document.get("shift_utc_minutes", as: Int.self).map(MarketCalendar.init) ?? .kenya)
        licence = Licence(document.get("licence"))
        equipment = document.get("equipment")
        companyID = document.get("company_id")
        truck = Truck(document.get("current_vehicle"))
    }
}

extension DutyLog.Period {
    init?(_ document: Document) {
        guard let from: Date = document.get("from"), let to: Date = document.get("to") else { return nil }
        self.init(from: from, to: to)
    }
}

extension Shift {
    init?(_ document: Document) {
        guard let from = document.get("from").flatMap(Self.minutes), let to = document.get("to").flatMap(Self.minutes)
        else { return nil }
        self.init(days: Set(document.get("days", as: [Int].self) ?? []), from: from, to: to)
    }

    var document: Document {
        [
            "days": .array(days.sorted().map { .int32(Int32($0)) }), "from": .string(Self.text(from)),
            "to": .string(Self.text(to)),
        ]
    }
}

extension Licence {
    init?(_ document: Document?) {
        guard let document, let expiresAt: Date = document.get("expires_at") else { return nil }
        self.init(
            classes: Set(document.get("classes", as: [String].self) ?? []), number: document.get("number") ?? "",
            expiresOn: document.get("expires_on") ?? "", expiresAt: expiresAt)
    }

    var document: Document {
        [
            "classes": .array(classes.sorted().map(BSONValue.string)), "number": .string(number),
            "expires_on": .string(expiresOn), "expires_at": .date(expiresAt),
        ]
    }
}
