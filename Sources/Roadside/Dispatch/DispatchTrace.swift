public import BSON
public import FoundationEssentials
public import RoadsideRules

/// Why one turn of a search asked whom: everything that the decision was made from, so that it can be made again.
public struct DispatchTrace: Sendable {
    public let id: ObjectID
    public let jobID: ObjectID
    public let at: Date
    /// Which search of the job; from 1.
    public let attempt: Int
    public let mode: DispatchMode
    public let matching: Matching
    /// Jobs that were served together share one; nil for a job served by itself.
    public let roundID: ObjectID?
    /// The plan rule, or `settings`.
    public let plan: String
    public let ringKm: Double
    /// How many might be asked in this turn.
    public let allowance: Int
    public let weights: RankWeights
    /// The best first.
    public let candidates: [RankRules.Ranked]
    /// Nearer than the last candidate, or within the ring when there were few, and not asked.
    public let excluded: [Excluded]
    /// Asked, or given the job.
    public let chosen: [ObjectID]

    public struct Excluded: Sendable, Hashable {
        public let id: ObjectID
        public let number: Int64
        public let metres: Double
        public let reasons: [Exclusion]
    }
}

extension DispatchTrace {
    /// The decision once more, from the facts in the trace alone: who is asked about each job.
    ///
    /// - Parameter traces: one trace without a round, or all those of one round.
    public static func replay(_ traces: [DispatchTrace]) -> [ObjectID: [ObjectID]] {
        let requests = traces.sorted { $0.jobID < $1.jobID }.map { trace in
            DispatchRound.Request(
                job: trace.jobID,
                ranked: RankRules.ranked(trace.candidates.map(\.candidate), by: trace.weights, at: trace.at))
        }
        guard let first = traces.first else { return [:] }
        if first.mode == .broadcast {
            return Dictionary(
                zip(requests, traces.sorted { $0.jobID < $1.jobID }).map { request, trace in
                    (request.job, request.ranked.prefix(trace.allowance).map(\.candidate.id))
                }
            ) { first, _ in first }
        }
        return DispatchRound(requests, matching: first.matching).choices.mapValues { [$0] }
    }
}

// As it is kept.
extension DispatchTrace {
    init?(_ document: Document) {
        guard let id: ObjectID = document.get("_id"), let jobID: ObjectID = document.get("job_id"),
            let at: Date = document.get("at"), let mode = document.get("mode").flatMap(DispatchMode.init(rawValue:)),
            let matching = document.get("matching").flatMap(Matching.init(rawValue:)),
            let weights = RankWeights(document.get("weights"))
        else { return nil }
        self.id = id
        self.jobID = jobID
        self.at = at
        self.mode = mode
        self.matching = matching
        self.weights = weights
        attempt = document.get("attempt") ?? 1
        roundID = document.get("round_id")
        plan = document.get("plan") ?? ""
        ringKm = document.get("ring_km") ?? 0
        allowance = document.get("allowance") ?? 0
        let facts = (document.get("candidates", as: [Document].self) ?? []).compactMap(RankRules.Candidate.init)
        candidates = RankRules.ranked(facts, by: weights, at: at)
        excluded = (document.get("excluded", as: [Document].self) ?? []).compactMap(Excluded.init)
        chosen = document.get("chosen") ?? []
    }

    func document(purgeAt: Date) -> Document {
        var document: Document = [
            "_id": .id(id), "job_id": .id(jobID), "at": .date(at), "attempt": .int64(Int64(attempt)),
            "mode": .string(mode.rawValue), "matching": .string(matching.rawValue),
        ]
        document.append("round_id", ifPresent: roundID)
        document.append(
            contentsOf: [
                "plan": .string(plan), "ring_km": .double(ringKm), "allowance": .int64(Int64(allowance)),
                "weights": .document(weights.document),
                "candidates": .array(candidates.map { .document($0.candidate.document) }),
                "excluded": .array(excluded.map { .document($0.document) }),
                "chosen": .array(chosen.map(BSONValue.id)), "purge_at": .date(purgeAt),
            ])
        return document
    }
}

extension DispatchTrace.Excluded {
    init?(_ document: Document) {
        guard let id: ObjectID = document.get("provider_id") else { return nil }
        self.id = id
        number = document.get("number") ?? 0
        metres = document.get("metres") ?? 0
        reasons = (document.get("reasons", as: [String].self) ?? []).compactMap(Exclusion.init(rawValue:))
    }

    var document: Document {
        [
            "provider_id": .id(id), "number": .int64(number), "metres": .double(metres),
            "reasons": .array(reasons.map { .string($0.rawValue) }),
        ]
    }
}

extension RankRules.Candidate {
    init?(_ document: Document) {
        guard let id: ObjectID = document.get("provider_id"), let p50: Double = document.get("eta_p50"),
            let p90: Double = document.get("eta_p90")
        else { return nil }
        self.init(
            id: id, number: document.get("number") ?? 0, metres: document.get("metres") ?? 0,
            travel: TravelTime(p50: p50, p90: p90), rating: document.get("rating") ?? 0,
            cancelRate: document.get("cancel_rate") ?? 0, idleSince: document.get("idle_since"),
            isQuiet: document.get("quiet") ?? false)
    }

    var document: Document {
        var document: Document = [
            "provider_id": .id(id), "number": .int64(number), "metres": .double(metres),
            "eta_p50": .double(travel.p50), "eta_p90": .double(travel.p90), "rating": .double(rating),
            "cancel_rate": .double(cancelRate), "quiet": .bool(isQuiet),
        ]
        document.append("idle_since", ifPresent: idleSince)
        return document
    }
}

extension RankWeights {
    init?(_ document: Document?) {
        guard let document else { return nil }
        self.init(
            uncertainty: document.get("uncertainty") ?? 0, rating: document.get("rating") ?? 0,
            cancels: document.get("cancels") ?? 0, idle: document.get("idle") ?? 0, quiet: document.get("quiet") ?? 0)
    }

    var document: Document {
        [
            "uncertainty": .double(uncertainty), "rating": .double(rating), "cancels": .double(cancels),
            "idle": .double(idle), "quiet": .double(quiet),
        ]
    }
}
