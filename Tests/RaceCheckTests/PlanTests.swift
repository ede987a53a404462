import Testing

@testable import RaceCheck

@Suite("A seed is a plan")
struct PlanTests {
    @Test("the same seed draws the same jobs, kills and all")
    func reproducible() {
        let (one, two) = (RacePlan(seed: 7, contenders: 8), RacePlan(seed: 7, contenders: 8))
        for index in 0..<50 { #expect(one.job(index) == two.job(index)) }
        #expect(one.kills(20, among: 2000) == two.kills(20, among: 2000))
    }

    @Test("another seed draws other jobs")
    func different() {
        let (one, two) = (RacePlan(seed: 7, contenders: 8), RacePlan(seed: 8, contenders: 8))
        #expect((0..<50).contains { one.job($0) != two.job($0) })
    }

    @Test("kills come one after the other and before the last job is finished")
    func killsInOrder() {
        let kills = RacePlan(seed: 3, contenders: 8).kills(20, among: 2000).map(\.after)
        #expect(kills.count == 20)
        #expect(kills == kills.sorted())
        #expect(kills.allSatisfy { $0 < 2000 })
    }

    @Test("every kind of opening, word and step is drawn within two thousand jobs")
    func everythingIsDrawn() {
        let jobs = (0..<2000).map(RacePlan(seed: 1, contenders: 8).job)
        let rounds = jobs.flatMap(\.rounds)
        let steps = Set(rounds.flatMap { $0.steps.map(\.step) })
        let wanted: [JobPlan.Step] = [
            .advance("en_route"), .advance("towing"), .startWithWrongCode, .start, .complete, .giveBack, .stranger,
            .customerCancels, .adminCancels, .wander,
        ]
        #expect(wanted.allSatisfy(steps.contains))
        let words = Set(rounds.flatMap { $0.interruptions.map(\.word) })
        #expect(words.contains(.customerCancels))
        #expect(words.contains(.adminAssigns(3)))
        #expect(words.contains(.customerAssigns(3)))
        let openings = Set(jobs.map(\.opening))
        #expect(openings.contains(.pick(2)))
        #expect(openings.contains(.booking))
        #expect(openings.contains(.appointment(2)))
    }
}
