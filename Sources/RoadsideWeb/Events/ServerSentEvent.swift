import BSON
import FoundationEssentials
import NIOCore
import Realtime

/// The few lines of a stream of events (HTML Living Standard §9.2) that we write.
enum ServerSentEvent {
    /// An event the client remembers the place of.
    static func write(id: Int64, name: String, _ data: JSON, into buffer: inout ByteBuffer) {
        buffer.writeString("id: \(id)\n")
        write(name: name, data, into: &buffer)
    }

    /// - Parameter data: one line, since JSON escapes the ends of lines within its strings.
    private static func write(name: String, _ data: JSON, into buffer: inout ByteBuffer) {
        buffer.writeString("event: \(name)\ndata: ")
        buffer.writeBytes(data.bytes())
        buffer.writeString("\n\n")
    }

    /// How long to wait before coming back after a cut.
    static func retry(after delay: Duration) -> ByteBuffer {
        ByteBuffer(string: "retry: \(Int64(delay / .milliseconds(1)))\n\n")
    }

    /// A line that clients ignore, and that keeps proxies from taking the connection for dead.
    static let comment = ByteBuffer(string: ":\n\n")

    /// The last words, under the codes that sockets close with (realtime.md §3.11); it has no place in the inbox.
    static func closing(_ reason: Disconnect, at time: Date) -> ByteBuffer {
        var buffer = ByteBuffer()
        write(
            name: "closing",
            [
                "k": "closing", "t": .int(Int64((time.timeIntervalSince1970 * 1000).rounded())),
                "d": ["code": .int(Int64(reason.code)), "reason": .string(reason.reason)],
            ], into: &buffer)
        return buffer
    }
}
