import FoundationEssentials
import RoadsideRules
import Testing

@Suite("One-time codes")
struct OTPRulesTests {
    private let now = Date(timeIntervalSince1970: 1_760_000_000)

    @Test("A code is six digits, with its zeros")
    func shape() {
        #expect(OTPRules.start.code(from: [0, 0, 0, 0]) == "000000")
        #expect(OTPRules.start.code(from: [0, 0, 0, 7]) == "000007")
        #expect(OTPRules.start.code(from: [0, 0x0F, 0x42, 0x3F]) == "999999")
        #expect(OTPRules.start.code(from: [0, 0x0F, 0x42, 0x40]) == "000000")
        #expect(OTPRules(digits: 4).code(from: [0, 0, 0x27, 0x0F]) == "9999")
    }

    @Test("Numbers past the last whole million are thrown away, and running out of bytes says so")
    func rejection() {
        // 4 294 000 000 is the first that would make small codes likelier.
        #expect(OTPRules.start.code(from: [0xFF, 0xF1, 0x3D, 0x7F]) == "999999")
        #expect(OTPRules.start.code(from: [0xFF, 0xF1, 0x3D, 0x80]) == nil)
        #expect(OTPRules.start.code(from: [0xFF, 0xFF, 0xFF, 0xFF]) == nil)
        #expect(OTPRules.start.code(from: [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 1]) == "000001")
        #expect(OTPRules.start.code(from: [1, 2, 3]) == nil)
        #expect(OTPRules.start.code(from: []) == nil)
    }

    @Test("Codes are spread evenly: chi-square over a thousand cells, and over each digit")
    func uniformity() throws {
        var random = SplitMix64(seed: 6)
        var cells = [Int](repeating: 0, count: 1000)
        var digits = [[Int]](repeating: [Int](repeating: 0, count: 10), count: 6)
        let draws = 200_000
        for _ in 0..<draws {
            let code = try #require(OTPRules.start.code(from: random.bytes(16)))
            #expect(code.utf8.count == 6)
            cells[try #require(Int(code)) / 1000] += 1
            for (place, digit) in code.utf8.enumerated() { digits[place][Int(digit) - 48] += 1 }
        }
        func chiSquare(_ counts: [Int]) -> Double {
            let mean = Double(draws) / Double(counts.count)
            return counts.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) / mean }
        }
        // 999 degrees of freedom: mean 999, deviation 45; 9 degrees: 33.7 is exceeded once in ten thousand.
        #expect((800...1200).contains(chiSquare(cells)))
        for place in digits { #expect(chiSquare(place) < 33.7) }
    }

    @Test("Five wrong tries lock for five minutes; then there are five more (T9)")
    func lock() {
        let rules = OTPRules.start
        var facts = OTPFacts(hasCode: true)
        for left in [4, 3, 2, 1, 0] {
            guard case .wrong(let next, let triesLeft) = rules.judge(facts, matches: false, now: now) else {
                Issue.record("a wrong code was not called wrong")
                return
            }
            #expect(triesLeft == left)
            #expect((next.lockedUntil != nil) == (left == 0))
            facts = next
        }
        let opens = now.addingTimeInterval(300)
        #expect(facts.lockedUntil == opens)
        #expect(rules.judge(facts, matches: true, now: now) == .locked(until: opens))
        #expect(rules.judge(facts, matches: true, now: now.addingTimeInterval(299.9)) == .locked(until: opens))
        #expect(facts.isLocked(at: now.addingTimeInterval(299.9)))
        #expect(!facts.isLocked(at: opens))
        #expect(rules.judge(facts, matches: true, now: opens) == .verified)
        #expect(
            rules.judge(facts, matches: false, now: opens)
                == .wrong(next: OTPFacts(hasCode: true, tries: 1), triesLeft: 4))
    }

    @Test("A code has a life, and a missing one matches nothing")
    func life() {
        let rules = OTPRules.verification
        let expiry = rules.expiry(from: now)
        #expect(expiry == now.addingTimeInterval(600))
        #expect(OTPRules.start.expiry(from: now) == nil)
        let facts = OTPFacts(hasCode: true, expiresAt: expiry)
        #expect(rules.judge(facts, matches: true, now: now.addingTimeInterval(599)) == .verified)
        #expect(rules.judge(facts, matches: true, now: now.addingTimeInterval(600)) == .expired)
        #expect(rules.judge(OTPFacts(), matches: true, now: now) == .missing)
    }

    @Test("Only a verified try is proof")
    func proof() {
        #expect(OTPOutcome.verified.proof == .verified)
        let others: [OTPOutcome] = [.wrong(next: OTPFacts(), triesLeft: 1), .locked(until: now), .expired, .missing]
        for outcome in others { #expect(outcome.proof == .wrong) }
    }
}
