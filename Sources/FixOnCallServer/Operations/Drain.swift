import ServiceLifecycle

/// The first to hear that the server is to stop: it lets the balancers see that for a while before anything else ends, so
/// that none of them sends a request to a closed door (trust.md §1.9).
struct Drain: Service {
    let readiness: Readiness
    /// How long requests are still served.
    let pause: Duration

    func run() async throws {
        try await gracefulShutdown()
        readiness.drain()
        if pause > .zero { try await Task.sleep(for: pause) }
    }
}
