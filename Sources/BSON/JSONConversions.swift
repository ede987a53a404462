public import FoundationEssentials

/// JSON from Swift values; a nil becomes null.
extension JSON {
    public init(_ text: String?) { self = text.map(JSON.string) ?? .null }
    public init(_ number: Int?) { self = number.map { .int(Int64($0)) } ?? .null }
    public init(_ number: Int64?) { self = number.map(JSON.int) ?? .null }
    public init(_ number: Double?) { self = number.map(JSON.double) ?? .null }
    public init(_ flag: Bool?) { self = flag.map(JSON.bool) ?? .null }
    /// 24 hexadecimal digits.
    public init(_ id: ObjectID?) { self = id.map { .string($0.hex) } ?? .null }
    /// ISO 8601 with milliseconds and `Z`.
    public init(_ date: Date?) { self = date.map { .string(ISO8601.milliseconds($0)) } ?? .null }
    public init(_ texts: [String]) { self = .array(texts.map(JSON.string)) }

    /// The document as ``JSONRenderer`` writes it, without renaming or omission.
    public init(_ document: Document) { self = JSONRenderer().json(document) }

    /// Members in their order.
    public init(members: some Sequence<(String, JSON)>) { self = .object(members.map { Member($0.0, $0.1) }) }
}

extension JSON: ExpressibleByStringInterpolation {
    public init(stringLiteral value: String) { self = .string(value) }
}

extension JSON: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int64) { self = .int(value) }
}

extension JSON: ExpressibleByFloatLiteral {
    public init(floatLiteral value: Double) { self = .double(value) }
}

extension JSON: ExpressibleByBooleanLiteral {
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSON: ExpressibleByNilLiteral {
    public init(nilLiteral: ()) { self = .null }
}

extension JSON: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
}

extension JSON: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSON)...) { self.init(members: elements) }
}

extension BSONValue {
    /// The BSON form of parsed JSON: whole numbers in 64 bits, other numbers as doubles.
    ///
    /// Names are taken as they come: data of a stranger must not be used as a query or an update, where a name that
    /// begins with `$` is an instruction.
    ///
    /// - Throws: ``BSONError`` when a name holds a zero byte, or an ``JSON/encoded(_:)`` part is not JSON.
    public init(_ json: JSON) throws(BSONError) {
        switch json {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .int(let number): self = .int64(number)
        case .double(let number): self = .double(number)
        case .decimal(let minorUnits, let scale):
            var divisor = 1.0
            for _ in 0..<max(0, scale) { divisor *= 10 }
            self = .double(Double(minorUnits) / divisor)
        case .string(let text): self = .string(text)
        case .array(let elements):
            var values: [BSONValue] = []
            values.reserveCapacity(elements.count)
            for element in elements { values.append(try BSONValue(element)) }
            self = .array(values)
        case .object(let members):
            var document = Document()
            for member in members {
                guard !member.name.utf8.contains(0) else { throw BSONError(.badKey, key: member.name) }
                document.append(member.name, try BSONValue(member.value))
            }
            self = .document(document)
        case .encoded(let bytes):
            let parsed: JSON
            do { parsed = try JSON.parse(bytes) } catch { throw BSONError(.wrongType, offset: error.offset) }
            self = try BSONValue(parsed)
        }
    }
}

extension Document {
    /// The document with the members of a JSON object; see ``BSONValue/init(_:)-(JSON)`` for the mapping.
    ///
    /// - Throws: ``BSONError`` when `json` is not an object, and as the conversion of values does.
    public init(_ json: JSON) throws(BSONError) {
        guard case .document(let document) = try BSONValue(json) else { throw BSONError(.wrongType) }
        self = document
    }
}
