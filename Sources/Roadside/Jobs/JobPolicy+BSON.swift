import BSON
import RoadsideRules

extension JobPolicy {
    /// - Parameter document: of a job.
    init(_ document: Document) {
        let policy: Document = document.get("policy") ?? [:]
        self.init(
            plan: document.get("dispatch", as: Document.self).flatMap { SearchPlan($0.get("plan")) },
            prepay: policy.get("prepay").flatMap(Prepay.init(rawValue:)) ?? .after,
            isSingleOpen: policy.get("single_open") ?? false, needsStartCode: policy.get("start_otp"))
    }

    /// What is kept beside the plan, which is kept with the search.
    func document(needsStartCode: Bool) -> Document {
        var document: Document = ["start_otp": .bool(needsStartCode)]
        if prepay != .after { document.append("prepay", .string(prepay.rawValue)) }
        if isSingleOpen { document.append("single_open", true) }
        return document
    }
}

extension JobRecord {
    /// There while the job is open and no other of its customer may be: what the unique index looks at.
    static let singleOpen = "single_open"
}

extension JobClaim {
    init?(_ document: Document?) {
        guard let document else { return nil }
        self.init(distanceKm: document.get("distance_km"), fare: Money(document.get("fare")))
    }

    var document: Document {
        var document = Document()
        document.append("distance_km", ifPresent: distanceKm)
        document.append("fare", ifPresent: fare?.document)
        return document
    }
}

extension SearchPlan {
    init?(_ document: Document?) {
        guard let document, let mode = document.get("mode").flatMap(DispatchMode.init(rawValue:)),
            let startKm: Double = document.get("start_km"), let stepKm: Double = document.get("step_km"),
            let maxKm: Double = document.get("max_km"), let ringSeconds: Double = document.get("ring_s"),
            let searchSeconds: Double = document.get("search_s")
        else { return nil }
        self.init(
            mode: mode, startKm: startKm, stepKm: stepKm, maxKm: maxKm, ringSeconds: ringSeconds,
            batch: document.get("batch") ?? OfferRules.batch,
            fanOut: document.get("fan_out") ?? OfferRules.batch * OfferRules.batchesPerRing,
            staggerSeconds: document.get("stagger_s") ?? 5, offerSeconds: document.get("offer_s") ?? 15,
            searchSeconds: searchSeconds)
    }

    var document: Document {
        [
            "mode": .string(mode.rawValue), "start_km": .double(startKm), "step_km": .double(stepKm),
            "max_km": .double(maxKm), "ring_s": .double(ringSeconds), "batch": .int64(Int64(batch)),
            "fan_out": .int64(Int64(fanOut)), "stagger_s": .double(staggerSeconds),
            "offer_s": .double(offerSeconds), "search_s": .double(searchSeconds),
        ]
    }
}
