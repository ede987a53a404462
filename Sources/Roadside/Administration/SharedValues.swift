import Foundation
import Synchronization

/// A few values that are expensive to make, each under its key; see ``SharedValue``. For keys of which there are few.
final class SharedValues<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let all = Mutex<[Key: SharedValue<Value>]>([:])

    /// - Parameter lifetime: how long a value stays good, counted from when its making began.
    func value(
        for key: Key, at now: Date, lifetime: Duration,
        make: @escaping @Sendable () async throws(RoadsideError) -> Value
    ) async throws(RoadsideError) -> Value {
        let shared = all.withLock { all in
            let shared = all[key] ?? SharedValue<Value>()
            all[key] = shared
            return shared
        }
        return try await shared.value(at: now, lifetime: lifetime, make: make)
    }
}
