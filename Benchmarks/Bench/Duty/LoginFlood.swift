import BSON
import FixOnCallClient
import Foundation

/// Logins of people who do not exist, five hundred a second, whatever is answered. The work is that of a wrong
/// password.
final class LoginFlood {
    static let rate = 500
    /// More than the server hashes and lets wait at once, so that these hold nobody up.
    private static let lanes = 100

    struct Outcome: Sendable {
        /// Answered 401: a password was hashed and was wrong.
        var judged = 0
        /// Milliseconds until each 503.
        var refusals: [Double] = []
        /// Any other answer, and a 503 that does not say when to come back.
        var strange = 0
        var seconds = 0.0

        func refusal(_ quantile: Double) -> Double? {
            let sorted = refusals.sorted()
            return sorted.isEmpty ? nil : sorted[min(sorted.count - 1, Int(Double(sorted.count) * quantile))]
        }
    }

    private let task: Task<Outcome, Never>
    private let start = ContinuousClock.now

    init(port: Int) {
        task = Task { await LoginFlood.all(port: port) }
    }

    func end() -> Outcome {
        let seconds = start.duration(to: .now) / .seconds(1)
        task.cancel()
        let task = task
        var outcome = (try? waiting { await task.value }) ?? Outcome()
        outcome.seconds = seconds
        return outcome
    }

    private static func all(port: Int) async -> Outcome {
        await withTaskGroup(of: Outcome.self) { group in
            for lane in 0..<lanes { group.addTask { await run(lane, port: port) } }
            var all = Outcome()
            for await part in group {
                all.judged += part.judged
                all.refusals += part.refusals
                all.strange += part.strange
            }
            return all
        }
    }

    private static func run(_ lane: Int, port: Int) async -> Outcome {
        let client = HTTPClient(host: "127.0.0.1", port: port)
        let (clock, pause) = (ContinuousClock(), Duration.seconds(1) * lanes / rate)
        var (outcome, due, number) = (Outcome(), clock.now + pause * lane / lanes, 0)
        while !Task.isCancelled {
            do {
                try await clock.sleep(until: due)
                // Whoever had to wait for his answer has missed his turns.
                due = max(due + pause, clock.now)
                number += 1
                let began = clock.now
                let answer = try await client.request(
                    "POST", "/api/auth/login", headers: [],
                    json: ["email": .string("nobody-\(lane)-\(number)@example.com"), "password": "Wrong password"])
                switch answer.status {
                case 401: outcome.judged += 1
                case 503 where answer.headers["Retry-After"] != nil:
                    outcome.refusals.append(began.duration(to: clock.now) / .milliseconds(1))
                default: outcome.strange += 1
                }
            } catch {
                if !Task.isCancelled { outcome.strange += 1 }
            }
        }
        try? await client.close()
        return outcome
    }
}
