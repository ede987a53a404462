public import FixOnCallServer

extension TestServer {
    /// Runs a test against a server of its own and stops it whatever happens.
    public static func with(
        _ change: @Sendable (inout Settings) -> Void = { _ in }, isolation: isolated (any Actor)? = #isolation,
        _ work: (TestServer) async throws -> Void
    ) async throws {
        let server = try await start(change)
        do {
            try await work(server)
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }
}
