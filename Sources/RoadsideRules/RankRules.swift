public import BSON
public import FoundationEssentials

/// In which order providers are asked. A total order: the same candidates always give the same list.
public enum RankRules {
    /// Lowest cost first (domain §4.5.2). Of equal cost the nearer, by whole metres so that noise in the last bits decides
    /// nothing; then who has been idle longer; then the lower number.
    public static func ranked(_ candidates: [Candidate], by weights: RankWeights, at now: Date) -> [Ranked] {
        candidates.map { Ranked($0, by: weights, at: now) }.sorted { $0.key < $1.key }
    }

    /// A rating that few customers gave is drawn towards 4.5, with the weight of ten (domain §4.5.2).
    public static func settledRating(average: Double, count: Int) -> Double {
        let count = Double(max(count, 0))
        return (4.5 * 10 + (average.isFinite ? average : 0) * count) / (10 + count)
    }

    /// The share of accepted jobs that were given back, drawn towards none with the weight of ten jobs (ours).
    public static func settledCancelRate(accepted: Int, cancelled: Int) -> Double {
        let accepted = Double(max(accepted, 0))
        return min(Double(max(cancelled, 0)), accepted) / (10 + accepted)
    }

    /// What the order depends on, of one provider.
    public struct Candidate: Sendable, Hashable {
        public var id: ObjectID
        public var number: Int64
        /// To the scene, in a straight line.
        public var metres: Double
        public var travel: TravelTime
        /// As settled: between 1 and 5.
        public var rating: Double
        /// As settled: 0 … 1.
        public var cancelRate: Double
        /// `nil`: unknown, ranked as just now.
        public var idleSince: Date?
        public var isQuiet: Bool

        public init(
            id: ObjectID, number: Int64, metres: Double, travel: TravelTime? = nil, rating: Double = 4.5,
            cancelRate: Double = 0, idleSince: Date? = nil, isQuiet: Bool = false
        ) {
            self.id = id
            self.number = number
            self.metres = metres
            self.travel = travel ?? TravelRules.time(metres: metres)
            self.rating = rating
            self.cancelRate = cancelRate
            self.idleSince = idleSince
            self.isQuiet = isQuiet
        }
    }

    /// A candidate with what he costs, in seconds, and why.
    public struct Ranked: Sendable, Hashable {
        /// One summand of the cost; an advantage is negative.
        public enum Term: String, CaseIterable, Sendable {
            /// The middle of the way's time.
            case travel
            /// That the way may take longer.
            case uncertainty
            case rating, cancels
            /// Who has waited long comes sooner (fairness).
            case idle
            case quiet
        }

        public let candidate: Candidate
        public let terms: [Term: Double]
        public let cost: Double

        init(_ candidate: Candidate, by weights: RankWeights, at now: Date) {
            self.candidate = candidate
            let idleMinutes = candidate.idleSince.map { min(max(now.timeIntervalSince($0) / 60, 0), 60) } ?? 0
            let terms: [Term: Double] = [
                .travel: candidate.travel.p50,
                .uncertainty: weights.uncertainty * (candidate.travel.p90 - candidate.travel.p50),
                .rating: weights.rating * (5 - candidate.rating) * 30,
                .cancels: weights.cancels * candidate.cancelRate * 300,
                .idle: -weights.idle * idleMinutes * 2,
                .quiet: candidate.isQuiet ? weights.quiet * 120 : 0,
            ]
            self.terms = terms
            // In a fixed order: the sum of doubles depends on it. Whole tenths: a microsecond of idling decides nothing.
            let sum = Term.allCases.reduce(0) { $0 + (terms[$1] ?? 0) }
            cost = sum.isFinite ? (sum * 10).rounded() / 10 : .greatestFiniteMagnitude
        }

        fileprivate var key: Key {
            Key(
                cost: cost, metres: candidate.metres.isNaN ? .infinity : candidate.metres.rounded(),
                idleSince: candidate.idleSince?.timeIntervalSince1970 ?? .infinity, number: candidate.number,
                id: candidate.id)
        }
    }

    fileprivate struct Key: Comparable {
        let cost: Double
        let metres: Double
        let idleSince: Double
        let number: Int64
        let id: ObjectID

        static func < (a: Key, b: Key) -> Bool {
            if a.cost != b.cost { return a.cost < b.cost }
            if a.metres != b.metres { return a.metres < b.metres }
            if a.idleSince != b.idleSince { return a.idleSince < b.idleSince }
            return (a.number, a.id) < (b.number, b.id)
        }
    }
}

/// How much each summand of the cost counts; 1 is the number of domain §4.5.2.
public struct RankWeights: Sendable, Hashable {
    /// Of the difference between the slow and the middle time.
    public var uncertainty: Double
    /// Of 30 s for each star below five.
    public var rating: Double
    /// Of 300 s for somebody who gives every job back.
    public var cancels: Double
    /// Of 2 s for each minute without a job, sixty at most.
    public var idle: Double
    /// Of 120 s for somebody who would rather not be asked.
    public var quiet: Double

    public init(
        uncertainty: Double = 0.5, rating: Double = 1, cancels: Double = 1, idle: Double = 1, quiet: Double = 1
    ) {
        self.uncertainty = uncertainty
        self.rating = rating
        self.cancels = cancels
        self.idle = idle
        self.quiet = quiet
    }

    public static let standard = RankWeights()
    /// The way's time and nothing else.
    public static let travelOnly = RankWeights(uncertainty: 0, rating: 0, cancels: 0, idle: 0, quiet: 0)
}
