import BSON
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

@Suite("What is committed is never denied")
struct CommittedAnswerTests {
    @Test("a job that cannot be shown in time any more: the outcome is unknown, not undone")
    func unreadInTime() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let job = try await world.open(by: customer)
            let record = try await world.jobs.reader.record(.id(job.id), for: customer)
            let passed = Deadline.after(.zero)

            let committed = await #expect(throws: RoadsideError.self) {
                try await Deadline.$scoped.withValue(passed) {
                    try await world.jobs.reader.committed(record, for: customer)
                }
            }
            #expect(committed?.code == .outcomeUnknown)
            let read = await #expect(throws: RoadsideError.self) {
                try await Deadline.$scoped.withValue(passed) {
                    try await world.jobs.reader.job(record, for: customer)
                }
            }
            #expect(read?.code == .databaseUnavailable)
        }
    }
}
