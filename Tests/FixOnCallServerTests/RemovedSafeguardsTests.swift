import Roadside
import Testing

@testable import FixOnCallServer

@Suite("Safeguards are removed for the race check alone")
struct RemovedSafeguardsTests {
    private static let variables = ["MUTATE": "status_filter,reread,nonsense"]

    @Test("a test server obeys the words it knows")
    func heardInTests() {
        let removed = RemovedSafeguards.read(in: .test, from: Self.variables)
        #expect(removed == [.statusFilter, .reread])
    }

    @Test("no other server does", arguments: [ServerEnvironment.development, .production])
    func ignoredElsewhere(environment: ServerEnvironment) {
        #expect(RemovedSafeguards.read(in: environment, from: Self.variables).isEmpty)
    }

    @Test("without the variable nothing is removed")
    func unset() {
        #expect(RemovedSafeguards.read(in: .test, from: [:]).isEmpty)
    }
}
