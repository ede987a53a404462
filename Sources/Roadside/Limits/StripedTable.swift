/// A table of bounded size that many threads change at once: entries are spread over several tables with a lock each,
/// so that those who ask for different ones rarely meet. When it is full, whatever nobody asked for lately is
/// forgotten.
package final class StripedTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let stripes: [GenerationCache<Key, Value>]

    /// - Parameter limit: at most twice as many entries are kept.
    package init(limit: Int) {
        let each = max(1, limit / Self.count)
        stripes = (0..<Self.count).map { _ in GenerationCache(limit: each) }
    }

    /// Looks at an entry and changes it, with nobody in between; `body` does nothing else.
    package func update<Result>(_ key: Key, _ body: (inout Value?) -> Result) -> Result {
        stripe(of: key).update(key, body)
    }

    package func value(for key: Key) -> Value? { stripe(of: key).value(for: key) }

    package func remove(_ key: Key) { stripe(of: key).remove(key) }

    package var count: Int { stripes.reduce(0) { $0 + $1.count } }

    private func stripe(of key: Key) -> GenerationCache<Key, Value> {
        // The upper bits: the dictionaries below use the lower ones.
        stripes[Int(UInt(bitPattern: key.hashValue) >> (UInt.bitWidth - Self.bits))]
    }

    /// Sixteen, which is many more than threads.
    private static var bits: Int { 4 }
    private static var count: Int { 1 << bits }
}
