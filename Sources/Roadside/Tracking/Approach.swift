import BSON
public import FoundationEssentials
import RoadsideRules

/// When a provider on his way is expected, by what was known last.
public struct ExpectedArrival: Sendable, Hashable {
    /// Seconds from `updatedAt` that he takes: in the middle, and what nine of ten do not exceed.
    public let p50: Double
    public let p90: Double
    /// `estimate` or `roads`.
    public let source: String
    public let updatedAt: Date

    public var arrivesAt: Date { updatedAt.addingTimeInterval(p50) }
}

/// What a job's document says about the way to its scene: the fields `watch` and `eta`.
struct Approach: Sendable {
    let progress: ApproachProgress
    /// Of the last reading that was taken in; nil before the first.
    let fixAt: Date?
    /// Set from the arrival until the way has been learned from.
    let arrivedAt: Date?
    let expected: ExpectedArrival?
    /// What nine of ten would keep, by the promise made at acceptance.
    let promisedBy: Date?
}

extension Approach {
    /// - Parameter job: a document of `services`; nil for one that is not watched.
    init?(_ job: Document) {
        guard let watch: Document = job.get("watch"), let startedAt: Date = watch.get("started_at") else { return nil }
        var progress = ApproachProgress(startedAt: startedAt, startMetres: watch.get("start_metres"))
        progress.nearestMetres = watch.get("nearest_metres") ?? progress.startMetres
        progress.progressAt = watch.get("progress_at") ?? startedAt
        progress.insideSince = watch.get("inside_since")
        progress.proposedAt = watch.get("proposed_at")
        self.progress = progress
        fixAt = watch.get("fix_at")
        arrivedAt = watch.get("arrived_at")
        let eta = job.get("eta", as: Document.self)
        expected = ExpectedArrival(eta)
        let promise: Date? = eta?.get("promise_at")
        // A promise from before both were kept: as far beyond the middle as is usual.
        promisedBy =
            eta?.get("promise_p90_at")
            ?? promise.map { startedAt.addingTimeInterval($0.timeIntervalSince(startedAt) * TravelRules.slowFactor) }
    }

    /// The field `watch` of a job that has just been taken.
    static func beginning(_ metres: Double?, at now: Date, _ plan: SupervisionPlan) -> Document {
        let progress = ApproachProgress(startedAt: now, startMetres: metres)
        var watch: Document = ["started_at": .date(now), "next_at": .date(plan.firstLook(after: now))]
        for (name, value) in progress.document { watch.append(name, value) }
        return watch
    }
}

extension ExpectedArrival {
    init?(_ eta: Document?) {
        guard let eta, let p50: Double = eta.get("p50"), let p90: Double = eta.get("p90"),
            let updatedAt: Date = eta.get("updated_at")
        else { return nil }
        self.init(p50: p50, p90: p90, source: eta.get("source") ?? "", updatedAt: updatedAt)
    }

    /// Fields of `eta`.
    var document: Document {
        ["p50": .double(p50), "p90": .double(p90), "source": .string(source), "updated_at": .date(updatedAt)]
    }

    /// The field `eta` of a job that has just been taken: what is expected is what is promised.
    var promise: Document {
        document.and([
            "promise_at": .date(arrivesAt), "promise_p90_at": .date(updatedAt.addingTimeInterval(p90)),
        ])
    }
}

extension ApproachProgress {
    /// Fields of `watch` that have values.
    var document: Document {
        var document: Document = ["progress_at": .date(progressAt)]
        document.append("start_metres", ifPresent: startMetres)
        document.append("nearest_metres", ifPresent: nearestMetres)
        document.append("inside_since", ifPresent: insideSince)
        document.append("proposed_at", ifPresent: proposedAt)
        return document
    }
}
