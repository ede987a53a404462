/// A BSON document kept as its bytes: reading walks them, writing appends to them, and equality compares them.
public struct Document: Sendable, Hashable {
    /// The whole document, from its length prefix to its closing zero byte.
    public private(set) var bytes: [UInt8]

    /// The empty document, five bytes long.
    public init() { bytes = [5, 0, 0, 0, 0] }

    /// The document in `bytes` after every length, terminator, boolean, type and text in it has been checked.
    ///
    /// - Throws: ``BSONError`` with the offset of the first broken rule; documents and arrays may nest 100 deep.
    public init(validating bytes: [UInt8]) throws(BSONError) {
        try DocumentValidator.check(bytes)
        self.bytes = bytes
    }

    /// The document in bytes that come from the database, unchecked.
    ///
    /// Reading never leaves the array: a document that is damaged all the same appears to end where the damage begins.
    public init(adopting bytes: [UInt8]) { self.bytes = bytes }

    /// The fields in their order; a name that occurs twice is kept twice.
    public init(fields: some Sequence<(String, BSONValue)>) {
        bytes = [0, 0, 0, 0]
        bytes.reserveCapacity(128)
        for (key, value) in fields { bytes.append(key: key, value: value) }
        bytes.closeDocument(from: 0)
    }

    public var isEmpty: Bool { bytes.count <= 5 }

    /// How many fields the top level has, found by walking it.
    public var count: Int {
        var reader = BSONReader(self)
        var count = 0
        while reader.advance() != nil { count += 1 }
        return count
    }

    /// The names of the top level in order.
    public var keys: [String] {
        var reader = BSONReader(self)
        var keys: [String] = []
        while let field = reader.advance() { keys.append(reader.key(field)) }
        return keys
    }
}

extension Document: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, BSONValue)...) { self.init(fields: elements) }
}

extension Document: Sequence {
    public struct Iterator: IteratorProtocol {
        var reader: BSONReader

        public mutating func next() -> (key: String, value: BSONValue)? {
            guard let field = reader.advance() else { return nil }
            return (reader.key(field), reader.value(field))
        }
    }

    public func makeIterator() -> Iterator { Iterator(reader: BSONReader(self)) }

    public var underestimatedCount: Int { 0 }
}

/// Reading.
extension Document {
    /// The first field of that name at the top level.
    public subscript(key: String) -> BSONValue? {
        var reader = BSONReader(self)
        guard let field = reader.find(key) else { return nil }
        return reader.value(field)
    }

    /// The field as a `T`; nil when it is absent, null or holds something else. Numbers convert where that is exact.
    public func get<T: BSONReadable>(_ key: String, as type: T.Type = T.self) -> T? {
        guard let value = self[key], value != .null else { return nil }
        return T(bson: value)
    }

    /// The field as a `T`.
    ///
    /// - Throws: ``BSONError`` naming the key when the field is absent or null, or holds something else.
    public func require<T: BSONReadable>(_ key: String, as type: T.Type = T.self) throws(BSONError) -> T {
        guard let value = self[key], value != .null else { throw BSONError(.missingKey, key: key) }
        guard let result = T(bson: value) else { throw BSONError(.wrongType, key: key) }
        return result
    }

    /// The value reached by walking into documents by name and into arrays by position ("0", "1" …).
    public func value(at path: [String]) -> BSONValue? {
        var reader = BSONReader(self)
        for (index, key) in path.enumerated() {
            guard let field = reader.find(key) else { return nil }
            if index == path.count - 1 { return reader.value(field) }
            guard field.type == .document || field.type == .array else { return nil }
            reader = reader.nested(field)
        }
        return nil
    }
}

/// Building.
extension Document {
    /// Adds a field at the end; a name already present is not looked for.
    public mutating func append(_ key: String, _ value: BSONValue) {
        bytes.reopenDocument()
        bytes.append(key: key, value: value)
        bytes.closeDocument(from: 0)
    }

    /// Adds a field at the end from any value that knows its BSON form.
    public mutating func append(_ key: String, _ value: some BSONWritable) { append(key, value.bson) }

    /// Adds the field unless the value is nil.
    public mutating func append<T: BSONWritable>(_ key: String, ifPresent value: T?) {
        if let value { append(key, value.bson) }
    }

    /// Adds every field of another document, in its order.
    public mutating func append(contentsOf other: Document) {
        guard other.bytes.count > 5 else { return }
        bytes.reopenDocument()
        bytes.append(contentsOf: other.bytes[4..<(other.bytes.count - 1)])
        bytes.closeDocument(from: 0)
    }
}

extension Document: CustomDebugStringConvertible {
    /// The document as JSON, for a failing test or a debugger; never for a log, since it may hold personal data.
    public var debugDescription: String { JSONRenderer().json(self).text }
}
