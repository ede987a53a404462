import Foundation

/// An IP address as limits count it: numbers, not text.
public struct NetworkAddress: Sendable, Hashable {
    private let high: UInt64
    private let low: UInt64
    private let isV4: Bool

    /// - Parameter text: such as `192.0.2.7` or `2001:db8::7`; an IPv4 address written as IPv6 is what it is.
    public init?(_ text: String) {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            self.init(v4: UInt32(bigEndian: four.s_addr))
            return
        }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        let (high, low) = withUnsafeBytes(of: six) { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
        if high == 0, low >> 32 == 0xFFFF {
            self.init(v4: UInt32(truncatingIfNeeded: low))
        } else {
            self.init(high: high, low: low, isV4: false)
        }
    }

    private init(v4 number: UInt32) {
        self.init(high: 0, low: UInt64(number), isV4: true)
    }

    private init(high: UInt64, low: UInt64, isV4: Bool) {
        (self.high, self.low, self.isV4) = (high, low, isV4)
    }

    /// The machine itself.
    public var isLoopback: Bool { isV4 ? low >> 24 == 127 : high == 0 && low == 1 }

    /// What one customer of a network has: an IPv4 address, or the /64 of an IPv6 one, in which he may choose at will.
    var subscriber: NetworkAddress { isV4 ? self : prefix(64) }

    /// His neighbourhood: the /24, or the /48 of IPv6 (trust.md T13).
    var neighbourhood: NetworkAddress { isV4 ? prefix(24) : prefix(48) }

    /// Its first bits, with zeros behind them.
    ///
    /// - Parameter bits: 0…32 of an IPv4 address, 0…128 of another.
    public func prefix(_ bits: Int) -> NetworkAddress {
        guard !isV4 else {
            return NetworkAddress(high: 0, low: low & Self.mask(bits, of: 32), isV4: true)
        }
        return NetworkAddress(
            high: high & Self.mask(min(bits, 64), of: 64), low: low & Self.mask(max(bits - 64, 0), of: 64), isV4: false)
    }

    /// How many bits it has: 32 or 128.
    public var bitCount: Int { isV4 ? 32 : 128 }

    private static func mask(_ bits: Int, of width: Int) -> UInt64 {
        let all = UInt64.max >> UInt64(64 - width)
        return bits <= 0 ? 0 : bits >= width ? all : all & ~(all >> UInt64(bits))
    }

    /// Not for people: two addresses of one kind differ in it.
    var key: String { "\(isV4 ? 4 : 6).\(high).\(low)" }
}
