import Synchronization
import Testing

@testable import Roadside

@Suite("Drawing numbers")
struct NumbersTests {
    /// A counter as the database keeps it, and a clock that moves when told.
    private final class World: Sendable {
        let counter = Mutex<Int64>(0)
        let draws = Mutex<[Int64]>([])
        let time = Mutex(ContinuousClock.now)

        func numbers() -> Numbers { Numbers(now: { [self] in time.withLock { $0 } }) }

        func draw(_ count: Int64) -> Int64 {
            draws.withLock { $0.append(count) }
            return counter.withLock { counter in
                counter += count
                return counter
            }
        }
    }

    @Test("now and then: one at a time, without a gap")
    func quiet() async {
        let world = World()
        let numbers = world.numbers()
        var given: [Int64] = []
        for _ in 0..<5 {
            given.append(await numbers.next(.jobs) { world.draw($0) })
            world.time.withLock { $0 += .seconds(1) }
        }
        #expect(given == [1, 2, 3, 4, 5])
        #expect(world.counter.withLock { $0 } == 5)
    }

    @Test("all the time: more and more at once, up to a bound, and still in order")
    func busy() async {
        let world = World()
        let numbers = world.numbers()
        var given: [Int64] = []
        for _ in 0..<300 { given.append(await numbers.next(.jobs) { world.draw($0) }) }
        #expect(given == Array(1...300))
        #expect(world.draws.withLock { $0 } == [1, 2, 4, 8, 16, 32, 64, 64, 64, 64])
    }

    @Test("no number is given out twice, whoever draws at the same time, and kinds do not mix")
    func concurrent() async {
        let (first, second, numbers) = (World(), World(), World().numbers())
        let given = await withTaskGroup(of: (Int64, Int64).self) { group in
            for _ in 0..<200 {
                group.addTask {
                    let job = await numbers.next(.jobs) { count in
                        await Task.yield()
                        return first.draw(count)
                    }
                    return (job, await numbers.next(.users) { second.draw($0) })
                }
            }
            return await group.reduce(into: [(Int64, Int64)]()) { $0.append($1) }
        }
        #expect(Set(given.map(\.0)).count == 200)
        #expect(Set(given.map(\.1)).count == 200)
        // Nothing is drawn while something is left.
        let last = second.counter.withLock { $0 }
        #expect(last < 200 + 64 * 2)
    }
}
