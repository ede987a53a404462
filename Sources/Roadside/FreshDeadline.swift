import Mongo

/// Gives work ten seconds (trust.md §1.9), whatever is left to the request it is part of: one that waits for something to
/// happen lasts longer than the database may take to answer.
func withFreshDeadline<Value>(
    _ work: () async throws(RoadsideError) -> Value
) async throws(RoadsideError) -> Value {
    let result = await Deadline.$scoped.withValue(.after(.seconds(10))) { () async -> Result<Value, RoadsideError> in
        do throws(RoadsideError) {
            return .success(try await work())
        } catch {
            return .failure(error)
        }
    }
    return try result.get()
}
