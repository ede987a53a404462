import BSON
import FoundationEssentials
import RoadsideRules

/// What a job costs beyond its quote, as its document keeps it.
struct JobCharges: Sendable {
    /// nil for a job from before there were fees.
    let terms: FeeTerms?
    /// Due whatever comes: waiting, or a cancellation.
    let fees: [PriceLine]
    /// Oldest first.
    let extras: [ExtraCharge]
    /// Once the job is over.
    let final: FinalPrice?
    let acceptedAt: Date?
    /// From where its provider accepted to the scene, straight, metres.
    let wayMetres: Double?
    /// Its provider has come to a halt on the way, or fell silent.
    let isStalled: Bool
}

extension JobCharges {
    init(_ document: Document) {
        terms = FeeTerms(document.get("fee_terms"))
        fees = (document.get("fees", as: [Document].self) ?? []).compactMap(PriceLine.init)
        extras = (document.get("extras", as: [Document].self) ?? []).compactMap(ExtraCharge.init)
        final = FinalPrice(document.get("price"))
        acceptedAt = document.get("accepted_at")
        wayMetres = document.get("way_metres")
        isStalled = ["stalled", "lost"].contains(document.get("tracking_state", as: String.self))
    }
}

extension JobRecord {
    /// - Parameter provider: where he is now, when that is known.
    func feeFacts(provider: GeoPoint?) -> FeeFacts {
        let arrival = events.last { event in
            event.status == .arrived && charges.acceptedAt.map { event.at >= $0 } ?? false
        }
        var progress: Double?
        if let way = charges.wayMetres, way > 0, let provider {
            progress = min(max(1 - provider.distance(to: pickup.point) / way, 0), 1)
        }
        return FeeFacts(
            status: status, acceptedAt: charges.acceptedAt, arrivedAt: arrival?.at, promiseAt: estimatedArrival,
            progress: progress, isStalled: charges.isStalled)
    }

    /// What it would cost to cancel the job now; nil when it is over.
    func cancellationFee(provider: GeoPoint?, by canceller: Role?, at now: Date) -> CancellationFee? {
        guard status.isOpen else { return nil }
        return FeeRules.cancellation(
            feeFacts(provider: provider), charges.terms, price: estimate, by: canceller, now: now)
    }

    /// What the job came to; nil while it goes on. One that was completed before prices were kept came to its estimate.
    var finalPrice: FinalPrice? {
        charges.final ?? (status == .completed ? FinalPrice(lines: promised, total: estimate) : nil)
    }

    /// The quoted lines; of a job from before there were lines, its estimate.
    var promised: [PriceLine] {
        quote.isEmpty ? [PriceLine(code: "estimate", title: "As estimated", amount: estimate)] : quote
    }
}
