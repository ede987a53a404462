import BSON
import Foundation
import Roadside
import RoadsideRules
import RoadsideWeb

/// A line of the audit log.
struct AuditView {
    let json: JSON

    init(_ entry: AuditEntry) {
        json = [
            "_id": .string(entry.id.hex), "id": .string(entry.id.hex),
            "action": .string(FixOnCallWords.action(entry.action)),
            "actor": entry.actor.map { actor in
                [
                    "_id": .string(actor.id.hex), "id": .string(actor.id.hex), "number": JSON(actor.number),
                    "name": JSON(actor.name),
                ]
            } ?? .null,
            "actor_type": .string(FixOnCallWords.actor(entry.role)),
            "subject_type": .string(FixOnCallWords.subject(entry.subject.kind)), "subject_id": JSON(entry.subject.id),
            "subject_name": JSON(Self.name(of: entry.subject)), "before": JSON(entry.before),
            "after": JSON(entry.after),
            "request_id": JSON(entry.requestID), "address": JSON(entry.address), "created_at": .time(entry.at),
        ]
    }

    private static func name(of subject: AuditSubject) -> String? {
        guard subject.kind == .export else { return subject.name }
        return subject.name.flatMap(ExportKind.init(rawValue:)).map(FixOnCallWords.table)
    }

    static let example: JSON = [
        "_id": "65a50b2c9f1d4e00123456b0", "id": "65a50b2c9f1d4e00123456b0", "action": "user.switched_off",
        "actor": actorExample, "actor_type": "admin", "subject_type": "user",
        "subject_id": "65a50b2c9f1d4e0012345678", "subject_name": nil, "before": ["is_active": true],
        "after": ["is_active": false], "request_id": "65a50b2c9f1d4e0012345699", "address": "203.0.113.7",
        "created_at": "2024-01-15T10:30:00Z",
    ]

    static let actorExample: JSON = [
        "_id": "65a50b2c9f1d4e0012345670", "id": "65a50b2c9f1d4e0012345670", "number": 3, "name": "Amina Admin",
    ]
}
