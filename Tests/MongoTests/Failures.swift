import Mongo
import Synchronization
import Testing

/// The database's error that `body` throws; nil when it throws none.
///
/// Bind its result before `#expect`: in Swift 6.3 a closure inside the macro may be mistaken for a neighbour of it.
func failure<T>(_ body: () async throws -> T) async -> MongoError? {
    do {
        _ = try await body()
        return nil
    } catch let error as MongoError {
        return error
    } catch {
        Issue.record("not an error of the database: \(error)")
        return nil
    }
}

/// Runs `count` calls at the same time and tells how each ended: nil for success.
func codes(
    of count: Int, _ body: @escaping @Sendable (Int) async throws -> Void
) async -> [MongoError.Code?] {
    await withTaskGroup(of: MongoError.Code?.self) { group in
        for number in 0..<count {
            group.addTask { await failure { try await body(number) }?.code }
        }
        var codes: [MongoError.Code?] = []
        for await code in group { codes.append(code) }
        return codes
    }
}

/// Counts from any thread.
final class Counter: Sendable {
    private let value = Mutex(0)

    var count: Int { value.withLock { $0 } }

    func add() { value.withLock { $0 += 1 } }
}
