import Synchronization
import Testing

@testable import FixOnCallServer

@Suite("What the server knows of its database's health")
struct PulseTests {
    /// A clock that stands until it is moved, and a database that answers as told, when told.
    private final class World: Sendable {
        let time = Mutex(ContinuousClock.now)
        let asked = Mutex(0)
        let isUp = Mutex(true)

        func pulse() -> Pulse {
            Pulse(now: { [self] in time.withLock { $0 } }) { [self] in
                asked.withLock { $0 += 1 }
                return isUp.withLock { $0 }
            }
        }
    }

    @Test("an answer holds for a second and no longer")
    func holds() async {
        let world = World()
        let pulse = world.pulse()
        #expect(await pulse.isFelt())
        world.isUp.withLock { $0 = false }
        world.time.withLock { $0 += .milliseconds(999) }
        #expect(await pulse.isFelt())
        #expect(world.asked.withLock { $0 } == 1)
        world.time.withLock { $0 += .milliseconds(1) }
        #expect(await !pulse.isFelt())
        #expect(world.asked.withLock { $0 } == 2)
    }

    @Test("silence is not remembered: a database that is back is seen at once")
    func recovers() async {
        let world = World()
        let pulse = world.pulse()
        world.isUp.withLock { $0 = false }
        #expect(await !pulse.isFelt())
        world.isUp.withLock { $0 = true }
        #expect(await pulse.isFelt())
        #expect(world.asked.withLock { $0 } == 2)
    }

    @Test("all who ask at the same time share one question")
    func shares() async {
        let asked = Mutex(0)
        let (answers, answer) = AsyncStream<Bool>.makeStream()
        let pulse = Pulse {
            asked.withLock { $0 += 1 }
            return await answers.first { _ in true } ?? false
        }
        let results = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 { group.addTask { await pulse.isFelt() } }
            answer.yield(true)
            return await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        #expect(results == Array(repeating: true, count: 20))
        #expect(asked.withLock { $0 } == 1)
    }

    @Test("the date of an answer is written as RFC 9110 says")
    func date() {
        #expect(DateField.text(of: 784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
        let isNow = DateField().text.hasSuffix(" GMT")
        #expect(isNow)
    }
}
