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
}

extension JobCharges {
    init(_ document: Document) {
        terms = FeeTerms(document.get("fee_terms"))
        fees = (document.get("fees", as: [Document].self) ?? []).compactMap(PriceLine.init)
        extras = (document.get("extras", as: [Document].self) ?? []).compactMap(ExtraCharge.init)
        final = FinalPrice(document.get("price"))
        acceptedAt = document.get("accepted_at")
        wayMetres = document.get("way_metres")
    }
}

/// Where a provider was seen last.
struct LastSeen: Sendable {
    let point: GeoPoint?
    /// Of his last live position; nil when he has never sent one.
    let fixAt: Date?
}

extension LastSeen {
    init(_ profile: ProviderProfile) {
        self.init(point: profile.location, fixAt: profile.fixAt)
    }
}

extension JobRecord {
    /// When the provider who holds the job came to the scene.
    var arrivedAt: Date? {
        events.last { event in
            event.status == .arrived && charges.acceptedAt.map { event.at >= $0 } ?? false
        }?.at
    }

    /// - Parameter provider: where he was seen last, when that is known.
    private func feeFacts(provider: LastSeen?, _ plan: SupervisionPlan, at now: Date) -> FeeFacts {
        var progress: Double?
        if let way = charges.wayMetres, way > 0, let point = provider?.point {
            progress = min(max(1 - point.distance(to: pickup.point) / way, 0), 1)
        }
        return FeeFacts(
            status: status, acceptedAt: charges.acceptedAt, arrivedAt: arrivedAt,
            promiseAt: approach?.promisedBy ?? estimatedArrival, progress: progress,
            isStalled: isStalled(provider, plan, at: now))
    }

    /// He is lost, comes no nearer or has let his time pass: the job is about to be taken from him.
    private func isStalled(_ provider: LastSeen?, _ plan: SupervisionPlan, at now: Date) -> Bool {
        guard status.isApproach, let approach else { return false }
        let facts = SupervisionFacts(
            progress: approach.progress, fixAt: provider?.fixAt,
            metres: provider?.point?.distance(to: pickup.point), promisedBy: approach.promisedBy)
        return if case .reallocate = SupervisionRules.judge(facts, plan, now: now) { true } else { false }
    }

    /// What it would cost to cancel the job now; nil when it is over.
    ///
    /// - Parameter plan: by which its provider is watched.
    func cancellationFee(
        provider: LastSeen?, by canceller: Role?, _ plan: SupervisionPlan, at now: Date
    ) -> CancellationFee? {
        guard status.isOpen else { return nil }
        return FeeRules.cancellation(
            feeFacts(provider: provider, plan, at: now), charges.terms, price: estimate, by: canceller, now: now)
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
