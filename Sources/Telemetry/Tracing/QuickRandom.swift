import Synchronization

/// Numbers that differ, for names of requests and spans: cheap, safe to share, and nothing that protects anything.
enum QuickRandom {
    private static let state = Atomic<UInt64>(UInt64.random(in: .min ... .max))

    /// The next of a sequence of its own for each process (SplitMix64; Steele, Lea and Flood, 2014).
    static func next() -> UInt64 {
        let step: UInt64 = 0x9E37_79B9_7F4A_7C15
        var mixed = state.wrappingAdd(step, ordering: .relaxed).newValue
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// One that is not zero, as W3C's Trace Context wants its ids.
    static func nonZero() -> UInt64 {
        let number = next()
        return number == 0 ? 1 : number
    }
}
