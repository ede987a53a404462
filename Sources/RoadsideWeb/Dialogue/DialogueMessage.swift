import BSON
import Foundation
import Realtime

/// What a client says on the socket of a dialect.
enum DialogueMessage {
    /// Answered the same in every dialect (contracts K12).
    case ping
    case words(JSON)

    /// nil for what is no JSON object.
    init?(_ text: [UInt8]) {
        guard let json = try? JSON.parse(text, limits: RequestJSON.limits), json.object != nil else { return nil }
        self = json["type"]?.string == "ping" ? .ping : .words(json)
    }

    /// `{"type":"pong","timestamp":"2025-12-23T12:34:56.789Z"}` (promise C3).
    static func pong(at now: Date) -> EncodedFrame {
        EncodedFrame(["type": "pong", "timestamp": .string(ISO8601.milliseconds(now))])
    }

    /// `{"type":"ping"}` (promise A27).
    static let serverPing = EncodedFrame(["type": "ping"])
}
