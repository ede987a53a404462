import BSON
import FoundationEssentials
import RoadsideRules

/// `DutyLog` in the database's words: what an update of a profile does to his duty, whatever else it is about.
///
/// He is on duty while he is `available` or `busy` and his account is switched on. The fields are derived from these
/// anew with each update, so no writer has to know them, and none can forget them.
enum DutyExpression {
    /// - Parameter end: when duty that ends now was over.
    static func stage(at now: Date, endingAt end: Date?) -> Document {
        [
            "$set": [
                "on_duty_since": [
                    "$cond": [isOn, ["$ifNull": ["$on_duty_since", begun(at: now)]], "$$REMOVE"]
                ],
                "duty": [
                    "$switch": [
                        "branches": [
                            ["case": ["$and": [isOn, isUnmarked]], "then": periods(endedBy: restEdge(now))],
                            ["case": ["$or": [isOn, isUnmarked]], "then": ["$ifNull": ["$duty", "$$REMOVE"]]],
                        ],
                        "default": [
                            "$concatArrays": [
                                periods(endedAfter: now.addingTimeInterval(-DutyRules.window)),
                                [["from": "$on_duty_since", "to": ["$max": ["$on_duty_since", .date(end ?? now)]]]],
                            ]
                        ],
                    ]
                ],
                "available_since": [
                    "$cond": [
                        ["$eq": ["$availability", .string(Availability.available.rawValue)]],
                        ["$ifNull": ["$available_since", .date(now)]], "$$REMOVE",
                    ]
                ],
            ]
        ]
    }

    private static let isOn: BSONValue = [
        "$and": [
            [
                "$in": [
                    "$availability",
                    [.string(Availability.available.rawValue), .string(Availability.busy.rawValue)],
                ]
            ], ["$ne": ["$is_active", false]],
        ]
    ]

    private static let isUnmarked: BSONValue = ["$not": [["$ifNull": ["$on_duty_since", false]]]]

    /// A rest that was none belongs to the duty before it.
    private static func begun(at now: Date) -> BSONValue {
        [
            "$let": [
                "vars": ["joined": periods(endedAfter: restEdge(now))],
                "in": ["$ifNull": [["$min": "$$joined.from"], .date(now)]],
            ]
        ]
    }

    private static func restEdge(_ now: Date) -> Date { now.addingTimeInterval(-DutyRules.shortestRest) }

    private static func periods(endedAfter edge: Date) -> BSONValue { periods(["$gt": ["$$this.to", .date(edge)]]) }

    private static func periods(endedBy edge: Date) -> BSONValue { periods(["$lte": ["$$this.to", .date(edge)]]) }

    private static func periods(_ condition: BSONValue) -> BSONValue {
        ["$filter": ["input": ["$ifNull": ["$duty", []]], "cond": condition]]
    }
}
