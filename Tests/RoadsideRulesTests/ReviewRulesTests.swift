import FoundationEssentials
import RoadsideRules
import Testing

@Suite("When a job may be reviewed (T36)")
struct ReviewRulesTests {
    @Test(
        "from its completion to the end of the seventh day, and never without one",
        arguments: [
            (0, nil), (604_800, nil), (604_800.001, .tooLate), (nil, .notCompleted),
        ] as [(Double?, ReviewRules.Problem?)])
    func window(secondsAgo: Double?, problem: ReviewRules.Problem?) {
        let now = JobCast.now
        #expect(
            ReviewRules.problem(completedAt: secondsAgo.map { now.addingTimeInterval(-$0) }, now: now) == problem)
    }
}
