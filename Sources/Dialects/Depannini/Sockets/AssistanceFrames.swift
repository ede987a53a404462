import BSON
import Foundation
import Realtime
import Roadside
import RoadsideRules
import RoadsideWeb

/// B24–B29: what is said on the two sockets, as printed.
enum AssistanceFrames {
    /// B24; nil for a row that is about no job.
    static func request(_ body: InboxBody) -> JSON? {
        guard let number = body.jobNumber, let pickup = body.pickup else { return nil }
        return [
            "type": "new_assistance_request", "assistance_id": .int(number), "pickup_location": .spot(pickup.point),
            "client": body.customer.map { side($0.number, $0.name) } ?? .null,
        ]
    }

    /// B25, as a row tells it.
    static func status(_ body: InboxBody, _ word: String) -> JSON {
        status(
            word, assistant: body.provider.map { side($0.number, $0.name) },
            client: body.customer.map { side($0.number, $0.name) })
    }

    /// B25, as the first frame tells it.
    static func status(_ job: Job, _ word: String) -> JSON {
        status(
            word, assistant: job.provider.map { side($0.number, $0.name) },
            client: side(job.customer.number, job.customer.name))
    }

    private static func status(_ word: String, assistant: JSON?, client: JSON?) -> JSON {
        ["type": "status", "status": .string(word), "assistant": assistant ?? .null, "client": client ?? .null]
    }

    private static func side(_ number: Int64, _ name: String) -> JSON { ["id": .int(number), "name": .string(name)] }

    /// B26.
    static func location(_ point: GeoPoint, of user: Int64) -> JSON {
        [
            "type": "location", "lat": .double(point.latitude), "lng": .double(point.longitude), "user_id": .int(user),
        ]
    }

    /// B27: the sender is the name that his account has (K36).
    static func chat(_ message: String, from sender: String) -> JSON {
        ["type": "chat", "message": .string(message), "sender": .string(sender)]
    }

    /// A refusal of what the client has said.
    static func refusal(_ error: RoadsideError) -> JSON {
        JSON.object([JSON.Member("type", "error")] + (Complaint(error).json(requestID: nil).object ?? []))
    }
}

/// What a client says on the socket of an assistance (B28, B29). Who says it is known from the token: a `user_id` or
/// `sender` in the frame is passed over.
enum ClientFrame {
    case location(Position)
    case chat(String)

    init(_ json: JSON) throws(RoadsideError) {
        var fields = Fields(json)
        switch fields.word("type", of: Self.types) {
        case "location":
            let point = fields.spot()
            try fields.finish()
            guard let point else { throw .validation([FieldIssue(name: "lat", message: "is required")]) }
            self = .location(Position(point: point))
        case "chat":
            let text = fields.text("message", max: ChatRules.bytes.upperBound)
            try fields.finish()
            self = .chat(text)
        default:
            try fields.finish()
            throw .validation([FieldIssue(name: "type", message: "is required")])
        }
    }

    static let types = ["location", "chat"]
}
