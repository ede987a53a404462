public import FoundationEssentials

/// A type with one BSON form.
public protocol BSONWritable {
    var bson: BSONValue { get }

    /// How an array of this type is stored. Only bytes differ from the default, being stored as binary.
    static func bson(array: [Self]) -> BSONValue
}

extension BSONWritable {
    public static func bson(array: [Self]) -> BSONValue { .array(array.map(\.bson)) }
}

/// An enumeration of names or numbers needs only to declare the conformance.
extension BSONWritable where Self: RawRepresentable, RawValue: BSONWritable {
    public var bson: BSONValue { rawValue.bson }
}

extension BSONValue: BSONWritable {
    public var bson: BSONValue { self }
}

extension String: BSONWritable {
    public var bson: BSONValue { .string(self) }
}

extension Int: BSONWritable {
    public var bson: BSONValue { .int64(Int64(self)) }
}

extension Int64: BSONWritable {
    public var bson: BSONValue { .int64(self) }
}

extension Int32: BSONWritable {
    public var bson: BSONValue { .int32(self) }
}

extension Double: BSONWritable {
    public var bson: BSONValue { .double(self) }
}

extension Bool: BSONWritable {
    public var bson: BSONValue { .bool(self) }
}

extension ObjectID: BSONWritable {
    public var bson: BSONValue { .id(self) }
}

extension Date: BSONWritable {
    public var bson: BSONValue { .date(self) }
}

extension Document: BSONWritable {
    public var bson: BSONValue { .document(self) }
}

extension UInt8: BSONWritable {
    public var bson: BSONValue { .int32(Int32(self)) }

    /// Generic binary, subtype 0.
    public static func bson(array: [UInt8]) -> BSONValue { .binary(subtype: 0, bytes: array) }
}

extension Array: BSONWritable where Element: BSONWritable {
    public var bson: BSONValue { Element.bson(array: self) }
}
