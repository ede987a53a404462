import Foundation

/// A value that is expensive to make: whoever asks while it is being made waits for the same one, and for a short while
/// it is not made again.
actor SharedValue<Value: Sendable> {
    private var kept: (value: Value, since: Date)?
    private var making: Task<Result<Value, RoadsideError>, Never>?

    /// - Parameter lifetime: how long a value stays good, counted from when its making began. A failure is not kept.
    func value(
        at now: Date, lifetime: Duration, make: @escaping @Sendable () async throws(RoadsideError) -> Value
    ) async throws(RoadsideError) -> Value {
        if let kept, isFresh(kept.since, at: now, lifetime) { return kept.value }
        return try await (making ?? begin(at: now, make)).value.get()
    }

    private func begin(
        at now: Date, _ make: @escaping @Sendable () async throws(RoadsideError) -> Value
    ) -> Task<Result<Value, RoadsideError>, Never> {
        let task = Task { () -> Result<Value, RoadsideError> in
            do throws(RoadsideError) {
                let value = try await make()
                kept = (value, now)
                making = nil
                return .success(value)
            } catch {
                making = nil
                return .failure(error)
            }
        }
        making = task
        return task
    }

    private func isFresh(_ since: Date, at now: Date, _ lifetime: Duration) -> Bool {
        let age = now.timeIntervalSince(since)
        return age >= 0 && age < lifetime.timeInterval
    }
}
