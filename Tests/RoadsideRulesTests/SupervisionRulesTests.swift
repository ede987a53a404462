import FoundationEssentials
import RoadsideRules
import Testing

@Suite("A provider on his way: what his positions say, and when he loses the job")
struct SupervisionRulesTests {
    private static let start = Date(timeIntervalSince1970: 1_760_000_000)
    private let plan = SupervisionPlan()

    private func after(_ seconds: Double) -> Date { Self.start.addingTimeInterval(seconds) }

    /// Notes readings given as (seconds, metres).
    private func walk(
        _ readings: [(Double, Double)], from metres: Double? = 5000, accuracy: Double? = nil
    ) -> (progress: ApproachProgress, events: [Set<ApproachProgress.Event>]) {
        var progress = ApproachProgress(startedAt: Self.start, startMetres: metres)
        let events = readings.map {
            progress.note(metres: $0.1, at: after($0.0), accuracy: accuracy, plan: plan)
        }
        return (progress, events)
    }

    @Test("more than 150 m nearer is departure")
    func departure() {
        #expect(walk([(10, 4900), (20, 4850), (30, 4849)]).events == [[], [], [.departed]])
        #expect(walk([(10, 5400), (20, 4900)]).events == [[], []], "away and back again is no departure")
        #expect(walk([(10, 3000), (20, 2800)], from: nil).events == [[], [.departed]])
        #expect(walk([(10, 4000)], accuracy: 51).events == [[]], "an inaccurate reading settles nothing")
    }

    @Test("twenty seconds of readings within 100 m are an arrival, told once")
    func arrival() {
        let near = walk([(10, 100), (29, 90), (30, 80), (40, 80)], from: 120)
        #expect(near.events == [[], [], [.arrived], []])
        #expect(near.progress.proposedAt == after(30))
        #expect(walk([(10, 99), (20, 101), (30, 99)], from: 120).events == [[], [], []], "out in between")
        #expect(walk([(10, 50), (40, 50)], from: 120, accuracy: 60).events == [[], []])
        #expect(walk([(-5, 50), (16, 50)], from: 120).events == [[], []], "before he had the job")
    }

    @Test("who has gone again is asked again, who stands at the fence is not")
    func again() {
        let gone = walk([(0, 50), (20, 50), (30, 201), (40, 50), (60, 50)], from: 120)
        #expect(gone.events == [[], [.arrived], [], [], [.arrived]])
        let fence = walk([(0, 50), (20, 50), (30, 150), (40, 50), (60, 50)], from: 120)
        #expect(fence.events == [[], [.arrived], [], [], []])
    }

    @Test("progress is 200 m nearer than the last progress")
    func progress() {
        let walked = walk([(60, 4900), (120, 4801), (180, 4800), (240, 4700)]).progress
        #expect(walked.progressAt == after(180) && walked.nearestMetres == 4800)
    }

    private func judge(
        fixed: Double?, metres: Double? = 4000, progress: Double = 0, promised: Double? = nil, now: Double
    ) -> SupervisionRules.Verdict {
        var way = ApproachProgress(startedAt: Self.start, startMetres: 5000)
        way.progressAt = after(progress)
        let facts = SupervisionFacts(
            progress: way, fixAt: fixed.map(after), metres: metres, promisedBy: promised.map(after))
        return SupervisionRules.judge(facts, plan, now: after(now))
    }

    @Test("silence of two minutes loses the job, for those who were heard of")
    func silence() {
        #expect(judge(fixed: 10, now: 129) == .wait(until: after(130)))
        #expect(judge(fixed: 10, now: 130) == .reallocate(.silent))
        #expect(judge(fixed: -100, now: 119) == .wait(until: after(120)), "counted from when he took the job")
        #expect(judge(fixed: -121, now: 500) == .wait(until: after(620)), "last heard of long before: not tracked")
        #expect(judge(fixed: nil, now: 500) == .wait(until: after(620)))
        #expect(judge(fixed: 10, metres: 50, now: 130) == .reallocate(.silent), "however near he was")
    }

    @Test("ten minutes without progress lose the job, unless he is near")
    func stall() {
        #expect(judge(fixed: 590, progress: 0, now: 599) == .wait(until: after(600)))
        #expect(judge(fixed: 590, progress: 0, now: 600) == .reallocate(.stalled))
        #expect(judge(fixed: 590, progress: 1, now: 600) == .wait(until: after(601)))
        #expect(judge(fixed: 590, metres: 1000, progress: 0, now: 600) == .wait(until: after(710)))
        #expect(judge(fixed: nil, progress: 0, now: 600) == .wait(until: after(720)), "nobody saw him stand still")
    }

    @Test("a promise broken by ten minutes loses the job, unless he is near")
    func late() {
        #expect(judge(fixed: nil, promised: 900, now: 1499) == .wait(until: after(1500)))
        #expect(judge(fixed: nil, promised: 900, now: 1500) == .reallocate(.late))
        #expect(judge(fixed: 1490, progress: 1490, promised: 900, now: 1500) == .reallocate(.late))
        #expect(judge(fixed: 1490, metres: 999, progress: 1490, promised: 900, now: 1500) == .wait(until: after(1610)))
        #expect(
            judge(fixed: nil, metres: 10, promised: 900, now: 1500) == .reallocate(.late), "his base proves nothing")
    }

    @Test("every wait ends in the future, whatever is known")
    func waits() {
        for fixed in [nil, -5000, -60, 0, 300, 2000] as [Double?] {
            for progress in [0.0, 700] {
                for promised in [nil, 100, 3000] as [Double?] {
                    for now in [0.0, 121, 599, 1000, 5000] {
                        for metres in [nil, 50, 20_000] as [Double?] {
                            let verdict = judge(
                                fixed: fixed, metres: metres, progress: progress, promised: promised, now: now)
                            guard case .wait(let moment) = verdict else { continue }
                            #expect(moment > after(now))
                        }
                    }
                }
            }
        }
    }

    @Test("what is shown of him")
    func tracking() {
        let now = after(1000)
        #expect(plan.tracking(isHeld: false, fixAt: now, at: now) == .unassigned)
        #expect(plan.tracking(isHeld: true, fixAt: nil, at: now) == .stale)
        let states: [(Double, TrackingState)] = [(0, .live), (89, .live), (90, .stale), (119, .stale), (120, .lost)]
        for (age, state) in states {
            #expect(plan.tracking(isHeld: true, fixAt: after(1000 - age), at: now) == state)
        }
    }

    @Test("windows scale, distances do not")
    func scaling() {
        let fast = plan.scaled(by: 0.1)
        #expect(fast.silentSeconds == 12 && fast.stallSeconds == 60 && fast.lateSeconds == 60)
        #expect(fast.arrivalSeconds == 2 && fast.arrivalMetres == 100 && fast.stallMetres == 200)
        #expect(fast.firstLook(after: Self.start) == after(12))
    }
}
