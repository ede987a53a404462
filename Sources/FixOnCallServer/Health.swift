import BSON
import Mongo
import Roadside
import RoadsideWeb
import Synchronization

/// What the health route reports: whether the database answers, and whether the inbox hears of other servers' rows.
struct Health: Sendable {
    /// The version of this program.
    static let version = "0.1.0"

    private let started = ContinuousClock.now
    let pulse: Pulse
    private let inbox: Inbox

    init(client: MongoClient, inbox: Inbox) {
        self.inbox = inbox
        pulse = Pulse { (try? await client.run(["ping": 1], deadline: .after(.seconds(2)))) != nil }
    }

    @Sendable func report() async -> HealthReport {
        HealthReport(
            databaseIsUp: await pulse.isFelt(), version: Self.version,
            uptimeSeconds: started.duration(to: .now).components.seconds,
            checks: [.init("doorbell", isUp: !inbox.isDeaf)])
    }
}

/// Whether something still answers. It is asked once for all who want to know at the same time, and what it has answered
/// holds for a second: those who watch a server's health must not become its load. Silence is never remembered.
final class Pulse: Sendable {
    private struct State {
        var feltAt: ContinuousClock.Instant?
        var asking: Task<Bool, Never>?
    }

    private let ask: @Sendable () async -> Bool
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    init(
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }, ask: @escaping @Sendable () async -> Bool
    ) {
        self.now = now
        self.ask = ask
    }

    func isFelt() async -> Bool {
        let asking = state.withLock { state -> Task<Bool, Never>? in
            if let feltAt = state.feltAt, feltAt.duration(to: now()) < .seconds(1) { return nil }
            let asking = state.asking ?? Task { await askOnce() }
            state.asking = asking
            return asking
        }
        guard let asking else { return true }
        return await asking.value
    }

    private func askOnce() async -> Bool {
        let askedAt = now()
        let isFelt = await ask()
        state.withLock { state in
            state.feltAt = isFelt ? askedAt : nil
            state.asking = nil
        }
        return isFelt
    }
}
