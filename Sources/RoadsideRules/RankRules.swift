public import BSON
public import FoundationEssentials

/// In which order providers are asked. A total order: the same candidates always give the same list.
public enum RankRules {
    /// Nearest first (C10, U6), by whole metres so that noise in the last bits decides nothing; then the better rating;
    /// then who has been idle longer; then the lower number (domain §4.5.2).
    public static func ranked(_ candidates: [Candidate]) -> [Candidate] {
        candidates.map { (key: $0.key, candidate: $0) }.sorted { $0.key < $1.key }.map(\.candidate)
    }

    /// A rating that few customers gave is drawn towards 4.5, with the weight of ten (domain §4.5.2).
    public static func settledRating(average: Double, count: Int) -> Double {
        let count = Double(max(count, 0))
        return (4.5 * 10 + (average.isFinite ? average : 0) * count) / (10 + count)
    }

    public struct Candidate: Sendable, Hashable {
        public let id: ObjectID
        public let number: Int64
        /// To the scene.
        public let metres: Double
        public let rating: Double
        public let ratingCount: Int
        /// `nil`: unknown, ranked as just now.
        public let idleSince: Date?

        public init(
            id: ObjectID, number: Int64, metres: Double, rating: Double = 0, ratingCount: Int = 0,
            idleSince: Date? = nil
        ) {
            self.id = id
            self.number = number
            self.metres = metres
            self.rating = rating
            self.ratingCount = ratingCount
            self.idleSince = idleSince
        }

        fileprivate var key: Key {
            Key(
                metres: metres.isNaN ? .infinity : metres.rounded(),
                rating: RankRules.settledRating(average: rating, count: ratingCount),
                idleSince: idleSince?.timeIntervalSince1970 ?? .infinity, number: number, id: id)
        }
    }

    fileprivate struct Key: Comparable {
        let metres: Double
        let rating: Double
        let idleSince: Double
        let number: Int64
        let id: ObjectID

        static func < (a: Key, b: Key) -> Bool {
            if a.metres != b.metres { return a.metres < b.metres }
            if a.rating != b.rating { return a.rating > b.rating }
            if a.idleSince != b.idleSince { return a.idleSince < b.idleSince }
            return (a.number, a.id) < (b.number, b.id)
        }
    }
}
