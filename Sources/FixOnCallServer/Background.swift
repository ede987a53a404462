import ServiceLifecycle

/// Work that goes on for as long as the server does and ends with it.
struct Background: Service {
    private let work: @Sendable () async -> Void

    /// - Parameter work: ends only when its task is cancelled; if it returned earlier, the server would stop.
    init(_ work: @escaping @Sendable () async -> Void) { self.work = work }

    func run() async throws {
        await cancelWhenGracefulShutdown { await work() }
    }
}
