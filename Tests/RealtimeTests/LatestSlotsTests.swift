import NIOCore
import Testing

@testable import Realtime

@Suite("One place for each thing of which only the newest counts")
struct LatestSlotsTests {
    private typealias Slots = LatestSlots<String, Int>
    private static let start = NIODeadline.now()

    private func at(_ milliseconds: Int64) -> NIODeadline { Self.start + .milliseconds(milliseconds) }

    @Test("one that stands alone is told at once, those that follow too soon overtake each other")
    func coalescing() {
        var slots = Slots(interval: .seconds(1), limit: 8)
        slots.put(1, for: "a", order: 1, now: at(0))
        #expect(slots.due == at(0))
        var taken = slots.take(now: at(0))
        #expect(taken == [1])
        for order in 2...5 { slots.put(order, for: "a", order: Int64(order), now: at(Int64(order) * 100)) }
        taken = slots.take(now: at(999))
        #expect(taken == [])
        #expect(slots.due == at(1000))
        taken = slots.take(now: at(1000))
        #expect(taken == [5])
        #expect(slots.due == nil)
        slots.put(6, for: "a", order: 6, now: at(2500))
        taken = slots.take(now: at(2500))
        #expect(taken == [6], "an interval has passed")
    }

    @Test("an older one never takes the place of a newer, nor follows it")
    func order() {
        var slots = Slots(interval: .seconds(1), limit: 8)
        var isTaken = slots.put(1, for: "a", order: 10, now: at(0))
        #expect(isTaken)
        var taken = slots.take(now: at(0))
        #expect(taken == [1])
        for order in [Int64(9), 10] {
            isTaken = slots.put(2, for: "a", order: order, now: at(10))
            #expect(!isTaken)
        }
        isTaken = slots.put(3, for: "a", order: 12, now: at(20))
        #expect(isTaken)
        isTaken = slots.put(4, for: "a", order: 11, now: at(30))
        #expect(!isTaken)
        taken = slots.take(now: at(5000))
        #expect(taken == [3])
    }

    @Test("subjects wait for themselves alone, and are told in the order in which they came")
    func subjects() {
        var slots = Slots(interval: .seconds(1), limit: 8)
        slots.put(1, for: "a", order: 1, now: at(0))
        var taken = slots.take(now: at(0))
        #expect(taken == [1])
        slots.put(2, for: "a", order: 2, now: at(400))
        slots.put(3, for: "b", order: 1, now: at(500))
        #expect(slots.due == at(500))
        taken = slots.take(now: at(500))
        #expect(taken == [3])
        slots.put(4, for: "b", order: 2, now: at(600))
        #expect(slots.due == at(1000))
        taken = slots.take(now: at(2000))
        #expect(taken == [2, 4])
    }

    @Test("however often a thing changes it has one place; who takes nothing out is told the newest")
    func bounded() {
        var slots = Slots(interval: .zero, limit: 2)
        for order in 1...1000 { slots.put(order, for: "a", order: Int64(order), now: at(Int64(order))) }
        slots.put(7, for: "b", order: 7, now: at(1001))
        var isTaken = slots.put(8, for: "c", order: 8, now: at(1002))
        #expect(!isTaken, "nothing is given up for a newcomer")
        #expect(slots.count == 2)
        var taken = slots.take(now: at(1003))
        #expect(taken == [1000, 7])
        isTaken = slots.put(8, for: "c", order: 8, now: at(1004))
        #expect(isTaken, "those that are told make room")
        #expect(slots.count == 1)
        taken = slots.take(now: at(1004))
        #expect(taken == [8])
    }

    @Test("what is forgotten is not told, and begins anew")
    func forgotten() {
        var slots = Slots(interval: .seconds(1), limit: 8)
        slots.put(1, for: "a", order: 5, now: at(0))
        var taken = slots.take(now: at(0))
        #expect(taken == [1])
        slots.put(2, for: "a", order: 6, now: at(100))
        slots.forget("a")
        taken = slots.take(now: at(5000))
        #expect(slots.due == nil && taken == [])
        let isTaken = slots.put(3, for: "a", order: 1, now: at(200))
        #expect(isTaken, "the next provider's clock is his own")
        taken = slots.take(now: at(200))
        #expect(taken == [3])
    }
}

@Suite("Frames of which only the newest counts, on a socket")
struct LatestFramesTests {
    /// A socket, and what its session would use.
    private func scene(
        interval: Duration = .seconds(1)
    ) throws -> (bench: Bench, frames: LatestFrames<String, Int>) {
        let bench = try Bench()
        let connection = try #require(bench.connection)
        return (bench, LatestFrames(on: connection, interval: interval, limit: 8) { EncodedFrame(text: "\($0)") })
    }

    private func texts(_ bench: Bench) throws -> [String] {
        try bench.sent().filter { $0.opcode == 1 }.map(\.text)
    }

    @Test("the first leaves at once, the newest of the others when the interval is over, by itself")
    func pace() throws {
        let (bench, frames) = try scene()
        frames.offer(1, for: "a", order: 1)
        #expect(try texts(bench) == ["1"])
        for order in 2...4 { frames.offer(order, for: "a", order: Int64(order)) }
        bench.advance(.milliseconds(999))
        #expect(try texts(bench).isEmpty)
        bench.advance(.milliseconds(1))
        #expect(try texts(bench) == ["4"])
        bench.advance(.seconds(5))
        #expect(try texts(bench).isEmpty)
    }

    @Test("one that is due sooner than the others does not wait for them")
    func sooner() throws {
        let (bench, frames) = try scene()
        frames.offer(1, for: "a", order: 1)
        bench.advance(.milliseconds(900))
        frames.offer(2, for: "b", order: 1)
        frames.offer(3, for: "b", order: 2)
        frames.offer(4, for: "a", order: 2)
        #expect(try texts(bench) == ["1", "2"])
        bench.advance(.milliseconds(100))
        #expect(try texts(bench) == ["4"])
        bench.advance(.milliseconds(900))
        #expect(try texts(bench) == ["3"])
    }

    @Test("nothing is written for one who does not read; when he does he gets the newest of each")
    func slowReader() throws {
        let (bench, frames) = try scene()
        bench.setWritable(false)
        for order in 1...500 {
            frames.offer(order, for: "a", order: Int64(order))
            frames.offer(-order, for: "b", order: Int64(order))
        }
        bench.advance(.seconds(5))
        #expect(try texts(bench).isEmpty && bench.isOpen)
        bench.setWritable(true)
        frames.becameWritable()
        #expect(try texts(bench) == ["500", "-500"])
    }

    @Test("what is forgotten while it waits does not leave")
    func forgotten() throws {
        let (bench, frames) = try scene()
        for order in 1...2 { frames.offer(order, for: "a", order: Int64(order)) }
        frames.forget("a")
        bench.advance(.seconds(5))
        #expect(try texts(bench) == ["1"])
    }
}
