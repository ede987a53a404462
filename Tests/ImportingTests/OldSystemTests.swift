import Importing
import Testing

@Suite("The five systems")
struct OldSystemTests {
    @Test("each has the name the command takes")
    func names() {
        #expect(
            OldSystem.allCases.map(\.rawValue) == [
                "fix-on-call", "depannini", "toota", "careconnect", "live-bookings",
            ])
    }
}
