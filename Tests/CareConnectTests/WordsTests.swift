import CareConnect
import RoadsideRules
import Testing

@Suite("CareConnect has a word for every status")
struct CareConnectWordsTests {
    /// Contracts 1.G, column C, typed in from the table.
    static let table: [(JobStatus, String)] = [
        (.scheduled, "pending"), (.requested, "pending"), (.matching, "pending"), (.accepted, "confirmed"),
        (.enRoute, "confirmed"), (.arrived, "confirmed"), (.inProgress, "in_progress"), (.towing, "in_progress"),
        (.atDestination, "in_progress"), (.completed, "completed"), (.cancelled, "cancelled"),
        (.expired, "cancelled"), (.failed, "cancelled"),
    ]

    @Test("C11: the words of the table", arguments: table)
    func words(row: (status: JobStatus, word: String)) {
        #expect(CareConnectWords.status(row.status) == row.word)
    }

    @Test("the table names every status")
    func tableIsWhole() {
        #expect(Set(Self.table.map(\.0)) == Set(JobStatus.allCases))
    }
}
