import BSON
import Testing

@testable import Faults

@Suite("The verdict on a fault")
struct VerdictTests {
    @Test("a bound holds up to itself and breaks above it, and by what is no number")
    func bounds() {
        for (value, isOK) in [(4.9, true), (5, true), (5.1, false), (.nan, false), (.infinity, false)] {
            var verdict = Verdict("2", "x")
            verdict.expect("late_ms", value, atMost: 5)
            #expect(verdict.isOK == isOK, "\(value)")
        }
    }

    @Test("what could not be played is not ok, and says why")
    func failed() {
        struct Reason: Error, CustomStringConvertible { let description = "no mongod" }
        var verdict = Verdict("14", "x")
        verdict.note("seen", 3)
        verdict.fail(Reason())
        let json = verdict.json
        #expect(json["ok"] == false && json["error"] == "no mongod" && json["seen"] == 3)
    }

    @Test("the value of a share is the smallest that so many do not exceed")
    func quantiles() {
        let hundred = Quantiles((1...100).map(Double.init).shuffled())
        #expect(hundred(0.99) == 99)
        #expect(hundred(0.5) == 50)
        #expect(hundred(0) == 1 && hundred(1) == 100)
        #expect(Quantiles([])(0.99) == 0)
    }
}
