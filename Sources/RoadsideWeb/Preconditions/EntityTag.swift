/// What tells one version of a document from another (RFC 9110 §8.8.3). Ours are version numbers: `"3"`.
public struct EntityTag: Sendable, Hashable {
    /// Equal in meaning only; no weak tag fits `If-Match`.
    public let isWeak: Bool
    /// What is between the quotes.
    public let opaque: String

    public init(version: Int64) {
        isWeak = false
        opaque = String(version)
    }

    /// Of what never changes: its name.
    public init(opaque: String) { self.init(isWeak: false, opaque: opaque) }

    fileprivate init(isWeak: Bool, opaque: String) {
        self.isWeak = isWeak
        self.opaque = opaque
    }

    public var text: String { (isWeak ? "W/" : "") + "\"\(opaque)\"" }

    /// nil for a tag that we never gave out.
    var version: Int64? { Int64(opaque).flatMap { String($0) == opaque ? $0 : nil } }
}

/// The value of `If-Match` or `If-None-Match`.
enum TagCondition: Sendable, Hashable {
    /// `*`
    case any
    case oneOf([EntityTag])

    /// nil for what the grammar of RFC 9110 §13.1 does not know.
    init?(_ text: String) {
        var reader = TagReader(text)
        if reader.take("*") {
            guard reader.isAtEnd else { return nil }
            self = .any
            return
        }
        guard let tags = reader.tags(), !tags.isEmpty else { return nil }
        self = .oneOf(tags)
    }
}

/// Reads a list of entity tags. Their text may contain commas, so splitting the line would not do.
private struct TagReader {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = text[...].utf8
        skip(" ", "\t")
    }

    var isAtEnd: Bool { rest.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") } }

    mutating func take(_ byte: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: byte) else { return false }
        rest.removeFirst()
        return true
    }

    mutating func tags() -> [EntityTag]? {
        var tags: [EntityTag] = []
        while true {
            // Empty members of a list count for nothing.
            skip(" ", "\t", ",")
            if rest.isEmpty { return tags }
            guard let tag = tag() else { return nil }
            tags.append(tag)
            skip(" ", "\t")
            guard rest.isEmpty || rest.first == UInt8(ascii: ",") else { return nil }
        }
    }

    private mutating func tag() -> EntityTag? {
        let isWeak = take("W")
        if isWeak, !take("/") { return nil }
        guard take("\""), let end = rest.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
        let opaque = rest[..<end]
        guard opaque.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { return nil }
        rest = rest[rest.index(after: end)...]
        return EntityTag(isWeak: isWeak, opaque: String(Substring(opaque)))
    }

    private mutating func skip(_ bytes: Unicode.Scalar...) {
        let skipped = bytes.map { UInt8(ascii: $0) }
        rest = rest.drop { skipped.contains($0) }
    }
}
