import BSON
import FoundationEssentials
import RoadsideRules
import Testing

@Suite("Finding a provider")
struct SearchTests {
    @Test("The broadcast grows from 10 to 20 km by 5 each half minute (K20, K21)")
    func broadcast() {
        let plan = SearchPlan.broadcast
        let expected: [(Double, Double)] = [
            (-1, 10), (0, 10), (29.9, 10), (30, 15), (59.9, 15), (60, 20), (90, 20), (300, 20), (1e12, 20),
        ]
        for (elapsed, radius) in expected { #expect(plan.radius(elapsed) == radius, "after \(elapsed) s") }
        #expect(!plan.isOver(299.9))
        #expect(plan.isOver(300))
        #expect(plan.batch == OfferRules.batch)
    }

    @Test("A provider is not sought beyond his own radius")
    func ownRadius() {
        let plan = SearchPlan.broadcast
        #expect(plan.effectiveRadius(0, own: 20) == 10)
        #expect(plan.effectiveRadius(60, own: 20) == 20)
        #expect(plan.effectiveRadius(60, own: 5) == 5)
        #expect(plan.effectiveRadius(60, own: 100) == 20)
        #expect(plan.effectiveRadius(30, own: nil) == 15)
    }

    @Test("From one kilometre by one each half minute (E11)")
    func fromNearby() {
        let plan = SearchPlan(startKm: 1, stepKm: 1, maxKm: 10, ringSeconds: 30, searchSeconds: 300)
        #expect((0...10).map { plan.radius(Double($0) * 30) } == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10])
    }

    @Test("Any plan grows ring by ring up to its end, and shortening windows keeps the distances")
    func anyPlan() {
        var random = SplitMix64(seed: 12)
        for _ in 0..<500 {
            let plan = SearchPlan(
                startKm: Double.random(in: 0...20, using: &random), stepKm: Double.random(in: 0...5, using: &random),
                maxKm: Double.random(in: 0...60, using: &random),
                ringSeconds: Double.random(in: 1...60, using: &random),
                searchSeconds: 300)
            var radius = plan.startKm
            for ring in 0..<100 {
                // A hair past the boundary, where division cannot fall short of the ring.
                let next = plan.radius(Double(ring) * plan.ringSeconds + 1e-6)
                #expect(next == min(plan.startKm + Double(ring) * plan.stepKm, plan.maxKm) && next >= radius)
                radius = next
            }
            let quick = plan.scaled(by: 0.125)
            #expect(quick.radius(10) == plan.radius(80))
            #expect(quick.searchSeconds == 37.5)
        }
    }

    @Test("A plan of nonsense is still a plan")
    func nonsense() {
        let plan = SearchPlan(startKm: -1, stepKm: -1, maxKm: -5, ringSeconds: 0, batch: 0, searchSeconds: -1)
        #expect(plan.radius(10) == 0)
        #expect(plan.batch == 1)
        #expect(plan.isOver(0))
    }

    private func candidate(
        _ number: Int64, _ metres: Double, rating: Double = 4.5, count: Int = 0, idle: Double? = 0
    ) throws -> RankRules.Candidate {
        RankRules.Candidate(
            id: try #require(ObjectID(bytes: [UInt8](repeating: UInt8(number), count: 12))), number: number,
            metres: metres, rating: rating, ratingCount: count,
            idleSince: idle.map { Date(timeIntervalSince1970: $0) })
    }

    @Test("Nearest first, then rating, then the longer idle, then the lower number")
    func ranking() throws {
        let ranked = RankRules.ranked([
            try candidate(1, 900.4), try candidate(2, 900.2, rating: 5, count: 50),
            try candidate(3, 100, rating: 1, count: 9),
            try candidate(4, 900, idle: nil), try candidate(5, 900, idle: -60), try candidate(6, .nan),
            try candidate(7, 900),
        ])
        #expect(ranked.map(\.number) == [3, 2, 5, 1, 7, 4, 6])
    }

    @Test("The order does not depend on the order of arrival")
    func deterministic() throws {
        var random = SplitMix64(seed: 13)
        let candidates = try (1...40).map { number in
            try candidate(
                Int64(number), Double(Int.random(in: 0...3, using: &random)),
                rating: Double(Int.random(in: 4...5, using: &random)), count: Int.random(in: 0...1, using: &random),
                idle: Bool.random(using: &random) ? nil : 0)
        }
        let first = RankRules.ranked(candidates)
        for _ in 0..<50 { #expect(RankRules.ranked(candidates.shuffled(using: &random)) == first) }
    }

    @Test("A newcomer counts as 4.5, and one bad review does not ruin him")
    func settled() {
        #expect(RankRules.settledRating(average: 0, count: 0) == 4.5)
        #expect(RankRules.settledRating(average: 1, count: 1) > 4)
        #expect(RankRules.settledRating(average: 1, count: 1_000) < 1.1)
        #expect(RankRules.settledRating(average: .nan, count: 0) == 4.5)
    }

    @Test("Two ways of asking keep others waiting")
    func offers() {
        #expect(DispatchMode.allCases.filter(\.isExclusive) == [.pick, .cascade])
    }

    @Test("Arrival times are whole, at least a minute, and survive nonsense")
    func arrival() {
        #expect(TravelRules.seconds(metres: 10_000) == 1560)
        #expect(TravelRules.seconds(metres: 0) == 60)
        #expect(TravelRules.seconds(metres: -.infinity) == 60)
        #expect(TravelRules.seconds(metres: .nan) == 60)
        #expect(TravelRules.seconds(metres: .greatestFiniteMagnitude) == 1_000_000_000)
    }

    @Test("Roles: two of them are staff")
    func roles() {
        #expect(Role.allCases.filter(\.isStaff) == [.dispatcher, .admin])
        #expect(Role.allCases.map(\.rawValue) == ["customer", "provider", "dispatcher", "admin", "partner"])
        #expect(Actor.system.role == nil)
        #expect(Actor.system.userID == nil)
    }
}
