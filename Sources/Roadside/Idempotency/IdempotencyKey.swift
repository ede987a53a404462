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
