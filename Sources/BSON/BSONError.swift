/// Why bytes are not a BSON document, or why a document does not hold what a reader asked for.
public struct BSONError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The broken rule.
    public enum Reason: Sendable, Hashable {
        /// A length prefix is negative, too small for its type, or does not match the bytes that are there.
        case badLength
        /// The bytes end inside a field.
        case truncated
        /// A document, string or key lacks its closing zero byte, or carries bytes after it.
        case missingTerminator
        /// A key or a text is not UTF-8.
        case invalidUTF8
        /// The type byte is none that the BSON specification defines.
        case unknownType(UInt8)
        /// A boolean is neither 0 nor 1.
        case badBoolean
        /// Documents and arrays are nested beyond the limit.
        case tooDeep
        /// A name holds a zero byte, which BSON cannot store in a key.
        case badKey
        /// A required field is absent or null.
        case missingKey
        /// A required field holds a value of another type.
        case wrongType
    }

    /// The broken rule.
    public let reason: Reason
    /// Where it was broken, counted in bytes from the start of the outermost document.
    public let offset: Int?
    /// The field concerned, for ``Reason/missingKey``, ``Reason/wrongType`` and ``Reason/badKey``.
    public let key: String?

    public init(_ reason: Reason, offset: Int? = nil, key: String? = nil) {
        self.reason = reason
        self.offset = offset
        self.key = key
    }

    public var description: String {
        var text = "BSON: \(reason)"
        if let key { text += " (\(key))" }
        if let offset { text += " at byte \(offset)" }
        return text
    }
}
