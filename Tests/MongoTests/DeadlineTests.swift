import Mongo
import Testing

@Suite("Deadline")
struct DeadlineTests {
    @Test("a deadline in the past has no time left, never less than none")
    func past() {
        let deadline = Deadline.after(.seconds(-5))
        #expect(deadline.hasPassed)
        #expect(deadline.remaining == .zero)
    }

    @Test("a scoped deadline is the current one of everything called within")
    func scoped() async {
        let deadline = Deadline.after(.seconds(1234))
        await Deadline.$scoped.withValue(deadline) {
            #expect(Deadline.current == deadline)
            await Task { #expect(Deadline.current == deadline) }.value
        }
        #expect(Deadline.current != deadline)
    }
}
