import FixOnCallServer
import RoadsideRules
import RoadsideTesting
import Synchronization
import Testing

/// One server for a suite: started before its first test, stopped after its last.
///
/// Suites are serialized: sixty people who register in the same instant are rightly told to wait, and that is another
/// test's business. Suites still run beside each other, as many as the turnstile lets in.
struct ServerTrait: SuiteTrait, TestScoping {
    @TaskLocal static var running: TestServer?
    var change: @Sendable (inout Settings) -> Void = { _ in }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await Self.turnstile.through {
            try await TestServer.with(change) { server in
                try await Self.$running.withValue(server) { try await function() }
            }
        }
    }

    /// All suites begin in the same instant, and the width of a run limits only its tests: without this, sixty servers
    /// would start together and idle beside each other until their turn comes.
    private static let turnstile = Turnstile(6)
}

/// Lets in so many at once; the others wait in the order in which they came.
private final class Turnstile: Sendable {
    private let state: Mutex<(free: Int, waiting: [CheckedContinuation<Void, Never>])>

    init(_ places: Int) { state = Mutex((places, [])) }

    func through(_ work: () async throws -> Void) async throws {
        await withCheckedContinuation { turn in
            let isFree = state.withLock { state in
                guard state.free > 0 else {
                    state.waiting.append(turn)
                    return false
                }
                state.free -= 1
                return true
            }
            if isFree { turn.resume() }
        }
        defer { leave() }
        try await work()
    }

    private func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}

extension Trait where Self == ServerTrait {
    static var server: Self { ServerTrait() }

    static func server(_ change: @escaping @Sendable (inout Settings) -> Void) -> Self { ServerTrait(change: change) }
}

/// The server of the suite this test belongs to.
func server() throws -> TestServer {
    try #require(ServerTrait.running, "the suite needs the trait .server")
}

/// Places so far from each other that no search of one test meets a provider of another.
enum Spot {
    private static let taken = Mutex(0)

    static func fresh() throws -> GeoPoint {
        let index = taken.withLock { taken in
            taken += 1
            return taken
        }
        // Fractions, so that a latitude is never written as a whole number.
        let point = GeoPoint(latitude: Double(index % 40) * 2 - 40.2921, longitude: Double(index / 40) * 3 + 6.8219)
        return try #require(point)
    }
}
