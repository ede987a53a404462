import Synchronization

/// A cache of bounded size in two generations: when the young one is full it becomes the old one, and what nobody asked
/// for since the last such turn is forgotten. Both looking up and forgetting cost the same however full it is.
package final class GenerationCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct State {
        var young: [Key: Value] = [:]
        var old: [Key: Value] = [:]
    }

    private let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: entries of one generation; at most twice as many are kept.
    package init(limit: Int) { self.limit = max(1, limit) }

    package func value(for key: Key) -> Value? {
        state.withLock { state in
            if let value = state.young[key] { return value }
            guard let value = state.old.removeValue(forKey: key) else { return nil }
            insert(value, for: key, in: &state)
            return value
        }
    }

    package func store(_ value: Value, for key: Key) {
        state.withLock { state in
            state.old.removeValue(forKey: key)
            insert(value, for: key, in: &state)
        }
    }

    /// Looks at an entry and changes it, with nobody in between; nil removes it.
    package func update<Result>(_ key: Key, _ body: (inout Value?) -> Result) -> Result {
        state.withLock { state in
            var value = state.young[key] ?? state.old.removeValue(forKey: key)
            let result = body(&value)
            if let value { insert(value, for: key, in: &state) } else { state.young.removeValue(forKey: key) }
            return result
        }
    }

    package func remove(_ key: Key) {
        state.withLock { state in
            state.young.removeValue(forKey: key)
            state.old.removeValue(forKey: key)
        }
    }

    package var count: Int { state.withLock { $0.young.count + $0.old.count } }

    private func insert(_ value: Value, for key: Key, in state: inout State) {
        if state.young.count >= limit, state.young[key] == nil {
            state.old = state.young
            state.young = [:]
        }
        state.young[key] = value
    }
}
