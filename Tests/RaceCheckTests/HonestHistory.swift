import RaceCheck
import RoadsideRules

/// A small history that keeps every promise, to be damaged in one place by each test: a job that one provider won, gave
/// back and another finished, while a third was too late.
struct HonestHistory {
    static let (customer, first, second, late, job) = ("c0", "p1", "p2", "p3", "j1")

    var history: History

    init() {
        var final = FinalState(at: 100_000)
        final.jobs = [Self.finishedJob]
        final.offers = [
            .init(job: Self.job, provider: Self.first, attempt: 1, state: "released", sentAt: 1100),
            .init(job: Self.job, provider: Self.second, attempt: 1, state: "withdrawn", sentAt: 1100),
            .init(job: Self.job, provider: Self.second, attempt: 2, state: "accepted", sentAt: 4100),
            .init(job: Self.job, provider: Self.late, attempt: 2, state: "withdrawn", sentAt: 4100),
        ]
        final.providers = [Self.first, Self.second, Self.late].map { .init(id: $0, availability: "available") }
        final.rows = Self.rows
        final.heads = [Self.customer: 10, Self.first: 3, Self.second: 5, Self.late: 2]
        history = History(final: final)
        history.commands = Self.commands
        history.sockets = [
            .init(
                person: Self.second, route: .alerts, frames: [.init(1, "alert"), .init(1, "withdrawn")],
                cursors: [1, 2])
        ]
        history.snapshots = [
            .init(
                at: 2500, holders: [.init(provider: Self.first, job: Self.job)],
                current: [.init(provider: Self.first, job: Self.job)])
        ]
    }

    private static var finishedJob: FinalState.Job {
        var job = FinalState.Job(
            id: Self.job, number: 1, version: 6, status: "completed", customer: customer, holder: second,
            events: [
                .init(at: 1000, "requested", by: "customer", actor: customer),
                .init(at: 1000, "matching", by: "customer", actor: customer),
                .init(at: 2000, "accepted", by: "provider", actor: first),
                .init(at: 4000, "matching", by: "provider", actor: first),
                .init(at: 5000, "accepted", by: "provider", actor: second),
                .init(at: 6000, "en_route", by: "provider", actor: second),
                .init(at: 6000, "arrived", by: "provider", actor: second),
                .init(at: 6000, "in_progress", by: "provider", actor: second),
                .init(at: 7000, "completed", by: "provider", actor: second),
            ])
        job.excluded = [first]
        job.attempt = 2
        return job
    }

    private static var commands: [CommandRecord] {
        func command(
            _ kind: CommandRecord.Kind, _ actor: String, _ moment: Int64, _ answer: CommandRecord.Answer
        ) -> CommandRecord {
            CommandRecord(
                kind, by: actor, as: actor == customer ? .customer : .provider, job: job, began: moment - 50,
                ended: moment + 50, .answered(answer))
        }
        return [
            command(.open, customer, 1000, .init(201, job: job, version: 1, stage: "matching")),
            command(.accept, first, 2000, .init(200, job: job, version: 2, stage: "accepted", holder: first)),
            command(.accept, second, 2050, .init(409, code: "JOB_ALREADY_TAKEN")),
            command(.cancel, first, 4000, .init(200, job: job, version: 3, stage: "matching")),
            command(.accept, second, 5000, .init(200, job: job, version: 4, stage: "accepted", holder: second)),
            command(.accept, late, 5040, .init(409, code: "JOB_ALREADY_TAKEN")),
            command(.start, second, 6000, .init(200, job: job, version: 5, stage: "in_progress", holder: second)),
            command(.complete, second, 7000, .init(200, job: job, version: 6, stage: "completed", holder: second)),
        ]
    }

    private static var rows: [FinalState.Row] {
        var seqs: [String: Int64] = [:]
        func row(_ recipient: String, _ kind: String, _ status: String? = nil, at: Int64) -> FinalState.Row {
            seqs[recipient, default: 0] += 1
            let route = kind.hasPrefix("offer") ? "provider.offers" : "any"
            return .init(
                recipient: recipient, seq: seqs[recipient] ?? 0, kind: kind, routes: [route], job: job, number: 1,
                status: status, at: at)
        }
        var rows = [row(customer, "job.status", "matching", at: 1000)]
        rows += [first, second].map { row($0, "offer.new", at: 1100) }
        rows += [customer, first].map { row($0, "job.status", "accepted", at: 2000) }
        rows += [row(customer, "job.otp", at: 2000), row(second, "offer.withdrawn", at: 2100)]
        rows += [customer, first].map { row($0, "job.status", "matching", at: 4000) }
        rows += [late].map { row($0, "offer.new", at: 4100) }
        rows += [customer, second].map { row($0, "job.status", "accepted", at: 5000) }
        rows += [row(customer, "job.otp", at: 5000), row(late, "offer.withdrawn", at: 5100)]
        for status in ["en_route", "arrived", "in_progress", "completed"] {
            rows.append(row(customer, "job.status", status, at: 6000))
        }
        rows += ["in_progress", "completed"].map { row(second, "job.status", $0, at: 6000) }
        return rows
    }
}
