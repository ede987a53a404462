/// Writes JSON straight into bytes, member by member: for lists that are asked for often, where a tree of ``JSON`` values
/// would be built only to be walked once.
public struct JSONWriter: Sendable {
    /// What has been written so far.
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// - Parameter capacity: about how many bytes will come.
    public init(capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    /// Everything written, as one value.
    public var json: JSON { .encoded(bytes) }

    public mutating func array<T>(of elements: some Sequence<T>, _ write: (inout JSONWriter, T) -> Void) {
        open("[")
        for element in elements { write(&self, element) }
        close("]")
    }

    public mutating func object(_ members: (inout JSONWriter) -> Void) {
        open("{")
        members(&self)
        close("}")
    }

    /// - Parameter name: without anything that would have to be escaped.
    public mutating func member(_ name: StaticString, _ value: JSON) {
        begin(name)
        value.write(into: &bytes)
    }

    public mutating func member(_ name: StaticString, _ text: String) {
        begin(name)
        bytes.append(jsonString: text)
    }

    /// - Parameter name: whatever it is; it is escaped.
    public mutating func member(named name: String, _ value: JSON) {
        separate()
        bytes.append(jsonString: name)
        bytes.append(UInt8(ascii: ":"))
        value.write(into: &bytes)
    }

    public mutating func member(_ name: StaticString, _ texts: [String]) {
        begin(name)
        needsComma = false
        array(of: texts) { writer, text in
            writer.separate()
            writer.bytes.append(jsonString: text)
        }
    }

    public mutating func member(_ name: StaticString, _ id: ObjectID) {
        begin(name)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(hex: id)
        bytes.append(UInt8(ascii: "\""))
    }

    /// A member that is an object.
    public mutating func member(_ name: StaticString, _ members: (inout JSONWriter) -> Void) {
        begin(name)
        needsComma = false
        object(members)
    }

    private mutating func begin(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(ascii: name)
        bytes.append(ascii: "\":")
    }

    private mutating func open(_ bracket: Unicode.Scalar) {
        separate()
        bytes.append(UInt8(ascii: bracket))
        needsComma = false
    }

    private mutating func close(_ bracket: Unicode.Scalar) {
        bytes.append(UInt8(ascii: bracket))
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }
}
