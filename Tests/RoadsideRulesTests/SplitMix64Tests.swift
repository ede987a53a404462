import RoadsideRules
import Testing

extension SplitMix64 {
    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }
}

@Suite("The generator behind demo data")
struct SplitMix64Tests {
    @Test("its first numbers are those of the published algorithm")
    func referenceValues() {
        var dice = SplitMix64(seed: 1_234_567)
        #expect(
            [dice.next(), dice.next(), dice.next()]
                == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
    }

    @Test("streams of different names or seeds differ, the same ones agree")
    func streams() {
        func first(_ seed: UInt64, _ name: String) -> UInt64 {
            var dice = SplitMix64(seed: seed, stream: name)
            return dice.next()
        }
        #expect(first(1, "a") == first(1, "a"))
        #expect(Set([first(1, "a"), first(1, "b"), first(2, "a"), first(2, "b")]).count == 4)
    }

    @Test("draws stay in their bounds and reach both ends")
    func bounds() {
        var dice = SplitMix64(seed: 5)
        var seen: Set<Int> = []
        for _ in 0..<2000 {
            seen.insert(dice.within(3...9))
            let (unit, bell) = (dice.unit(), dice.bell())
            #expect(unit >= 0 && unit < 1 && abs(bell) <= 1)
            #expect(dice.below(1) == 0)
        }
        #expect(seen == Set(3...9))
        #expect(dice.pick([Int]()) == nil)
    }

    @Test("what is drawn follows the shares, and what has none is never drawn")
    func shares() throws {
        let shares = try #require(
            Shares([("often", 90), ("never", 0), ("seldom", 10)].map { (value: $0.0, share: $0.1) }))
        var dice = SplitMix64(seed: 6)
        var counts: [String: Int] = [:]
        for _ in 0..<10_000 { counts[shares.draw(&dice), default: 0] += 1 }
        #expect(counts["never"] == nil)
        #expect((800...1200).contains(counts["seldom"] ?? 0))
        #expect(Shares<Int>([]) == nil)
        #expect(Shares([(value: 1, share: 0)]) == nil)
    }
}
