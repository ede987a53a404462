/// A path as a route writes it, split at its slashes: `/users/<int:id>/` is a literal, a parameter and an empty
/// literal.
struct PathTemplate: Sendable, Hashable {
    enum Segment: Sendable, Hashable {
        case literal(String)
        case parameter(name: String, converter: PathConverter)
    }

    let text: String
    let segments: [Segment]

    /// - Throws: `BlueprintError.badPath` for a missing leading slash, an unknown converter, a bad or repeated
    ///   parameter name, and for what no request path can contain.
    init(_ text: String) throws(BlueprintError) {
        guard text.utf8.first == UInt8(ascii: "/") else {
            throw .badPath(text, reason: "does not begin with a slash; write '/\(text)'")
        }
        self.text = text
        var segments: [Segment] = []
        var names: Set<String> = []
        for part in text.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            let segment = try Self.segment(part, in: text)
            if case .parameter(let name, _) = segment, !names.insert(name).inserted {
                throw .badPath(text, reason: "has two parameters called '\(name)'; rename one")
            }
            segments.append(segment)
        }
        self.segments = segments
    }

    /// The prefix of a mounted blueprint: what it owns begins after whole segments, so a trailing slash does not count
    /// and `/` owns everything.
    init(mountedAt prefix: String) throws(BlueprintError) {
        var segments = try PathTemplate(prefix).segments
        while segments.last == .literal("") { segments.removeLast() }
        self.text = prefix
        self.segments = segments
    }

    var parameterNames: [String] {
        segments.compactMap { if case .parameter(let name, _) = $0 { name } else { nil } }
    }

    /// A prefix and what follows it meet in exactly one slash. An empty side leaves the other as written.
    static func join(_ prefix: String, _ path: String) -> String {
        guard !path.isEmpty else { return prefix }
        guard !prefix.isEmpty else { return path }
        var head = Substring(prefix)
        while head.last == "/" { head.removeLast() }
        return head + "/" + path.drop { $0 == "/" }
    }

    private static func segment(_ part: Substring, in text: String) throws(BlueprintError) -> Segment {
        guard part.contains("<") || part.contains(">") else {
            let forbidden = part.first { "%?#".contains($0) || $0 == "\0" }
            if let forbidden {
                throw .badPath(
                    text, reason: "contains '\(forbidden)'; write literal text unescaped and without a query")
            }
            return .literal(String(part))
        }
        guard part.first == "<", part.last == ">", part.count > 2 else {
            throw .badPath(text, reason: "mixes text and a parameter in '\(part)'; a parameter is a whole segment")
        }
        let inner = part.dropFirst().dropLast()
        let halves = inner.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let converter = halves.count == 2 ? PathConverter(keyword: halves[0]) : .string else {
            throw .badPath(text, reason: "uses the unknown converter '\(halves[0])'; use int, uuid or string")
        }
        let name = halves[halves.count - 1]
        guard let first = name.utf8.first, Self.isNameByte(first), !(0x30...0x39).contains(first),
            name.utf8.allSatisfy(Self.isNameByte)
        else {
            throw .badPath(text, reason: "has the parameter name '\(name)'; use letters, digits and underscores")
        }
        return .parameter(name: String(name), converter: converter)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): true
        default: false
        }
    }
}
