public import BSON

/// What a run was, and its verdict.
public struct RaceReport: Sendable {
    public let options: RaceOptions
    public let history: History
    public let kills: Int
    /// Starts of servers after kills.
    public let starts: Int
    public let violations: [Violation]
    public private(set) var seconds = 0.0

    init(options: RaceOptions, history: History, kills: Int, starts: Int) {
        self.options = options
        self.history = history
        self.kills = kills
        self.starts = starts
        violations = RaceChecker().violations(in: history)
    }

    func lasting(_ duration: Duration) -> RaceReport {
        var report = self
        report.seconds = duration / .seconds(1)
        return report
    }

    /// The verdict on one line, for programs.
    public var json: JSON {
        let byRule = Dictionary(grouping: violations, by: \.rule).sorted { $0.key < $1.key }
        return [
            "violations": .int(Int64(violations.count)),
            "by_rule": JSON(members: byRule.map { ($0.key, .int(Int64($0.value.count))) }),
            "seed": .string(String(options.seed)), "mutation": JSON(options.mutation?.rawValue),
            "jobs": .int(Int64(history.final.jobs.count)), "contenders": .int(Int64(options.contenders)),
            "kills": .int(Int64(kills)), "starts": .int(Int64(starts)),
            "requests": .int(Int64(history.commands.count)), "unknown": .int(Int64(unknown)),
            "honours_keys": .bool(history.honoursKeys), "seconds": .double((seconds * 10).rounded() / 10),
        ]
    }

    /// The verdict for people: what was done, what came of it, and for each of the first violations the part of the
    /// history that shows it.
    public var lines: [String] {
        summary + violations.prefix(Self.shown).flatMap(explained)
            + (violations.count > Self.shown ? ["… and \(violations.count - Self.shown) more"] : [])
    }

    private static let shown = 8

    private var unknown: Int { history.commands.count { if case .unknown = $0.outcome { true } else { false } } }

    private var summary: [String] {
        let statuses = tally(history.final.jobs.map(\.status))
        var lines = [
            "", "\(history.final.jobs.count) jobs: \(statuses)",
            "\(kills) kills, \(starts) restarts, \(history.sockets.count) sockets, \(history.snapshots.count) snapshots, "
                + "keys \(history.honoursKeys ? "honoured" : "ignored")",
            "\(history.commands.count) requests, of which \(unknown) without an answer:",
        ]
        let kinds = Dictionary(grouping: history.commands, by: \.kind).sorted { $0.key.rawValue < $1.key.rawValue }
        for (kind, commands) in kinds {
            let outcomes = commands.map { command in
                switch command.outcome {
                case .answered(let answer): answer.code ?? String(answer.status)
                case .unknown: "unknown"
                case .unsent: "not sent"
                }
            }
            let name = kind.rawValue
            lines.append("  \(name)\(String(repeating: " ", count: max(1, 10 - name.count)))\(tally(outcomes))")
        }
        return lines + ["", violations.isEmpty ? "0 violations" : "\(violations.count) VIOLATIONS"]
    }

    private func tally(_ words: [String]) -> String {
        Dictionary(grouping: words) { $0 }.mapValues(\.count)
            .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    }

    private func explained(_ violation: Violation) -> [String] {
        var lines = ["", "!! \(violation)"]
        guard let id = violation.job else { return lines }
        if let job = history.final.jobs.first(where: { $0.id == id }) {
            lines.append("   \(job.id) (\(job.description)) is \(job.status), version \(job.version)")
            lines += job.events.map { event in
                "   event \(event.at) \(event.status) by \(event.by ?? "system") \(event.actor?.suffix(6) ?? "")"
            }
        }
        lines += history.final.offers.filter { $0.job == id }.map { offer in
            "   offer to \(offer.provider.suffix(6)), search \(offer.attempt), \(offer.mode), \(offer.state)"
        }
        lines += history.commands.filter { $0.job == id }.prefix(80).map { "   \($0)" }
        return lines
    }
}
