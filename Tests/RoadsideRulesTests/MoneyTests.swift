import RoadsideRules
import Testing

@Suite("Money")
struct MoneyTests {
    @Test("A line is rounded once, a half away from zero")
    func halves() {
        func scaled(_ minor: Int64, _ numerator: Int64, _ denominator: Int64) -> Int64 {
            Money(minorUnits: minor).scaled(by: numerator, over: denominator).minorUnits
        }
        #expect(scaled(1, 1, 2) == 1)
        #expect(scaled(-1, 1, 2) == -1)
        #expect(scaled(1, 49, 100) == 0)
        #expect(scaled(3, 1, 2) == 2)
        #expect(scaled(5, 1, 2) == 3)
        #expect(scaled(1, 1, 3) == 0)
        #expect(scaled(2, 1, 3) == 1)
        #expect(scaled(-2, 1, 3) == -1)
        #expect(scaled(100, 12_345, 10_000) == 123)
        #expect(scaled(5000, 1501, 1000) == 7505)
        #expect(scaled(0, 7, 9) == 0)
        #expect(scaled(7, -1, 2) == -4)
    }

    @Test("Scaling agrees with exact arithmetic on a thousand random amounts")
    func randomly() {
        var random = SplitMix64(seed: 5)
        for _ in 0..<1_000 {
            let minor = Int64.random(in: -1_000_000...1_000_000, using: &random)
            let numerator = Int64.random(in: 0...30_000, using: &random)
            let denominator = Int64.random(in: 1...10_000, using: &random)
            let result = Money(minorUnits: minor).scaled(by: numerator, over: denominator).minorUnits
            // Twice the error never exceeds the divisor, and a tie lies on the far side of zero.
            let error = 2 * (result * denominator - minor * numerator)
            #expect(abs(error) <= denominator)
            if abs(error) == denominator { #expect(error.signum() == minor.signum()) }
        }
    }

    @Test("Amounts too large are held at the edge, not wrapped round")
    func edges() {
        #expect(Money(minorUnits: .max).scaled(by: 3, over: 2).minorUnits == .max)
        #expect(Money(minorUnits: .min).scaled(by: 3, over: 2).minorUnits == .min)
        #expect(Money(minorUnits: .max).scaled(by: .max, over: .max).minorUnits == .max)
        #expect(Money(minorUnits: .min).scaled(by: 1, over: 1).minorUnits == .min)
        #expect(Money(minorUnits: .max).adding(Money(minorUnits: 1)) == nil)
    }

    @Test("Currencies do not mix")
    func currencies() throws {
        let dollar = try #require(Currency(code: "USD"))
        #expect(Money(minorUnits: 1).adding(Money(minorUnits: 1, dollar)) == nil)
        #expect(Money(minorUnits: 150).adding(Money(minorUnits: 50)) == Money(minorUnits: 200))
        for code in ["", "KE", "kes", "KESH", "K3S", "ÄÖÜ"] { #expect(Currency(code: code) == nil) }
        #expect(Currency(code: "USD", scale: 9) == nil)
    }

    @Test("Amounts are written with their currency's decimals")
    func text() throws {
        #expect(Money(minorUnits: 150_000).description == "KES 1500.00")
        #expect(Money(minorUnits: 5).amount == "0.05")
        #expect(Money(minorUnits: -5).amount == "-0.05")
        #expect(Money(minorUnits: -12_345).amount == "-123.45")
        #expect(Money(minorUnits: 0).amount == "0.00")
        #expect(Money(minorUnits: .min).amount == "-92233720368547758.08")
        let whole = try #require(Currency(code: "UGX", scale: 0))
        #expect(Money(minorUnits: 1500, whole).amount == "1500")
    }
}
