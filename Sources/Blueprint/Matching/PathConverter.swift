/// What a `<…>` segment of a path accepts. They are tried in the order of the cases, after literals.
enum PathConverter: Int, Sendable, Hashable, CaseIterable {
    /// `<int:id>`: ASCII digits whose value fits 64 bits with a sign.
    case int
    /// `<uuid:id>`: the 8-4-4-4-12 form in either case.
    case uuid
    /// `<id>` or `<string:id>`: anything but nothing; it never spans a slash.
    case string

    init?(keyword: Substring) {
        switch keyword {
        case "int": self = .int
        case "uuid": self = .uuid
        case "string": self = .string
        default: return nil
        }
    }

    var keyword: String {
        switch self {
        case .int: "int"
        case .uuid: "uuid"
        case .string: "string"
        }
    }

    func accepts(_ bytes: some RandomAccessCollection<UInt8>) -> Bool {
        switch self {
        case .int: Self.isInteger(bytes)
        case .uuid: Self.isUUID(bytes)
        case .string: !bytes.isEmpty
        }
    }

    private static func isInteger(_ bytes: some RandomAccessCollection<UInt8>) -> Bool {
        guard !bytes.isEmpty else { return false }
        var value: Int64 = 0
        for byte in bytes {
            guard byte >= 0x30, byte <= 0x39 else { return false }
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = shifted.addingReportingOverflow(Int64(byte - 0x30))
            if overflow || carry { return false }
            value = sum
        }
        return true
    }

    private static func isUUID(_ bytes: some RandomAccessCollection<UInt8>) -> Bool {
        guard bytes.count == 36 else { return false }
        for (offset, byte) in bytes.enumerated() {
            switch offset {
            case 8, 13, 18, 23:
                guard byte == UInt8(ascii: "-") else { return false }
            default:
                guard PercentCoding.hexValue(byte) != nil else { return false }
            }
        }
        return true
    }
}
