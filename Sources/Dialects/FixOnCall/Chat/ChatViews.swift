import BSON
import Roadside
import RoadsideRules
import RoadsideWeb

/// F8: what one side of a service has written to the other.
enum MessageView {
    static func json(_ message: ChatMessage) -> JSON {
        var json = JSON.object(PublicID(message.id).members)
        json.add("seq", .int(message.seq))
        json.add("service_id", .string(message.jobID.hex))
        json.add("sender_id", .string(message.senderID.hex))
        json.add("by", .string(FixOnCallWords.userType(message.side)))
        json.add("text", .string(message.text))
        json.add("created_at", .time(message.createdAt))
        return json
    }

    /// The words of the two sides.
    static let sides = [FixOnCallWords.userType(.customer), FixOnCallWords.userType(.provider)]

    /// How far each side has read.
    static func read(_ read: [Role: Int64]) -> JSON {
        .object(
            [Role.customer, .provider].map { role in
                JSON.Member(FixOnCallWords.userType(role), .int(read[role] ?? 0))
            })
    }

    static let example: JSON = [
        "_id": "65a50b2c9f1d4e0012345699", "id": "65a50b2c9f1d4e0012345699", "seq": 1,
        "service_id": "65a50b2c9f1d4e0012345680", "sender_id": "65a50b2c9f1d4e0012345678", "by": "driver",
        "text": "I stand beside the blue gate", "created_at": "2024-01-15T10:30:00Z",
    ]

    static let readExample: JSON = ["driver": 1, "mechanic": 0]
}
