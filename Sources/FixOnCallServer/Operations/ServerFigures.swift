import Mongo
import Realtime
import Roadside
import Synchronization
import Telemetry

/// Numbers that are looked up when somebody scrapes.
enum ServerFigures {
    static func register(_ services: Services, sockets: [SocketPlaces], in registry: MetricRegistry) {
        let (client, backlog) = (services.client, services.roadside.backlog)
        registry.ask("fixoncall_mongo_pool_in_use", "Workers that have a call of the database in hand.") {
            [.init(Double(client.busy))]
        }
        registry.ask("fixoncall_mongo_pool_size", "Workers there are.") { [.init(Double(client.settings.workers))] }
        registry.ask("fixoncall_mongo_pool_waiting", "Calls that wait for a worker.") {
            [.init(Double(client.waiting))]
        }
        registry.ask("fixoncall_password_queue", "Passwords that wait to be hashed.") {
            [.init(Double(backlog.passwordsWaiting))]
        }
        registry.ask("fixoncall_sockets", "Open WebSockets.") { [.init(Double(sockets.reduce(0) { $0 + $1.count }))] }
        registry.ask(
            "fixoncall_socket_closes_total", "WebSockets that have ended, by the code we gave; 0 when the client left.",
            kind: "counter"
        ) {
            let closes = sockets.reduce(into: [UInt16: Int]()) { $0.merge($1.closes) { $0 + $1 } }
            return closes.sorted { $0.key < $1.key }.map { .init(Double($1), [Label("code", "\($0)")]) }
        }
        let timers = TimerFigures(backlog)
        registry.ask("fixoncall_timers_due", "Timers in the database that are due, \(Backlog.most) at most.") {
            await timers.now().map { .init(Double($0.due), [Label("kind", $0.kind)]) }
        }
        registry.ask("fixoncall_timers_oldest_seconds", "For how long the first of them has been due.") {
            await timers.now().map { .init($0.oldest, [Label("kind", $0.kind)]) }
        }
    }
}

/// What is due, asked of the database every five seconds at most however often somebody scrapes.
private final class TimerFigures: Sendable {
    private let backlog: Backlog
    private let last = Mutex<(at: ContinuousClock.Instant, depths: [Backlog.Depth])?>(nil)

    init(_ backlog: Backlog) { self.backlog = backlog }

    /// Nothing while the database does not answer.
    func now() async -> [Backlog.Depth] {
        let known = last.withLock { $0 }
        if let known, known.at.duration(to: .now) < .seconds(5) { return known.depths }
        guard let depths = try? await backlog.timers() else { return [] }
        last.withLock { $0 = (.now, depths) }
        return depths
    }
}
