public import FixOnCallServer
public import MongoTesting
public import Telemetry

extension TestServer {
    /// Runs a test against a server of its own and stops it whatever happens. Whatever else the test is about, no query
    /// of the server may have scanned a collection (domain §4.2).
    ///
    /// - Parameters:
    ///   - database: a fresh one unless given; dropped behind the test in any case.
    ///   - sink: what keeps the server's log.
    public static func with(
        on database: TestDatabase? = nil, logging sink: (any LogSink)? = nil,
        _ change: @Sendable (inout Settings) -> Void = { _ in },
        isolation: isolated (any Actor)? = #isolation, _ work: (TestServer) async throws -> Void
    ) async throws {
        let database = if let database { database } else { try await TestDatabase.migrated() }
        let server = try await start(on: database, logging: sink, change)
        do {
            try await server.database.watchForScans()
            try await work(server)
            try await server.database.expectNoScans()
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    /// The same with two servers on one database.
    public static func withTwo(
        on database: TestDatabase? = nil, _ change: @Sendable (inout Settings) -> Void = { _ in },
        isolation: isolated (any Actor)? = #isolation,
        _ work: (_ one: TestServer, _ two: TestServer) async throws -> Void
    ) async throws {
        try await with(on: database, change) { one in
            let two = try await start(on: one.database, change)
            do {
                try await work(one, two)
            } catch {
                await two.halt()
                throw error
            }
            await two.halt()
        }
    }
}
