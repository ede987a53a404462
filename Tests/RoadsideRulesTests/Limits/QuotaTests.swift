import RoadsideRules
import Testing

@Suite("A bucket of tokens")
struct QuotaTests {
    private let quota = Quota(10, per: 60)

    @Test("gives as many at once as its limit, then one every sixth second")
    func burst() {
        var bucket = Bucket()
        let first = (0..<12).map { _ in bucket.take(quota, now: 1000) }
        #expect(first == Array(repeating: true, count: 10) + [false, false])
        #expect(bucket.remaining(quota, now: 1000) == 0 && bucket.wait(quota, now: 1000) == 6)
        let (early, late) = (bucket.take(quota, now: 1005), bucket.take(quota, now: 1006))
        #expect(!early && late)
    }

    @Test("says what is left, and when all of it is back")
    func standing() {
        var bucket = Bucket()
        #expect(bucket.remaining(quota, now: 5) == 10 && bucket.recovery(quota, now: 5) == 0)
        _ = bucket.take(quota, now: 5)
        _ = bucket.take(quota, now: 5)
        #expect(bucket.remaining(quota, now: 5) == 8 && bucket.recovery(quota, now: 5) == 12)
        #expect(bucket.wait(quota, now: 5) == 0)
        #expect(bucket.remaining(quota, now: 11) == 9 && bucket.remaining(quota, now: 17) == 10)
        #expect(bucket.remaining(quota, now: 1_000_000) == 10)
    }

    @Test("however often it is emptied, no second brings more than its share")
    func share() {
        var (bucket, taken) = (Bucket(), 0)
        for tick in 0..<3600 {
            for _ in 0..<5 where bucket.take(quota, now: Double(tick) / 10) { taken += 1 }
        }
        #expect((69...70).contains(taken), "ten at first and one every sixth of 360 seconds, not \(taken)")
    }

    @Test("a clock that is set back makes nobody wait")
    func clock() {
        var bucket = Bucket()
        for _ in 0..<10 { _ = bucket.take(quota, now: 100_000) }
        #expect(bucket.wait(quota, now: 10) == 0 && bucket.recovery(quota, now: 10) == 0)
        let again = (0..<11).map { _ in bucket.take(quota, now: 10) }
        #expect(again == Array(repeating: true, count: 10) + [false])
        #expect(bucket.wait(quota, now: 13) == 3)
    }

    @Test("what is given back can be taken again, and no more")
    func givenBack() {
        var bucket = Bucket()
        for _ in 0..<10 { _ = bucket.take(quota, now: 1000) }
        bucket.giveBack(quota)
        let (first, second) = (bucket.take(quota, now: 1000), bucket.take(quota, now: 1000))
        #expect(first && !second)
        var full = Bucket()
        full.giveBack(quota)
        #expect(full.remaining(quota, now: 1000) == 10)
    }
}
