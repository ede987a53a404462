/// A database call that did not do what was asked, in words that may be logged: no value of a document and no
/// password is in them.
public struct MongoError: Error, Sendable, Hashable {
    /// What a caller can act on.
    public let code: Code
    /// One sentence without values of documents.
    public let message: String
    /// The server's own number, when the server answered.
    public let serverCode: Int?
    /// The server's and the client library's advice, such as `TransientTransactionError`.
    public let labels: Set<String>
    /// The name of the unique index that refused a duplicate key.
    public let index: String?

    public init(
        _ code: Code, _ message: String, serverCode: Int? = nil, labels: Set<String> = [], index: String? = nil
    ) {
        self.code = code
        self.message = message
        self.serverCode = serverCode
        self.labels = labels
        self.index = index
    }

    public func hasLabel(_ label: String) -> Bool { labels.contains(label) }
}

extension MongoError {
    /// The kinds of failure. More may be added, so a `switch` needs a `default`.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String {
            case duplicateKey, deadlineExceeded, outcomeUnknown, overloaded, network, notPrimary, writeConflict
            case unauthorized, validation, command, closed, cancelled, decoding
        }

        private let kind: Kind

        /// A unique index already holds the key; ``MongoError/index`` names it.
        public static let duplicateKey = Code(kind: .duplicateKey)
        /// The deadline passed, and nothing was or will be written.
        public static let deadlineExceeded = Code(kind: .deadlineExceeded)
        /// A write was sent whose confirmation did not come: it may be in the database, now or later.
        public static let outcomeUnknown = Code(kind: .outcomeUnknown)
        /// Too many calls are waiting already.
        public static let overloaded = Code(kind: .overloaded)
        /// No server could be reached, or the connection broke during a read.
        public static let network = Code(kind: .network)
        /// The server that answered is not, or no longer, the primary.
        public static let notPrimary = Code(kind: .notPrimary)
        /// Another transaction changed the same document first.
        public static let writeConflict = Code(kind: .writeConflict)
        /// The credentials are wrong or do not permit this.
        public static let unauthorized = Code(kind: .unauthorized)
        /// The server's or the client library's rules for documents refuse this one.
        public static let validation = Code(kind: .validation)
        /// Any other refusal by the server; ``MongoError/serverCode`` tells which.
        public static let command = Code(kind: .command)
        /// The client was shut down, or a lease was used after its end.
        public static let closed = Code(kind: .closed)
        /// The task was cancelled before anything was written.
        public static let cancelled = Code(kind: .cancelled)
        /// The server's answer is not what the protocol says.
        public static let decoding = Code(kind: .decoding)

        public var description: String { kind.rawValue }
    }
}

extension MongoError: CustomStringConvertible {
    public var description: String {
        var text = "MongoError.\(code)"
        if let serverCode { text += "(\(serverCode))" }
        if let index { text += " on index \(index)" }
        return "\(text): \(message)"
    }
}
