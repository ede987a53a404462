import Dispatch
import Synchronization

/// Does asynchronous work and waits for it: while something is measured this process must not be doing anything else.
func waiting<Result: Sendable>(for work: @escaping @Sendable () async throws -> Result) throws -> Result {
    let box = Box<Result>()
    let done = DispatchSemaphore(value: 0)
    Task {
        do {
            let value = try await work()
            box.outcome.withLock { $0 = .success(value) }
        } catch {
            box.outcome.withLock { $0 = .failure(error) }
        }
        done.signal()
    }
    done.wait()
    guard let outcome = box.outcome.withLock({ $0 }) else { preconditionFailure("the work has ended without a result") }
    return try outcome.get()
}

private final class Box<Value: Sendable>: Sendable {
    let outcome = Mutex<Result<Value, any Error>?>(nil)
}
