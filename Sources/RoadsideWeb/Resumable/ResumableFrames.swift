import BSON
import Realtime
import Roadside

/// What the server says on resumable sockets (realtime.md §3.3).
enum ResumableFrames {
    /// - Parameter pings: seconds between the server's pings.
    static func hello(_ head: InboxHead, pings: Int64) -> EncodedFrame {
        frame(["op": "hello", "s": .int(head.seq), "e": .string(head.epoch), "in": .int(pings)])
    }

    /// - Parameter head: live rows begin above it.
    static func reset(_ head: Int64, _ snapshot: JSON) -> EncodedFrame {
        frame(["op": "reset", "s": .int(head), "snapshot": snapshot])
    }

    /// - Parameter seconds: until the token runs out.
    static func reauth(in seconds: Int64) -> EncodedFrame { frame(["op": "reauth", "in": .int(seconds)]) }

    /// The token was renewed.
    ///
    /// - Parameter seconds: until it runs out.
    static func renewed(in seconds: Int64) -> EncodedFrame { frame(["op": "ok", "in": .int(seconds)]) }

    static func done(_ id: String, seq: Int64?) -> JSON {
        var json: JSON = ["op": "ok", "id": .string(id)]
        if let seq { json.add("s", .int(seq)) }
        return json
    }

    static func error(_ code: String, id: String? = nil, message: String? = nil) -> EncodedFrame {
        frame(refusal(code, id: id, message: message))
    }

    static func refusal(_ code: String, id: String? = nil, message: String? = nil) -> JSON {
        var json: JSON = ["op": "err"]
        if let id { json.add("id", .string(id)) }
        json.add("code", .string(code))
        if let message { json.add("message", .string(message)) }
        return json
    }

    static let pong = frame(["op": "pong"])

    static func frame(_ json: JSON) -> EncodedFrame { EncodedFrame(text: json.bytes()) }
}
