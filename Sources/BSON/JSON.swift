/// One JSON value. Objects keep the order of their members.
public enum JSON: Sendable, Hashable {
    case null
    case bool(Bool)
    case int(Int64)
    /// Written in its shortest form; infinities and NaN, which JSON lacks, are written as null.
    case double(Double)
    /// An exact amount: `minorUnits: 30000, scale: 2` is written `300.00`.
    case decimal(minorUnits: Int64, scale: Int)
    case string(String)
    case array([JSON])
    case object([Member])
    /// Bytes that already are one JSON value and are written as they stand.
    case encoded([UInt8])

    /// A name and its value within an object.
    public struct Member: Sendable, Hashable {
        public var name: String
        public var value: JSON

        public init(_ name: String, _ value: JSON) {
            self.name = name
            self.value = value
        }
    }
}

/// Reading. Every accessor is nil for a value of another kind.
extension JSON {
    /// The member of that name.
    public subscript(name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    /// The element at that position.
    public subscript(index: Int) -> JSON? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    public var isNull: Bool { self == .null }

    public var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// A whole number, also when it was written with a fraction of zero.
    public var int: Int64? {
        switch self {
        case .int(let number): number
        case .double(let number): Int64(exactly: number)
        default: nil
        }
    }

    public var double: Double? {
        switch self {
        case .int(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }

    public var bool: Bool? {
        guard case .bool(let flag) = self else { return nil }
        return flag
    }

    public var array: [JSON]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    public var object: [Member]? {
        guard case .object(let members) = self else { return nil }
        return members
    }
}

/// Extending objects.
extension JSON {
    /// Adds a member at the end of an object, or replaces the value of the one that has this name.
    ///
    /// An ``encoded(_:)`` object gets the member at its end without being looked into. Calling this on any other
    /// value is a mistake of the program; it changes nothing in a release build.
    public mutating func add(_ name: String, _ value: JSON) {
        switch self {
        case .object(var members):
            self = .null  // Lets the array below grow in place.
            if let index = members.firstIndex(where: { $0.name == name }) {
                members[index].value = value
            } else {
                members.append(Member(name, value))
            }
            self = .object(members)
        case .encoded(var bytes) where bytes.last == UInt8(ascii: "}"):
            bytes.removeLast()
            if bytes.last != UInt8(ascii: "{") { bytes.append(UInt8(ascii: ",")) }
            bytes.append(jsonString: name)
            bytes.append(UInt8(ascii: ":"))
            value.write(into: &bytes)
            bytes.append(UInt8(ascii: "}"))
            self = .encoded(bytes)
        default:
            assertionFailure("a member can be added to an object only")
        }
    }

    /// This object with a member more; see ``add(_:_:)``.
    public func adding(_ name: String, _ value: JSON) -> JSON {
        var copy = self
        copy.add(name, value)
        return copy
    }
}
