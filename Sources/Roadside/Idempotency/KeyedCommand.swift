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
