extension JSON {
    /// What a parser takes before it gives up.
    public struct Limits: Sendable {
        /// How deep arrays and objects may nest; values above 512 count as 512, to spare the stack.
        public var maxDepth: Int
        /// How long the text may be, in bytes.
        public var maxBytes: Int
        /// Whether an object may name a member twice. Two readers of one such text may see two different things.
        public var allowsRepeats: Bool

        public init(maxDepth: Int = 32, maxBytes: Int = 1 << 20, allowsRepeats: Bool = true) {
            self.maxDepth = min(maxDepth, 512)
            self.maxBytes = maxBytes
            self.allowsRepeats = allowsRepeats
        }
    }

    /// The one JSON value in `bytes`, strictly by RFC 8259.
    ///
    /// The text must be UTF-8 without a byte order mark. When an object repeats a name the last value wins, unless the
    /// limits forbid it. Whole numbers beyond 64 bits become doubles; numbers beyond a double are refused.
    ///
    /// - Throws: ``JSONError`` with the offset of the first byte that breaks a rule or a limit.
    public static func parse(_ bytes: some Collection<UInt8>, limits: Limits = .init()) throws(JSONError) -> JSON {
        guard bytes.count <= limits.maxBytes else { throw JSONError(.tooLarge, offset: limits.maxBytes) }
        let parse = { (buffer: UnsafeBufferPointer<UInt8>) -> Result<JSON, JSONError> in
            var parser = JSONParser(text: buffer, limits: limits)
            return Result { () throws(JSONError) in try parser.parse() }
        }
        // Array's own withUnsafeBufferPointer always has a buffer; other collections may not.
        let result = bytes.withContiguousStorageIfAvailable(parse) ?? Array(bytes).withUnsafeBufferPointer(parse)
        return try result.get()
    }

    /// The one JSON value in `text`; see ``parse(_:limits:)``.
    public static func parse(_ text: String, limits: Limits = .init()) throws(JSONError) -> JSON {
        try parse(text.utf8, limits: limits)
    }
}

/// A recursive descent over the text, whose depth is limited.
struct JSONParser {
    let text: UnsafeBufferPointer<UInt8>
    let limits: JSON.Limits
    var at = 0
    private var depth = 0

    init(text: UnsafeBufferPointer<UInt8>, limits: JSON.Limits) {
        self.text = text
        self.limits = limits
    }

    mutating func parse() throws(JSONError) -> JSON {
        skipSpace()
        guard at < text.count else { throw JSONError(.empty, offset: at) }
        let value = try value()
        skipSpace()
        guard at == text.count else { throw JSONError(.trailingBytes, offset: at) }
        return value
    }

    /// The byte at the cursor, or nil at the end.
    var byte: UInt8? { at < text.count ? text[at] : nil }

    /// An error for the byte at the cursor, or for its absence.
    func unexpected() -> JSONError { JSONError(at < text.count ? .unexpectedByte : .unexpectedEnd, offset: at) }

    private mutating func skipSpace() {
        while let byte, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
    }

    /// Steps over `expected`, if it stands at the cursor.
    private mutating func take(_ expected: UInt8) -> Bool {
        guard byte == expected else { return false }
        at += 1
        return true
    }

    private mutating func value() throws(JSONError) -> JSON {
        guard let byte else { throw unexpected() }
        switch byte {
        case UInt8(ascii: "{"): return try nested { parser throws(JSONError) in try parser.object() }
        case UInt8(ascii: "["): return try nested { parser throws(JSONError) in try parser.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw unexpected()
        }
    }

    private mutating func nested(_ body: (inout Self) throws(JSONError) -> JSON) throws(JSONError) -> JSON {
        guard depth < limits.maxDepth else { throw JSONError(.tooDeep, offset: at) }
        depth += 1
        at += 1
        let value = try body(&self)
        depth -= 1
        return value
    }

    private mutating func word(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        for index in 0..<word.utf8CodeUnitCount {
            guard byte == word.utf8Start[index] else { throw unexpected() }
            at += 1
        }
        return value
    }

    private mutating func array() throws(JSONError) -> JSON {
        var elements: [JSON] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            skipSpace()
            elements.append(try value())
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            guard take(UInt8(ascii: ",")) else { throw unexpected() }
        }
    }

    private mutating func object() throws(JSONError) -> JSON {
        var members = JSONMembers()
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object([]) }
        while true {
            skipSpace()
            guard byte == UInt8(ascii: "\"") else { throw unexpected() }
            let start = at
            let name = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw unexpected() }
            skipSpace()
            let isNew = members.set(name, try value())
            guard isNew || limits.allowsRepeats else { throw JSONError(.repeatedName, offset: start) }
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(members.list) }
            guard take(UInt8(ascii: ",")) else { throw unexpected() }
        }
    }
}

/// Members under construction. Repeated names are found by looking through a few members or by an index of many,
/// so that a hostile object does not cost the square of its size.
private struct JSONMembers {
    private(set) var list: [JSON.Member] = []
    private var index: [String: Int]?

    /// - Returns: whether the name is new.
    mutating func set(_ name: String, _ value: JSON) -> Bool {
        if let known = index == nil ? list.firstIndex(where: { $0.name == name }) : index?[name] {
            list[known].value = value
            return false
        }
        list.append(JSON.Member(name, value))
        if index != nil {
            index?[name] = list.count - 1
        } else if list.count == 16 {
            index = Dictionary(list.enumerated().map { ($1.name, $0) }) { first, _ in first }
        }
        return true
    }
}
