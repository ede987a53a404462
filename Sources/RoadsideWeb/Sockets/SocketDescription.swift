public import BSON
public import Blueprint

/// What is said on a socket, for documents: it stands beside the socket's route, which says the rest.
public struct SocketDescription: Sendable {
    /// Where the socket is, as its route has it.
    public var path: String
    /// Several lines, in plain text, an empty line between paragraphs.
    public var text: String
    /// What must be offered in `Sec-WebSocket-Protocol`; nil when nothing must.
    public var subprotocol: String?
    public var messages: [Message]
    public var closeCodes: [CloseCode]

    public init(
        path: String, text: String, subprotocol: String? = nil, messages: [Message],
        closeCodes: [CloseCode] = CloseCode.all
    ) {
        self.path = path
        self.text = text
        self.subprotocol = subprotocol
        self.messages = messages
        self.closeCodes = closeCodes
    }

    /// One kind of frame. All are JSON objects in text frames.
    public struct Message: Sendable {
        public enum Sender: String, Sendable { case server, client }

        /// Unique among the messages of its socket.
        public var name: String
        public var sender: Sender
        /// What it means.
        public var summary: String
        public var schema: Schema
        public var examples: [JSON]

        public init(_ name: String, from sender: Sender, _ summary: String, _ schema: Schema, examples: JSON...) {
            self.name = name
            self.sender = sender
            self.summary = summary
            self.schema = schema
            self.examples = examples
        }
    }

    /// Why the server closes, and what a client does then (realtime.md §3.11).
    public struct CloseCode: Sendable {
        public var code: UInt16
        public var meaning: String
        public var advice: String

        public init(_ code: UInt16, _ meaning: String, _ advice: String) {
            self.code = code
            self.meaning = meaning
            self.advice = advice
        }

        /// Those of every socket.
        public static let all = [
            CloseCode(1002, "The WebSocket protocol was broken", "Mend the client"),
            CloseCode(1003, "A binary frame; only text is understood", "Mend the client"),
            CloseCode(1007, "Text that is not UTF-8", "Mend the client"),
            CloseCode(1009, "A message above 16 KiB", "Mend the client"),
            CloseCode(1012, "The server restarts", "Connect again after a moment by chance"),
            CloseCode(1013, "The server is overloaded", "Wait, then connect again"),
            CloseCode(4008, "The client reads too slowly", "Connect again; what is missing is sent"),
            CloseCode(4009, "No answer to a ping", "Connect again; what is missing is sent"),
            CloseCode(4010, "Replaced by a newer socket of the same user", "Stop"),
            CloseCode(4029, "Too many messages", "Wait for half a minute or longer"),
            CloseCode(4401, "The token has run out", "Get a new token, then connect again"),
            CloseCode(4403, "The session was ended, or it is not yours", "Stop, and sign in anew"),
        ]

        /// Of sockets on which clients speak.
        public static let badMessages = CloseCode(
            4400, "The third message that was no message of ours", "Mend the client")
    }
}
