import BSON
import Roadside
import RoadsideRules

/// What a client says on resumable sockets. Members that an operation does not know are ignored.
enum ClientMessage {
    case resume(InboxHead)
    case ack(Int64)
    case auth(token: String)
    case send(SocketCommand)
    case ping

    /// A whole frame that is no message of ours.
    struct Fault: Error {
        let message: String
        /// Of the message, where it has one that can be told back.
        var id: String?
    }

    init(_ text: [UInt8]) throws(Fault) {
        let json: JSON
        do throws(JSONError) {
            json = try JSON.parse(text, limits: RequestJSON.limits)
        } catch {
            throw Fault(message: error.message)
        }
        var fields = Fields(json)
        let message = Self.read(json, &fields)
        guard let message, fields.issues.isEmpty else {
            let id = json["id"]?.string.flatMap { $0.utf8.count <= Self.idSize ? $0 : nil }
            throw Fault(message: fields.issues.map { "\($0.name) \($0.message)" }.joined(separator: "; "), id: id)
        }
        self = message
    }

    /// Nil only together with an issue.
    private static func read(_ json: JSON, _ fields: inout Fields) -> ClientMessage? {
        guard fields.issues.isEmpty else { return nil }
        switch fields.text("op", max: 20) {
        case "resume":
            guard let seq = seq(&fields) else { return nil }
            // Empty where nothing was ever told.
            return .resume(InboxHead(seq: seq, epoch: fields.optionalText("e", max: 64) ?? ""))
        case "ack":
            return seq(&fields).map(ClientMessage.ack)
        case "auth":
            return .auth(token: fields.secret("token", max: 4096))
        case "send":
            let (id, kind) = (fields.secret("id", max: idSize), fields.text("k", max: 40))
            guard fields.optionalObject("d", { _ in }) != nil, let data = json["d"] else {
                fields.issue("d", "must be an object")
                return nil
            }
            return .send(SocketCommand(id: id, kind: kind, data: data))
        case "ping":
            return .ping
        default:
            if fields.issues.isEmpty { fields.issue("op", "is none of resume, ack, auth, send, ping") }
            return nil
        }
    }

    private static func seq(_ fields: inout Fields) -> Int64? {
        let seq = fields.optionalInt("s", in: 0...Int.max)
        if seq == nil, fields.issues.isEmpty { fields.issue("s", "is required") }
        return seq.map(Int64.init)
    }

    private static let idSize = 64
}
