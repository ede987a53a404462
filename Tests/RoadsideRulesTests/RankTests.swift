import BSON
import FoundationEssentials
import RoadsideRules
import Testing

@Suite("In which order providers are asked (domain 4.5.2)")
struct RankTests {
    private let now = Date(timeIntervalSince1970: 1_700_000_000)

    private func candidate(
        _ number: Int64, _ metres: Double, rating: Double = 4.5, cancelRate: Double = 0, idleMinutes: Double? = nil,
        isQuiet: Bool = false, travel: TravelTime? = nil
    ) throws -> RankRules.Candidate {
        RankRules.Candidate(
            id: try #require(ObjectID(bytes: [UInt8](repeating: UInt8(number), count: 12))), number: number,
            metres: metres, travel: travel, rating: rating, cancelRate: cancelRate,
            idleSince: idleMinutes.map { now.addingTimeInterval(-$0 * 60) }, isQuiet: isQuiet)
    }

    private func order(_ candidates: [RankRules.Candidate], _ weights: RankWeights = .standard) -> [Int64] {
        RankRules.ranked(candidates, by: weights, at: now).map(\.candidate.number)
    }

    @Test("Each summand is what the paper says, and the cost is their sum")
    func cost() throws {
        let candidate = try candidate(
            1, 5000, rating: 3.5, cancelRate: 0.25, idleMinutes: 10, isQuiet: true,
            travel: TravelTime(p50: 600, p90: 900))
        let ranked = try #require(RankRules.ranked([candidate], by: .standard, at: now).first)
        #expect(
            ranked.terms == [
                .travel: 600, .uncertainty: 150, .rating: 45, .cancels: 75, .idle: -20, .quiet: 120,
            ])
        #expect(ranked.cost == 970)
        let bare = try #require(RankRules.ranked([candidate], by: .travelOnly, at: now).first)
        #expect(bare.cost == 600)
    }

    @Test("A better rating, fewer jobs given back, a longer wait and not being quiet come sooner at the same distance")
    func summands() throws {
        let plain = try candidate(1, 4000)
        #expect(order([plain, try candidate(2, 4000, rating: 5)]) == [2, 1])
        #expect(order([try candidate(2, 4000, cancelRate: 0.5), plain]) == [1, 2])
        #expect(order([plain, try candidate(2, 4000, idleMinutes: 30)]) == [2, 1])
        #expect(order([try candidate(2, 4000, isQuiet: true), plain]) == [1, 2])
        // An hour's wait is all that counts: 120 s, less than one more kilometre of town takes.
        let day = try candidate(2, 4900, idleMinutes: 24 * 60)
        #expect(order([plain, day]) == [1, 2])
    }

    @Test("Of equal cost the nearer by whole metres, then the longer idle, then the lower number")
    func ties() throws {
        let candidates = [
            try candidate(1, 300.4), try candidate(2, 300.2), try candidate(3, 100), try candidate(4, .nan),
        ]
        // Within a minute's way all cost the same.
        #expect(order(candidates, .travelOnly) == [3, 1, 2, 4])
        let idle = RankWeights(uncertainty: 0, rating: 0, cancels: 0, idle: 0, quiet: 0)
        #expect(order([try candidate(1, 300), try candidate(2, 300, idleMinutes: 5)], idle) == [2, 1])
    }

    @Test("The order does not depend on the order of arrival")
    func deterministic() throws {
        var random = SplitMix64(seed: 13)
        let candidates = try (1...40).map { number in
            try candidate(
                Int64(number), Double(Int.random(in: 0...3, using: &random)) * 400,
                rating: Double(Int.random(in: 4...5, using: &random)),
                idleMinutes: Bool.random(using: &random) ? nil : 0)
        }
        let first = RankRules.ranked(candidates, by: .standard, at: now)
        for _ in 0..<50 {
            #expect(RankRules.ranked(candidates.shuffled(using: &random), by: .standard, at: now) == first)
        }
    }

    @Test("A newcomer counts as 4.5, and one bad review or one job given back does not ruin him")
    func settled() {
        #expect(RankRules.settledRating(average: 0, count: 0) == 4.5)
        #expect(RankRules.settledRating(average: 1, count: 1) > 4)
        #expect(RankRules.settledRating(average: 1, count: 1_000) < 1.1)
        #expect(RankRules.settledRating(average: .nan, count: 0) == 4.5)
        #expect(RankRules.settledCancelRate(accepted: 0, cancelled: 0) == 0)
        #expect(RankRules.settledCancelRate(accepted: 1, cancelled: 1) < 0.1)
        #expect(RankRules.settledCancelRate(accepted: 1_000, cancelled: 1_000) > 0.98)
        #expect(RankRules.settledCancelRate(accepted: 3, cancelled: 9) == 3.0 / 13)
    }
}
