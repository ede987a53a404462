import LiveBookings
import RoadsideRules
import Testing

@Suite("LiveBookings has a word for every status")
struct LiveBookingsWordsTests {
    /// Contracts 1.G, column E, typed in from the table.
    static let table: [(JobStatus, String)] = [
        (.scheduled, "pending"), (.requested, "pending"), (.matching, "pending"), (.accepted, "accepted"),
        (.enRoute, "accepted"),
        (.arrived, "accepted"), (.inProgress, "on_trip"), (.towing, "on_trip"), (.atDestination, "on_trip"),
        (.completed, "completed"), (.cancelled, "cancelled"), (.expired, "cancelled"), (.failed, "cancelled"),
    ]

    @Test("E5: the words of the table", arguments: table)
    func words(row: (status: JobStatus, word: String)) {
        #expect(LiveBookingsWords.status(row.status) == row.word)
    }

    @Test("the table names every status")
    func tableIsWhole() {
        #expect(Set(Self.table.map(\.0)) == Set(JobStatus.allCases))
    }
}
