/// Where a request stands in a trace: W3C Trace Context, read strictly (operations.md §5.2).
public struct TraceContext: Sendable, Hashable {
    /// The 128 bits of the trace's id, never all zero.
    public let high, low: UInt64
    /// The span that asked; nil where the trace begins with us.
    public let parent: UInt64?
    /// Our own span.
    public let span: UInt64

    /// A trace that begins here.
    public init() {
        self.init(high: QuickRandom.nonZero(), low: QuickRandom.nonZero(), parent: nil)
    }

    private init(high: UInt64, low: UInt64, parent: UInt64?) {
        (self.high, self.low, self.parent) = (high, low, parent)
        span = QuickRandom.nonZero()
    }

    /// The trace that a client names, and a span of our own in it.
    ///
    /// - Parameter traceparent: the value of the one header of that name. Lower-case hexadecimal, ids that are not zero, of
    ///   version 00 nothing more, of a later version perhaps more behind a further dash, never version ff; anything else is
    ///   no trace, and nil.
    public init?(traceparent: String) {
        let bytes = Array(traceparent.utf8)
        guard bytes.count >= Self.length, bytes[2] == Self.dash, bytes[35] == Self.dash, bytes[52] == Self.dash,
            let version = Self.number(bytes[0..<2]), version != 0xFF,
            let high = Self.number(bytes[3..<19]), let low = Self.number(bytes[19..<35]), high | low != 0,
            let parent = Self.number(bytes[36..<52]), parent != 0, Self.number(bytes[53..<55]) != nil,
            bytes.count == Self.length || version > 0 && bytes[Self.length] == Self.dash
        else { return nil }
        self.init(high: high, low: low, parent: parent)
    }

    /// 32 digits.
    public var traceID: String { Self.hex(high) + Self.hex(low) }
    /// 16 digits.
    public var spanID: String { Self.hex(span) }

    /// 16 lower-case digits.
    static func hex(_ number: UInt64) -> String {
        String(unsafeUninitializedCapacity: 16) { bytes in
            for place in 0..<16 {
                let digit = UInt8(truncatingIfNeeded: number >> UInt64(60 - 4 * place) & 15)
                bytes[place] = digit < 10 ? 0x30 + digit : 0x57 + digit
            }
            return 16
        }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
        var number: UInt64 = 0
        for digit in digits {
            switch digit {
            case 0x30...0x39: number = number << 4 | UInt64(digit - 0x30)
            case 0x61...0x66: number = number << 4 | UInt64(digit - 0x57)
            default: return nil
            }
        }
        return number
    }

    /// Of version 00.
    private static let length = 55
    private static let dash = UInt8(ascii: "-")
}
