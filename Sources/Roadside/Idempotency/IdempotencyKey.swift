/// The name a client gives to one command, so that it may send it again without having it carried out again.
public struct IdempotencyKey: Sendable, Hashable {
    public let text: String

    /// - Parameter text: 1 to 255 visible ASCII characters (0x21 to 0x7E); UUIDs are a good choice.
    /// - Throws: `MALFORMED_REQUEST` for any other.
    public init(_ text: String) throws(RoadsideError) {
        guard Self.lengths.contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw RoadsideError(.malformedRequest, "Idempotency-Key must be 1 to 255 visible ASCII characters.")
        }
        self.text = text
    }

    /// Stripe's limit, which client libraries know.
    public static let lengths = 1...255
}

/// A command as it came over the wire, before anybody has looked into it.
public struct KeyedCommand: Sendable {
    public let key: IdempotencyKey
    /// Method and path as sent, path parameters included.
    public let route: String
    public let body: [UInt8]

    public init(_ key: IdempotencyKey, route: String, body: [UInt8]) {
        self.key = key
        self.route = route
        self.body = body
    }
}

/// What a command was answered, to be answered again.
public struct KeptAnswer: Sendable, Hashable {
    public let status: Int
    public let headers: [Header]
    /// UTF-8.
    public let body: String

    public struct Header: Sendable, Hashable {
        public let name: String
        public let value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    public init(status: Int, headers: [Header], body: String) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
