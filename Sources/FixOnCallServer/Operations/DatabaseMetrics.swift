public import Mongo
import Synchronization
public import Telemetry

/// What the calls of the database came to, as metrics; and when its primary was last heard of.
final class DatabaseMetrics: MongoObserver {
    private let registry: MetricRegistry
    private let durations: [String: Histogram]
    private let repeats: Counter
    private let lost: Counter
    private let start = ContinuousClock.now
    /// Nanoseconds behind the start; negative before there was an answer.
    private let seen = Atomic(-1)

    init(_ registry: MetricRegistry) {
        self.registry = registry
        let kinds = ["find", "aggregate", "count", "write", "findAndModify", "createIndexes", "command"]
        let durations = kinds.map { kind in
            (
                kind,
                registry.histogram(
                    "fixoncall_mongo_operation_duration_seconds", "One request to the database, there and back.",
                    [Label("op", kind)])
            )
        }
        self.durations = Dictionary(durations) { first, _ in first }
        repeats = registry.counter(
            "fixoncall_mongo_retries_total", "Transactions and commits repeated as the database asked for it.")
        lost = registry.counter(
            "fixoncall_unknown_outcomes_total", "Writes whose callers were told that nobody knows what became of them.")
    }

    func listener() -> (any MongoCallListener)? { RequestRecord.current }

    func observed(_ operation: MongoOperation) {
        durations[operation.kind]?.record(operation.took)
        guard let failure = operation.failure else {
            seen.store(start.duration(to: .now).nanoseconds, ordering: .relaxed)
            return
        }
        registry.counter(
            "fixoncall_mongo_failures_total", "Requests to the database that failed, by kind and reason.",
            [Label("op", operation.kind), Label("reason", failure.description)]
        ).add()
    }

    func repeated() { repeats.add() }

    func lostOutcome() { lost.add() }

    /// For how long nothing has been heard of the primary; nil when nothing ever was.
    var silence: Duration? {
        let seen = seen.load(ordering: .relaxed)
        return seen < 0 ? nil : start.duration(to: .now) - .nanoseconds(seen)
    }
}

/// What a request's calls cost it stands in its access line.
extension RequestRecord: MongoCallListener {}
