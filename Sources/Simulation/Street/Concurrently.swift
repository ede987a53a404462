/// Does the same for every item, so many at a time, and gives the results in the order of the items.
///
/// - Parameter done: called after each with the count so far.
/// - Throws: what `work` throws first; what has not begun then never does.
func concurrently<Item: Sendable, Result: Sendable>(
    _ items: [Item], atOnce: Int, done: (Int) -> Void = { _ in },
    _ work: @escaping @Sendable (Item) async throws -> Result
) async throws -> [Result] {
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
        var results: [Int: Result] = [:]
        func keep(_ result: (Int, Result)) {
            results[result.0] = result.1
            done(results.count)
        }
        for (place, item) in items.enumerated() {
            if place >= atOnce, let result = try await group.next() { keep(result) }
            group.addTask { (place, try await work(item)) }
        }
        for try await result in group { keep(result) }
        return items.indices.compactMap { results[$0] }
    }
}
