import FoundationEssentials
import Synchronization

/// A twelve-byte document id: seconds since 1970, five bytes drawn once per process, and a three-byte counter.
public struct ObjectID: Sendable, Hashable, Comparable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt32

    /// A fresh id; unique in this process for 16 million ids a second, and across processes by their random bytes.
    public init() {
        let seconds = UInt64(UInt32(truncatingIfNeeded: Int64(Date().timeIntervalSince1970)))
        let count = Self.counter.wrappingAdd(1, ordering: .relaxed).oldValue & 0xFF_FFFF
        high = seconds << 32 | Self.process >> 8
        low = UInt32(truncatingIfNeeded: Self.process & 0xFF) << 24 | count
    }

    /// The id written as 24 hexadecimal digits of either case; nil for any other text.
    public init?(_ hex: String) {
        var text = hex
        let halves: (UInt64, UInt32)? = text.withUTF8 { digits in
            guard digits.count == 24 else { return nil }
            var high: UInt64 = 0
            var low: UInt32 = 0
            for (index, digit) in digits.enumerated() {
                guard let value = Self.nibble(digit) else { return nil }
                if index < 16 { high = high << 4 | UInt64(value) } else { low = low << 4 | UInt32(value) }
            }
            return (high, low)
        }
        guard let halves else { return nil }
        (high, low) = halves
    }

    /// The id made of exactly twelve bytes; nil for any other number of them.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 12 else { return nil }
        var high: UInt64 = 0
        var low: UInt32 = 0
        for (index, byte) in bytes.enumerated() {
            if index < 8 { high = high << 8 | UInt64(byte) } else { low = low << 8 | UInt32(byte) }
        }
        self.init(high: high, low: low)
    }

    init(high: UInt64, low: UInt32) {
        self.high = high
        self.low = low
    }

    /// The twelve bytes in the order in which they are stored and compared.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(12)
        bytes.append(id: self)
        return bytes
    }

    /// 24 lower-case hexadecimal digits.
    public var hex: String {
        String(unsafeUninitializedCapacity: 24) { digits in
            for index in 0..<24 { digits[index] = digit(index) }
            return 24
        }
    }

    /// One of the hexadecimal digits, from the left.
    func digit(_ index: Int) -> UInt8 {
        let nibble = index < 16 ? high >> UInt64(60 - 4 * index) : UInt64(low >> UInt32(92 - 4 * index))
        return Self.digit(UInt8(nibble & 0xF))
    }

    /// When the id was made, in whole seconds since 1970.
    public var seconds: UInt32 { UInt32(truncatingIfNeeded: high >> 32) }

    public var description: String { hex }

    public static func < (a: Self, b: Self) -> Bool { (a.high, a.low) < (b.high, b.low) }

    /// Both halves as big-endian numbers, which is the order of their bytes.
    var halves: (high: UInt64, low: UInt32) { (high, low) }
}

extension ObjectID {
    /// Five random bytes for the life of the process, as the ObjectId rules ask.
    private static let process = UInt64.random(in: 0...0xFF_FFFF_FFFF)
    /// Starts anywhere, so that two processes with the same random bytes still differ; only its low three bytes count.
    private static let counter = Atomic<UInt32>(.random(in: 0...0xFF_FFFF))

    static func digit(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 0x30 + nibble : 0x57 + nibble }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x37
        case 0x61...0x66: digit - 0x57
        default: nil
        }
    }
}
