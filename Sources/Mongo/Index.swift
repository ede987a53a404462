public import BSON

/// An index of a collection, as its code declares it.
public struct Index: Sendable, Hashable {
    public let name: String
    /// Fields in order: `1`, `-1`, `"2dsphere"`, `"text"` …
    public let keys: Document
    public let unique: Bool
    /// Only documents that match are in the index.
    public let partialFilter: Document?
    /// Documents disappear so many seconds after the date in the one key field.
    public let expireAfterSeconds: Int?

    public init(
        name: String, keys: Document, unique: Bool = false, partialFilter: Document? = nil,
        expireAfterSeconds: Int? = nil
    ) {
        self.name = name
        self.keys = keys
        self.unique = unique
        self.partialFilter = partialFilter
        self.expireAfterSeconds = expireAfterSeconds
    }

    var specification: Document {
        // The server compares literally: an option that is absent and one that is false count as the same index.
        var document: Document = ["key": .document(keys), "name": .string(name)]
        if unique { document.append("unique", .bool(true)) }
        document.append("partialFilterExpression", ifPresent: partialFilter)
        document.append("expireAfterSeconds", ifPresent: expireAfterSeconds)
        return document
    }
}
