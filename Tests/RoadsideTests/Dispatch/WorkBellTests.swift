import Testing

@testable import Roadside

/// None of these waits is without end: what does not return is ended by the time limit.
@Suite("A bell with several listeners", .timeLimit(.minutes(5)))
struct WorkBellTests {
    @Test("a ring that nobody waits for is kept, and no more of them than there is use for")
    func kept() async {
        let bell = WorkBell()
        for _ in 1...100 { bell.ring() }
        for _ in 1...8 { await bell.wait(atMost: nil) }
        // The ninth would wait for ever: it is the limit that ends it.
        await bell.wait(atMost: .milliseconds(1))
    }

    @Test("each ring is for one listener, whoever came first to it or last")
    func one() async {
        let bell = WorkBell()
        await withTaskGroup(of: Void.self) { group in
            for _ in 1...3 { group.addTask { await bell.wait(atMost: nil) } }
            for _ in 1...3 {
                bell.ring()
                await group.next()
            }
        }
    }

    @Test("a cancelled listener returns, before and while it waits")
    func cancelled() async {
        let bell = WorkBell()
        let waiting = Task { await bell.wait(atMost: nil) }
        waiting.cancel()
        await waiting.value
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            await bell.wait(atMost: nil)
        }
        await late.value
    }
}
