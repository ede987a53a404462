import NIOCore
import NIOEmbedded
import Testing

@testable import Realtime

@Suite("The wheel of timers")
struct TimerWheelTests {
    /// Writes down who rang when, in milliseconds.
    final class Diary {
        var entries: [(name: Int, at: UInt64)] = []
    }

    private func milliseconds(_ loop: EmbeddedEventLoop) -> UInt64 { loop.now.uptimeNanoseconds / 1_000_000 }

    @Test("rings each timer at its very moment and in order, however far away it is")
    func order() {
        let (loop, diary) = (EmbeddedEventLoop(), Diary())
        let wheel = TimerWheel(loop: loop)
        var random = SystemRandomNumberGenerator()
        // Within a second, within a turn of the wheel, and several turns away; many at the same moment.
        let delays = (0..<2000).map { _ in
            Int64.random(in: 1...[900, 40_000, 400_000][Int.random(in: 0...2, using: &random)], using: &random)
        }
        for (name, delay) in delays.enumerated() {
            _ = wheel.set(for: loop.now + .milliseconds(delay)) {
                diary.entries.append((name, milliseconds(loop)))
            }
        }
        loop.advanceTime(by: .seconds(401))
        let expected = delays.enumerated().sorted { ($0.element, $0.offset) < ($1.element, $1.offset) }
        #expect(diary.entries.map(\.name) == expected.map(\.offset))
        #expect(diary.entries.map(\.at) == expected.map { UInt64($0.element) })
    }

    @Test("rings what has been set late, and what a ringing timer sets")
    func later() {
        let (loop, diary) = (EmbeddedEventLoop(), Diary())
        let wheel = TimerWheel(loop: loop)
        func note(_ name: Int) { diary.entries.append((name, milliseconds(loop))) }
        _ = wheel.set(for: loop.now + .milliseconds(2500)) {
            note(1)
            _ = wheel.set(for: loop.now + .milliseconds(100)) { note(2) }
            _ = wheel.set(for: loop.now) { note(3) }
            _ = wheel.set(for: loop.now + .seconds(70)) { note(4) }
        }
        loop.advanceTime(by: .milliseconds(2000))
        _ = wheel.set(for: loop.now + .milliseconds(10)) { note(5) }
        loop.advanceTime(by: .seconds(100))
        // Idle for a while, then used again.
        loop.advanceTime(by: .seconds(1000))
        _ = wheel.set(for: loop.now + .milliseconds(1)) { note(6) }
        loop.advanceTime(by: .milliseconds(1))
        #expect(diary.entries.map(\.name) == [5, 1, 3, 2, 4, 6])
        #expect(diary.entries.map(\.at) == [2010, 2500, 2500, 2600, 72_500, 1_102_001])
    }

    @Test("forgets a cancelled timer at once, and what it would have done with it")
    func cancelled() {
        final class Owner {}
        let (loop, diary) = (EmbeddedEventLoop(), Diary())
        let wheel = TimerWheel(loop: loop)
        var owner: Owner? = Owner()
        weak let trace = owner
        for (name, delay) in [Int64(1), 30_000, 300_000].enumerated() {
            let timer = wheel.set(for: loop.now + .milliseconds(delay)) { [owner] in
                diary.entries.append((name, owner == nil ? 0 : 1))
            }
            timer.cancel()
        }
        owner = nil
        #expect(trace == nil)
        _ = wheel.set(for: loop.now + .milliseconds(30_000)) { diary.entries.append((9, 9)) }
        loop.advanceTime(by: .seconds(400))
        #expect(diary.entries.map(\.name) == [9])
    }
}
