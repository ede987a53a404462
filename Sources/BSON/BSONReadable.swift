public import FoundationEssentials

/// A type that can be read from one BSON value.
public protocol BSONReadable {
    /// Nil when the value is of another type or does not fit.
    init?(bson: BSONValue)

    /// How an array of this type is read. Only bytes differ from the default, being stored as binary.
    static func array(bson: BSONValue) -> [Self]?
}

extension BSONReadable {
    /// Every element of a BSON array; nil when one of them does not read.
    public static func array(bson: BSONValue) -> [Self]? {
        guard case .array(let elements) = bson else { return nil }
        var result: [Self] = []
        result.reserveCapacity(elements.count)
        for element in elements {
            guard let read = Self(bson: element) else { return nil }
            result.append(read)
        }
        return result
    }
}

/// An enumeration of names or numbers needs only to declare the conformance.
extension BSONReadable where Self: RawRepresentable, RawValue: BSONReadable {
    public init?(bson: BSONValue) {
        guard let raw = RawValue(bson: bson) else { return nil }
        self.init(rawValue: raw)
    }
}

extension BSONValue: BSONReadable {
    public init?(bson: BSONValue) { self = bson }
}

extension String: BSONReadable {
    public init?(bson: BSONValue) {
        guard case .string(let text) = bson else { return nil }
        self = text
    }
}

extension Int64: BSONReadable {
    public init?(bson: BSONValue) {
        switch bson {
        case .int64(let number): self = number
        case .int32(let number): self.init(number)
        case .double(let number): self.init(exactly: number)
        default: return nil
        }
    }
}

extension Int: BSONReadable {
    public init?(bson: BSONValue) {
        guard let number = Int64(bson: bson) else { return nil }
        self.init(exactly: number)
    }
}

extension Int32: BSONReadable {
    public init?(bson: BSONValue) {
        guard let number = Int64(bson: bson) else { return nil }
        self.init(exactly: number)
    }
}

extension Double: BSONReadable {
    public init?(bson: BSONValue) {
        switch bson {
        case .double(let number): self = number
        case .int32(let number): self.init(number)
        case .int64(let number): self.init(exactly: number)
        default: return nil
        }
    }
}

extension Bool: BSONReadable {
    public init?(bson: BSONValue) {
        guard case .bool(let flag) = bson else { return nil }
        self = flag
    }
}

extension ObjectID: BSONReadable {
    public init?(bson: BSONValue) {
        guard case .id(let id) = bson else { return nil }
        self = id
    }
}

extension Date: BSONReadable {
    public init?(bson: BSONValue) {
        guard case .date(let date) = bson else { return nil }
        self = date
    }
}

extension Document: BSONReadable {
    public init?(bson: BSONValue) {
        guard case .document(let document) = bson else { return nil }
        self = document
    }
}

extension UInt8: BSONReadable {
    public init?(bson: BSONValue) {
        guard let number = Int64(bson: bson) else { return nil }
        self.init(exactly: number)
    }

    /// The bytes of a binary value of any subtype.
    public static func array(bson: BSONValue) -> [UInt8]? {
        guard case .binary(_, let bytes) = bson else { return nil }
        return bytes
    }
}

extension Array: BSONReadable where Element: BSONReadable {
    public init?(bson: BSONValue) {
        guard let elements = Element.array(bson: bson) else { return nil }
        self = elements
    }
}
