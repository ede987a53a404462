/// A small deterministic generator: the same seed, the same numbers, on every platform and in every version.
///
/// SplitMix64 (Steele, Lea and Flood, 2014). For demo data, benchmarks and tests; never for anything secret. The draws
/// below are our own, because those of the standard library may change with it.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) {
        state = seed
    }

    /// A stream of its own for each name: what is drawn for one thing leaves all others as they are.
    public init(seed: UInt64, stream: String) {
        self.init(seed: Self.mixed(seed ^ Self.hash(stream)))
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mixed(state)
    }

    /// A bijection whose every output bit depends on every input bit.
    public static func mixed(_ number: UInt64) -> UInt64 {
        var mixed = number
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// FNV-1a of a text's UTF-8.
    public static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}

// Drawing.
extension SplitMix64 {
    /// From 0 up to but not including `bound`, which is at least 1. Some come up more often than others by less than
    /// `bound` in 2⁶⁴.
    public mutating func below(_ bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(max(bound, 1))).high)
    }

    /// One of the range, both ends included.
    public mutating func within(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.upperBound - range.lowerBound + 1)
    }

    /// 0 ≤ x < 1, in steps of 2⁻⁵³.
    public mutating func unit() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// −1 … 1, seldom near the ends: the mean of four even draws.
    public mutating func bell() -> Double {
        (unit() + unit() + unit() + unit()) / 2 - 1
    }

    /// True in so many of a hundred cases.
    public mutating func happens(percent: Int) -> Bool {
        below(100) < percent
    }

    /// One of them; nil of none.
    public mutating func pick<Elements: RandomAccessCollection>(_ elements: Elements) -> Elements.Element? {
        guard !elements.isEmpty else { return nil }
        return elements[elements.index(elements.startIndex, offsetBy: below(elements.count))]
    }
}

/// Values with relative shares, to be drawn from.
public struct Shares<Value: Sendable>: Sendable {
    public let values: [Value]
    /// Running sums, rising.
    private let sums: [Int]

    /// `nil` without a positive share; what has none is never drawn.
    public init?(_ shares: [(value: Value, share: Int)]) {
        let kept = shares.filter { $0.share > 0 }
        guard !kept.isEmpty else { return nil }
        values = kept.map(\.value)
        var total = 0
        sums = kept.map { entry in
            total += entry.share
            return total
        }
    }

    public func draw(_ dice: inout SplitMix64) -> Value {
        let point = dice.below(sums[sums.count - 1])
        // The first sum beyond the point.
        var (low, high) = (0, sums.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if sums[middle] > point { high = middle } else { low = middle + 1 }
        }
        return values[low]
    }
}
