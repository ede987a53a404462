import Testing

@testable import Roadside

/// None of these waits runs its hour: what does not return is ended by the time limit.
@Suite("The dispatcher's bell", .timeLimit(.minutes(5)))
struct DispatchWakeupTests {
    @Test("a ring that nobody waited for is kept, once")
    func kept() async {
        let bell = Wakeup()
        bell.ring()
        bell.ring()
        await bell.wait(atMost: .seconds(3600))
        await bell.wait(atMost: .milliseconds(1))
    }

    @Test("a ring ends the wait under way")
    func rung() async {
        let bell = Wakeup()
        async let waiting: Void = bell.wait(atMost: .seconds(3600))
        bell.ring()
        await waiting
    }

    @Test("cancellation ends the wait, before it has begun as well as after")
    func cancelled() async {
        let bell = Wakeup()
        let waiting = Task { await bell.wait(atMost: .seconds(3600)) }
        waiting.cancel()
        await waiting.value
    }

    @Test("a wait whose time is over leaves the next one alone")
    func timeouts() async {
        let bell = Wakeup()
        for _ in 1...50 { await bell.wait(atMost: .microseconds(100)) }
        async let waiting: Void = bell.wait(atMost: .seconds(3600))
        bell.ring()
        await waiting
    }
}
