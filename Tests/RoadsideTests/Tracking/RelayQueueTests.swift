import BSON
import Foundation
import RoadsideRules
import Testing

@testable import Roadside

@Suite("What is passed on of positions")
struct RelayQueueTests {
    private static let start = ContinuousClock.now
    private let job = ObjectID()
    private let provider = ObjectID()

    private func at(_ seconds: Double) -> ContinuousClock.Instant { Self.start + .seconds(seconds) }

    private func position(_ seconds: Double, of job: ObjectID? = nil, by provider: ObjectID? = nil) -> LivePosition {
        LivePosition(
            jobID: job ?? self.job, providerID: provider ?? self.provider,
            fix: Fix(point: JobsWorld.center, at: Date(timeIntervalSince1970: 1_760_000_000 + seconds)))
    }

    @Test("the first at once, then the newest of two seconds; jobs do not wait for each other")
    func pace() {
        var queue = RelayQueue(interval: .seconds(2))
        queue.put(position(0), now: at(0))
        #expect(queue.due == at(0))
        var taken = queue.take(now: at(0))
        #expect(taken == [position(0)])
        for second in [0.5, 1.5, 1] { queue.put(position(second), now: at(second)) }
        taken = queue.take(now: at(1.9))
        #expect(taken.isEmpty)
        let other = position(1, of: ObjectID())
        queue.put(other, now: at(1.9))
        taken = queue.take(now: at(1.9))
        #expect(taken == [other])
        #expect(queue.due == at(2))
        taken = queue.take(now: at(2))
        #expect(taken == [position(1.5)])
        #expect(queue.due == nil)
    }

    @Test("another provider's position takes the place of the former's, whatever his clock says")
    func handover() {
        var queue = RelayQueue(interval: .seconds(2))
        let next = ObjectID()
        queue.put(position(5), now: at(0))
        queue.put(position(4, by: next), now: at(0.1))
        let taken = queue.take(now: at(0.1))
        #expect(taken == [position(4, by: next)])
    }

    @Test("what waits of a job that is over is not passed on")
    func over() {
        var queue = RelayQueue(interval: .seconds(2))
        queue.put(position(0), now: at(0))
        let first = queue.take(now: at(0))
        queue.put(position(1), now: at(1))
        queue.forget(job)
        let rest = queue.take(now: at(5))
        #expect(first.count == 1 && rest.isEmpty && queue.due == nil)
    }

    @Test("a job that is quiet for an interval is forgotten")
    func bounded() {
        var queue = RelayQueue(interval: .seconds(2))
        for _ in 0..<100 { queue.put(position(0, of: ObjectID()), now: at(0)) }
        var taken = queue.take(now: at(0))
        #expect(taken.count == 100 && queue.count == 100)
        taken = queue.take(now: at(1))
        #expect(taken.isEmpty && queue.count == 100)
        taken = queue.take(now: at(2))
        #expect(taken.isEmpty && queue.count == 0)
    }

    @Test("what is passed on is what was told, to the millisecond; anything else is none of ours")
    func form() throws {
        let position = LivePosition(
            jobID: job, providerID: provider,
            fix: Fix(
                point: JobsWorld.north(1), at: Date(millisecondsSince1970: 1_760_000_000_123), heading: 90, speed: 12.5,
                accuracy: 8),
            arrival: ExpectedArrival(
                p50: 60, p90: 90, source: "estimate", updatedAt: Date(millisecondsSince1970: 1_760_000_000_001)),
            promisedAt: Date(millisecondsSince1970: 1_760_000_099_000))
        #expect(LivePosition(relayed: position.relayed(from: ObjectID())) == position)
        let bare = self.position(7)
        #expect(LivePosition(relayed: bare.relayed(from: ObjectID())) == bare)
        #expect(LivePosition(relayed: ["_id": .id(ObjectID())]) == nil)
    }
}
