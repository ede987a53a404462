import BSON
import FoundationEssentials
import Testing

@testable import RoadsideRules

@Suite("Duty and its limit (U17)")
struct DutyRulesTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    /// So many hours before now.
    private static func ago(_ hours: Double) -> Date { now.addingTimeInterval(-hours * 3600) }

    private static func log(since: Double? = nil, _ closed: (Double, Double)...) -> DutyLog {
        DutyLog(since: since.map(ago), closed: closed.map { .init(from: ago($0.0), to: ago($0.1)) })
    }

    @Test(
        "minutes of the last 24 hours, what began before them cut off, what overlaps counted once",
        arguments: [
            (log(), 0), (log(since: 2), 120), (log(since: 30), 1440), (log((3, 1)), 120), (log(since: 1, (3, 2)), 120),
            (log((26, 22)), 120), (log((50, 30)), 0), (log((5, 2), (4, 1)), 240), (log((4, 1), (3, 2)), 180),
            (log((1, 3)), 0), (log((1, -1)), 60), (log(since: -1), 0),
        ])
    func minutes(log: DutyLog, expected: Int) {
        #expect(DutyRules.minutesUsed(log, at: Self.now) == expected)
    }

    @Test("what is left ends at nothing and comes back as the window moves on; a limit of a whole day is none")
    func left() {
        let log = Self.log(since: 11.99)
        #expect(DutyRules.minutesLeft(log, limit: 720, at: Self.now) == 1)
        #expect(DutyRules.minutesLeft(Self.log(since: 12), limit: 720, at: Self.now) == 0)
        #expect(DutyRules.minutesLeft(Self.log(since: 20), limit: 720, at: Self.now) == 0)
        #expect(DutyRules.minutesLeft(Self.log(since: 20), limit: 1440, at: Self.now) == nil)
        let spent = Self.log((20, 8))
        #expect(DutyRules.minutesLeft(spent, limit: 720, at: Self.now) == 0)
        #expect(DutyRules.minutesLeft(spent, limit: 720, at: Self.now.addingTimeInterval(5 * 3600)) == 60)
    }

    @Test("a rest of less than five minutes is none, a longer one is")
    func shortRests() {
        var log = Self.log((3, 1))
        log.begin(at: Self.ago(1).addingTimeInterval(299))
        #expect(log == Self.log(since: 3))
        var rested = Self.log((3, 1))
        rested.begin(at: Self.ago(1).addingTimeInterval(300))
        #expect(rested == DutyLog(since: Self.ago(1).addingTimeInterval(300), closed: Self.log((3, 1)).closed))
    }

    @Test("saying it twice changes nothing, and duty may have ended before it was noticed, but not before it began")
    func repeated() {
        var log = Self.log(since: 2)
        log.begin(at: Self.now)
        #expect(log == Self.log(since: 2))
        var noticed = log
        noticed.end(at: Self.now, asOf: Self.ago(1))
        #expect(noticed == Self.log((2, 1)))
        noticed.end(at: Self.now)
        #expect(noticed == Self.log((2, 1)))
        log.end(at: Self.now, asOf: Self.ago(3))
        #expect(log == Self.log((2, 2)))
    }

    @Test("whatever is said in whatever order: no minute twice, no more than a day, a log that stays short")
    func properties() {
        var random = SplitMix64(seed: 17)
        for _ in 0..<300 {
            var log = DutyLog()
            var now = Self.now
            var (steps, onDuty) = (0.0, 0.0)
            for _ in 0..<200 {
                let step = Double(random.within(1...4000))
                if log.since != nil { onDuty += step }
                steps += step
                now = now.addingTimeInterval(step)
                if random.happens(percent: 50) { log.begin(at: now) } else { log.end(at: now) }
                let seconds = DutyRules.seconds(log, at: now)
                #expect(seconds >= 0 && seconds <= DutyRules.window)
                #expect(seconds <= steps)
                #expect(log.closed.count <= 288)
            }
            #expect(DutyRules.seconds(log, at: now) <= DutyRules.window)
            let pairs = zip(log.closed, log.closed.dropFirst())
            #expect(pairs.allSatisfy { $0.to.addingTimeInterval(DutyRules.shortestRest) <= $1.from })
            // Toggling never makes the duty shorter than it was.
            if steps <= DutyRules.window { #expect(DutyRules.seconds(log, at: now) >= onDuty - 0.001) }
        }
    }
}
