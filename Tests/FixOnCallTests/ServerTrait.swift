import FixOnCallServer
import RoadsideRules
import RoadsideTesting
import Synchronization
import Testing

/// One server for a suite: started before its first test, stopped after its last.
///
/// Suites are serialized: sixty people who register in the same instant are rightly told to wait, and that is another
/// test's business. Suites still run beside each other.
struct ServerTrait: SuiteTrait, TestScoping {
    @TaskLocal static var running: TestServer?
    var change: @Sendable (inout Settings) -> Void = { _ in }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await TestServer.with(change) { server in
            try await Self.$running.withValue(server) { try await function() }
        }
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
