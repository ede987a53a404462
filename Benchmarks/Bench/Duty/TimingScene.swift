import BSON
import FixOnCallClient
import Foundation
import Synchronization

/// Whether the time of an answer tells what the answer does not (trust.md T1, T12): the same question about what is there and
/// about what is not, in turn, one at a time, by one connection.
struct TimingScene {
    /// Nobody may be kept waiting, and nothing may be spent: what is looked at is what everybody is answered at first.
    static let settings = [
        "LIMITS_PASSWORD_TRIES": "1000", "LIMITS_FAILURES_OVERALL": "0", "LIMITS_CODES_TO_MAILBOXES": "10000000",
        "LIMITS_CODES_TO_PHONES": "10000000", "LIMITS_CODES_PER_PREFIX": "1000000",
    ]
    /// Pairs of each question; passwords take a quarter of a second each.
    static let pairs = 200

    let database: Database
    let options: RunOptions
    let workplace: Workplace

    /// One question, about the existing and the missing.
    struct Question: Sendable {
        let name: String
        /// Whether the bar is a difference (T1) and not a ratio (T12).
        var isForeign = false
        let ask: @Sendable (HTTPClient, _ index: Int, _ isThere: Bool) async throws -> HTTPAnswer
    }

    func play(_ running: RunningTarget, _ tokens: DutyTokens) throws -> [(variant: String, sample: Sample)] {
        let machine = MachineMeter(watching: running.meters + [ProcessMeter(pid: database.child.pid)])
        let (port, memory) = (running.port, running.memory)
        var parts: [(String, Times)] = []
        for question in Self.questions(tokens) {
            let name = question.name
            parts.append((name, try waiting { try await Self.times(of: question, port: port) }))
        }
        let others = machine.others(besides: 0)
        return parts.flatMap { name, times in
            [(Self.there(name), times.there), (Self.missing(name), times.missing)].map { variant, values in
                let sorted = values.sorted()
                func at(_ quantile: Double) -> Double {
                    sorted[min(sorted.count - 1, Int(Double(sorted.count) * quantile))]
                }
                return (
                    variant,
                    Sample(
                        rate: 1000 * Double(values.count) / max(values.reduce(0, +), 0.001), p50: at(0.5), p90: at(0.9),
                        p99: at(0.99), max: sorted.last, memory: memory, errors: times.strange, generator: 0,
                        others: others, apart: times.apart)
                )
            }
        }
    }

    static func there(_ question: String) -> String { "\(question), there" }
    static func missing(_ question: String) -> String { "\(question), missing" }

    /// T12's, and T1's.
    private static func questions(_ tokens: DutyTokens) -> [Question] {
        func post(_ path: String, _ body: @escaping @Sendable (Int, Bool) -> JSON) -> (
            @Sendable (HTTPClient, Int, Bool) async throws -> HTTPAnswer
        ) {
            { client, index, isThere in
                try await client.request("POST", "/api/auth/" + path, json: body(index, isThere))
            }
        }
        @Sendable func mail(_ index: Int, _ isThere: Bool, from start: Int = 0) -> JSON {
            .string(isThere ? "user\(start + index)@example.com" : "nouser\(start + index)@example.com")
        }
        let (owner, stranger) = (tokens.customers[0], tokens.customers[1])
        let own = Mutex<String?>(nil)
        return [
            Question(name: "login", ask: post("login") { ["email": mail($0, $1), "password": "Wrong password"] }),
            Question(name: "forgot", ask: post("forgot-password") { ["email": mail($0, $1)] }),
            Question(
                name: "resend", ask: post("resend-verification") { ["email": mail($0, $1, from: pairs + 10)] }),
            Question(name: "service", isForeign: true) { client, _, isThere in
                var id = own.withLock { $0 }
                if id == nil {
                    let body: JSON = [
                        "service_type": "breakdown", "description": "Car will not start",
                        "location": ["latitude": -1.2921, "longitude": 36.8219, "address": "Nairobi, Kenya"],
                    ]
                    let made = try await client.post("/api/services/request", body, token: owner)
                    id = made.json?["data"]?["service"]?["id"]?.string
                    own.withLock { [id] in $0 = id }
                }
                return try await client.get(
                    "/api/services/\(isThere ? id ?? "" : ObjectID().hex)", token: stranger)
            },
        ]
    }

    struct Times: Sendable {
        var there: [Double] = []
        var missing: [Double] = []
        /// Pairs whose two answers differ in status or size.
        var strange = 0

        /// Of all pairs, those in which what is there took longer: 0.5 tells nothing, 0 and 1 tell all.
        var apart: Double {
            var score = 0.0
            for one in there { for other in missing { score += one > other ? 1 : one == other ? 0.5 : 0 } }
            return score / Double(max(there.count * missing.count, 1))
        }
    }

    private static func times(of question: Question, port: Int) async throws -> Times {
        let client = HTTPClient(host: "127.0.0.1", port: port)
        var times = Times()
        // The first ones warm both ways and are not counted.
        for index in -5..<pairs {
            var answers: [(Bool, HTTPAnswer, Double)] = []
            for isThere in index.isMultiple(of: 2) ? [true, false] : [false, true] {
                let began = ContinuousClock.now
                let answer = try await question.ask(client, index + 6, isThere)
                answers.append((isThere, answer, began.duration(to: .now) / .milliseconds(1)))
            }
            guard index >= 0 else { continue }
            if answers[0].1.status != answers[1].1.status
                || answers[0].1.text.utf8.count != answers[1].1.text.utf8.count
            {
                times.strange += 1
            }
            for (isThere, _, time) in answers {
                if isThere { times.there.append(time) } else { times.missing.append(time) }
            }
        }
        try? await client.close()
        return times
    }
}
