import BSON

/// What one run of a city came to.
public struct Figures: Sendable {
    public let calls: [CallTrace]
    public let jobsPerProvider: [Double]
    public let traffic: Traffic
    /// City seconds by which people of the simulator were late themselves: a machine that cannot keep up spoils a run.
    public let lateness: Spread

    public init(calls: [CallTrace], providers: Int, traffic: Traffic, lateness: [Double]) {
        self.calls = calls
        self.traffic = traffic
        self.lateness = Spread(lateness)
        var jobs = [Double](repeating: 0, count: providers)
        for call in calls where call.outcome == .completed {
            if let provider = call.provider, jobs.indices.contains(provider) { jobs[provider] += 1 }
        }
        jobsPerProvider = jobs
    }

    /// What went over the wire, as the clients saw it.
    public struct Traffic: Sendable, Hashable {
        public var requests = 0
        /// Answers of 500 and above.
        public var serverErrors = 0
        /// Requests without an answer, and sockets that ended on their own.
        public var lost = 0
        /// Conflicts and other refusals by their code; a lost race is one of them and no fault.
        public var refusals: [String: Int] = [:]

        public init() {}
    }

    public func count(_ outcome: CallTrace.Outcome) -> Int { calls.count { $0.outcome == outcome } }

    /// Percent of all calls.
    public func percent(_ outcome: CallTrace.Outcome) -> Double? {
        calls.isEmpty ? nil : 100 * Double(count(outcome)) / Double(calls.count)
    }

    /// City seconds.
    public var timeToOffer: Spread { spread { $0.offeredAt.minus($0.requestedAt) } }
    public var timeToAccept: Spread { spread { $0.acceptedAt.minus($0.requestedAt) } }
    /// Kilometres.
    public var pickupDistance: Spread { spread { $0.pickupMetres.map { $0 / 1000 } } }
    /// City minutes from the request, and from the acceptance, to the arrival.
    public var pickupTime: Spread { spread { $0.arrivedAt.minus($0.requestedAt).map { $0 / 60 } } }
    public var approachTime: Spread { spread { $0.arrivedAt.minus($0.acceptedAt).map { $0 / 60 } } }

    public var offersPerCall: Double? { Statistics.mean(calls.map { Double($0.offers) }) }
    public var gini: Double { Statistics.gini(jobsPerProvider) }

    private func spread(_ value: (CallTrace) -> Double?) -> Spread { Spread(calls.compactMap(value)) }
}

extension Double? {
    fileprivate func minus(_ other: Double?) -> Double? {
        guard let self, let other else { return nil }
        return self - other
    }
}
