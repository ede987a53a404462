import Foundation
import RoadsideRules
import Testing

@Suite("T13: the wait after wrong passwords")
struct GuessRulesTests {
    @Test("T9: while guesses come from everywhere the first mistake waits, and four times as long")
    func strict() {
        let (usual, strict) = (GuessRules(), GuessRules().strict)
        #expect(usual.delay(after: 1) == 0 && usual.delay(after: 5) == 1)
        #expect(strict.delay(after: 1) == 4 && strict.delay(after: 2) == 8)
        #expect(strict.delay(after: 30) == usual.longestDelay)
    }

    private let rules = GuessRules()
    private let now = Date(timeIntervalSinceReferenceDate: 0)

    @Test("is none for five, then doubles, and never becomes a lock")
    func delays() {
        let delays = (0...20).map(rules.delay)
        #expect(delays.prefix(5) == [0, 0, 0, 0, 0])
        #expect(delays[5...14] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512])
        #expect(delays[15...].allSatisfy { $0 == 900 })
        #expect(rules.delay(after: 1_000_000) == 900)
    }

    @Test("is counted from the last try, and forgotten after a day")
    func passing() {
        let record = GuessRecord(wrong: 8, last: now)
        #expect(rules.wait(record, now: now) == 8 && rules.wait(record, now: now + 5) == 3)
        #expect(rules.wait(record, now: now + 9) == 0)
        #expect(rules.wait(record, now: now - 1) == 8, "at the same moment as the last")
        #expect(rules.wait(record, now: now - 3600) == 0, "the clock was set back")
        let next = rules.tried(record, now: now - 3600)
        #expect(rules.wait(next, now: now - 3600) == 16)
        #expect(rules.tried(record, now: now + 9).wrong == 9)
        #expect(rules.tried(record, now: now + 24 * 3600).wrong == 1)
        #expect(rules.tried(nil, now: now) == GuessRecord(wrong: 1, last: now))
    }
}
