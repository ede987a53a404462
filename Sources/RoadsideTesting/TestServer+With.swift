public import FixOnCallServer
import MongoTesting

extension TestServer {
    /// Runs a test against a server of its own and stops it whatever happens. Whatever else the test is about, no query
    /// of the server may have scanned a collection (domain §4.2).
    public static func with(
        _ change: @Sendable (inout Settings) -> Void = { _ in }, isolation: isolated (any Actor)? = #isolation,
        _ work: (TestServer) async throws -> Void
    ) async throws {
        let server = try await start(change)
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
}
