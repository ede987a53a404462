/// How far a search reaches and how it grows (domain §4.5.3, contracts K21). Kilometres and seconds.
public struct SearchPlan: Sendable, Hashable {
    public var startKm: Double
    public var stepKm: Double
    public var maxKm: Double
    /// The ring grows by one step each time this passes.
    public var ringSeconds: Double
    /// Offers made in one transaction.
    public var batch: Int
    /// Providers asked in one ring's time; the others wait for the next.
    public var fanOut: Int
    /// The whole search; then the job expires.
    public var searchSeconds: Double

    public init(
        startKm: Double, stepKm: Double, maxKm: Double, ringSeconds: Double, batch: Int = 5,
        fanOut: Int = OfferRules.batch * OfferRules.batchesPerRing, searchSeconds: Double
    ) {
        self.startKm = max(startKm, 0)
        self.stepKm = max(stepKm, 0)
        self.maxKm = max(maxKm, self.startKm)
        self.ringSeconds = max(ringSeconds, 0.001)
        self.batch = max(batch, 1)
        self.fanOut = max(fanOut, 1)
        self.searchSeconds = max(searchSeconds, 0)
    }

    /// A FixOnCall job: 10 km growing to 20 (K20, K21), a ring of 30 s, 300 s in all (domain §4.5.3), 5 recipients in
    /// one transaction (README decision 27). The step of 5 km is ours: two growths in the first minute.
    public static let broadcast = SearchPlan(
        startKm: 10, stepKm: 5, maxKm: 20, ringSeconds: 30, batch: 5, searchSeconds: 300)

    /// Kilometres searched so many seconds after the start; a ring's very second belongs to the next ring.
    public func radius(_ elapsed: Double) -> Double {
        min(startKm + Double(ring(elapsed)) * stepKm, maxKm)
    }

    /// 0, 1, 2 …, no further than the ring that reaches `maxKm`.
    public func ring(_ elapsed: Double) -> Int {
        guard stepKm > 0, elapsed > 0 else { return 0 }
        return Int(min((elapsed / ringSeconds).rounded(.down), ((maxKm - startKm) / stepKm).rounded(.up)))
    }

    /// What binds for one provider: the plan, or his own radius when that is smaller (K21). Without one, the plan.
    public func effectiveRadius(_ elapsed: Double, own: Double?) -> Double {
        min(radius(elapsed), own ?? maxKm)
    }

    public func isOver(_ elapsed: Double) -> Bool { elapsed >= searchSeconds }

    /// All windows shortened (or stretched) by one factor, distances kept (README decision 28).
    public func scaled(by factor: Double) -> SearchPlan {
        SearchPlan(
            startKm: startKm, stepKm: stepKm, maxKm: maxKm, ringSeconds: ringSeconds * factor, batch: batch,
            fanOut: fanOut, searchSeconds: searchSeconds * factor)
    }
}
