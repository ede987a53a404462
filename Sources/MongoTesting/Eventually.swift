/// A condition did not come true in the time allowed.
public struct NeverHappened: Error, CustomStringConvertible {
    public let description: String
}

/// Waits until a condition holds, looking again every few milliseconds.
///
/// For outcomes that only the database or another process can show; what can be awaited is awaited instead.
///
/// - Parameters:
///   - what: the sentence for the failure.
///   - limit: how long to look before giving up; generous, because a slow machine must not fail a true outcome.
/// - Throws: ``NeverHappened``, or what the condition throws.
public func eventually(
    _ what: String, within limit: Duration = .seconds(60), isolation: isolated (any Actor)? = #isolation,
    _ condition: () async throws -> Bool
) async throws {
    let clock = ContinuousClock()
    let end = clock.now.advanced(by: limit)
    while clock.now < end {
        if try await condition() { return }
        try await clock.sleep(for: .milliseconds(10))
    }
    throw NeverHappened(description: "never happened: \(what)")
}
