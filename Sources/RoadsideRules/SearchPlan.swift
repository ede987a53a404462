/// How a provider is found for a job: how far a search reaches and how it grows (domain §4.5.3, contracts K21), whom it
/// asks at a time, and for how long. Kilometres and seconds.
public struct SearchPlan: Sendable, Hashable {
    /// The way of asking that a job begins with; a job whose customer named somebody begins with `pick`.
    public var mode: DispatchMode
    public var startKm: Double
    public var stepKm: Double
    public var maxKm: Double
    /// The ring grows by one step each time this passes.
    public var ringSeconds: Double
    /// Offers made in one transaction.
    public var batch: Int
    /// Providers asked in one ring's time; the others wait for the next.
    public var fanOut: Int
    /// Between the batches of one ring: the better ones have so long for themselves (U6).
    public var staggerSeconds: Double
    /// How long a provider who is asked alone in a cascade has to answer.
    public var offerSeconds: Double
    /// The whole search; then the job expires.
    public var searchSeconds: Double

    public init(
        mode: DispatchMode = .broadcast, startKm: Double, stepKm: Double, maxKm: Double, ringSeconds: Double,
        batch: Int = OfferRules.batch, fanOut: Int = OfferRules.batch * OfferRules.batchesPerRing,
        staggerSeconds: Double = 5, offerSeconds: Double = 15, searchSeconds: Double
    ) {
        self.mode = mode
        self.startKm = max(startKm, 0)
        self.stepKm = max(stepKm, 0)
        self.maxKm = max(maxKm, self.startKm)
        self.ringSeconds = max(ringSeconds, 0.001)
        self.batch = min(max(batch, 1), OfferRules.batch)
        self.fanOut = max(fanOut, 1)
        self.staggerSeconds = max(staggerSeconds, 0)
        self.offerSeconds = max(offerSeconds, 0.001)
        self.searchSeconds = max(searchSeconds, 0)
    }

    /// A FixOnCall job: 10 km growing to 20 (K20, K21), a ring of 30 s, three batches of 5 after 0, 5 and 10 s, 15 s for
    /// each of a cascade, 300 s in all (domain §4.5). The step of 5 km is ours: two growths in the first minute.
    public static let broadcast = SearchPlan(startKm: 10, stepKm: 5, maxKm: 20, ringSeconds: 30, searchSeconds: 300)

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

    /// How many providers may have been asked so many seconds after the start: a full fan-out for each ring's time that
    /// has passed, and of the present one a batch more with each stagger.
    public func allowance(_ elapsed: Double) -> Int {
        let (wave, into) = wave(elapsed)
        guard staggerSeconds > 0 else { return (wave + 1) * fanOut }
        let batches = Int(min(into / staggerSeconds, Double(fanOut)).rounded(.down)) + 1
        return wave * fanOut + min(batches * batch, fanOut)
    }

    /// Seconds after the start when the allowance or the ring grows next.
    public func nextGrowth(_ elapsed: Double) -> Double {
        let (wave, into) = wave(elapsed)
        let ringEnd = Double(wave + 1) * ringSeconds
        guard staggerSeconds > 0, allowance(elapsed) < (wave + 1) * fanOut else { return ringEnd }
        let next = Double(wave) * ringSeconds + ((into / staggerSeconds).rounded(.down) + 1) * staggerSeconds
        return min(next, ringEnd)
    }

    /// Seconds after the start when the next ring's time begins.
    public func nextRing(_ elapsed: Double) -> Double { Double(wave(elapsed).0 + 1) * ringSeconds }

    private func wave(_ elapsed: Double) -> (Int, into: Double) {
        let elapsed = max(elapsed.isFinite ? elapsed : 0, 0)
        let wave = min((elapsed / ringSeconds).rounded(.down), 1e6)
        return (Int(wave), elapsed - wave * ringSeconds)
    }

    /// All windows shortened (or stretched) by one factor, distances kept (README decision 28).
    public func scaled(by factor: Double) -> SearchPlan {
        SearchPlan(
            mode: mode, startKm: startKm, stepKm: stepKm, maxKm: maxKm, ringSeconds: ringSeconds * factor,
            batch: batch, fanOut: fanOut, staggerSeconds: staggerSeconds * factor,
            offerSeconds: offerSeconds * factor, searchSeconds: searchSeconds * factor)
    }
}
