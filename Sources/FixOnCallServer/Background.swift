import ServiceLifecycle

/// Work that goes on for as long as the server does and ends with it.
struct Background: Service {
    let name: String
    let work: @Sendable () async -> Void

    init(name: String, run work: @escaping @Sendable () async -> Void) {
        self.name = name
        self.work = work
    }

    func run() async throws {
        // The work ends when its task is cancelled; on a graceful stop that is now.
        await cancelWhenGracefulShutdown { await work() }
    }
}
