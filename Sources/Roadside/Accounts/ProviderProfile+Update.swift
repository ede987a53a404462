import BSON
import Foundation
import Mongo
import RoadsideRules

extension ProviderProfile {
    /// An update of one `mechanics` document that keeps `dispatchable` true to its definition (`isDispatchable`), and his
    /// duty to his availability (``DutyExpression``).
    ///
    /// A pipeline, because the new `dispatchable` depends on fields the caller may not know. Every value goes in as a
    /// literal: a name that begins with `$` would otherwise be read as a field path.
    ///
    /// - Parameters:
    ///   - counters: fields to count one up.
    ///   - dutyEnd: when he was last on duty, should this end it; now, when absent.
    static func update(
        setting changes: Document, unsetting removed: [String] = [], counting counters: [String] = [], at now: Date,
        dutyEndingAt dutyEnd: Date? = nil
    ) -> Update {
        var literals = Document()
        for (key, value) in changes { literals.append(key, .document(["$literal": value])) }
        for counter in counters {
            literals.append(counter, ["$add": [["$ifNull": [.string("$\(counter)"), .int64(0)]], .int64(1)]])
        }
        // Idle from the moment he is free, not from each time he says so.
        if changes.get("availability") == Availability.available.rawValue {
            literals.append(
                "free_since",
                [
                    "$cond": [
                        ["$eq": ["$availability", .string(Availability.available.rawValue)]],
                        ["$ifNull": ["$free_since", .date(now)]], .date(now),
                    ]
                ])
        }
        literals.append("updated_at", .date(now))
        literals.append("version", ["$add": [["$ifNull": ["$version", .int64(0)]], .int64(1)]])
        var stages: [Document] = [["$set": .document(literals)]]
        if !removed.isEmpty { stages.append(["$unset": .array(removed.map(BSONValue.string))]) }
        stages.append(["$set": ["dispatchable": .document(dispatchableExpression)]])
        stages.append(DutyExpression.stage(at: now, endingAt: dutyEnd))
        return .pipeline(stages)
    }

    /// `isDispatchable` in the database's words.
    private static let dispatchableExpression: Document = [
        "$and": [
            ["$eq": ["$availability", .string(Availability.available.rawValue)]],
            ["$eq": ["$verification.state", .string(VettingState.verified.rawValue)]],
            ["$ne": ["$is_active", false]],
        ]
    ]
}
