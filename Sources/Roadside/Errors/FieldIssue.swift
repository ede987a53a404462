/// One thing wrong with one field of a request; a refusal carries all of them at once.
public struct FieldIssue: Sendable, Hashable {
    /// Canonical field name; a dialect may rename it.
    public let name: String
    /// A sentence that may be shown to a person.
    public let message: String

    public init(name: String, message: String) {
        self.name = name
        self.message = message
    }
}
