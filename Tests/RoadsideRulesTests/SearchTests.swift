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

    @Test("A ring's fan-out is asked in batches of five, five seconds apart (U6)")
    func allowance() {
        let plan = SearchPlan.broadcast
        let expected: [(Double, Int, Double)] = [
            (-1, 5, 5), (0, 5, 5), (4.9, 5, 5), (5, 10, 10), (10, 15, 30), (29, 15, 30), (30, 20, 35), (36, 25, 40),
            (41, 30, 60), (61, 35, 65),
        ]
        for (elapsed, allowance, growth) in expected {
            #expect(plan.allowance(elapsed) == allowance, "after \(elapsed) s")
            #expect(plan.nextGrowth(elapsed) == growth, "after \(elapsed) s")
        }
        let atOnce = SearchPlan(
            startKm: 1, stepKm: 1, maxKm: 5, ringSeconds: 30, fanOut: 20, staggerSeconds: 0, searchSeconds: 300)
        #expect(atOnce.allowance(0) == 20 && atOnce.allowance(31) == 40)
        #expect(atOnce.nextGrowth(12) == 30 && atOnce.nextRing(12) == 30 && atOnce.nextRing(30) == 60)
    }

    @Test("An allowance never falls, and grows at the moment that was told")
    func allowanceGrows() {
        var random = SplitMix64(seed: 14)
        for _ in 0..<200 {
            let plan = SearchPlan(
                startKm: 1, stepKm: 1, maxKm: 5, ringSeconds: Double.random(in: 5...60, using: &random),
                batch: Int.random(in: 1...5, using: &random), fanOut: Int.random(in: 1...40, using: &random),
                staggerSeconds: Double.random(in: 0...20, using: &random), searchSeconds: 300)
            var (elapsed, known) = (0.0, plan.allowance(0))
            for _ in 0..<40 {
                let next = plan.nextGrowth(elapsed)
                #expect(next > elapsed)
                #expect(plan.allowance((elapsed + next) / 2) == known)
                elapsed = next + 1e-6
                #expect(plan.allowance(elapsed) >= known)
                known = plan.allowance(elapsed)
            }
        }
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
