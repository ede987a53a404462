import Depannini
import RoadsideRules
import Testing

@Suite("Depannini has a word for every status and role")
struct DepanniniWordsTests {
    /// Contracts 1.G, column B, typed in from the table.
    static let table: [(JobStatus, String)] = [
        (.scheduled, "requested"), (.requested, "requested"), (.matching, "requested"), (.accepted, "accepted"),
        (.enRoute, "accepted"), (.arrived, "ongoing"), (.inProgress, "ongoing"), (.towing, "ongoing"),
        (.atDestination, "ongoing"), (.completed, "completed"), (.cancelled, "canceled"), (.expired, "canceled"),
        (.failed, "canceled"),
    ]

    @Test("B31 K5: the words of the table", arguments: table)
    func words(row: (status: JobStatus, word: String)) {
        #expect(DepanniniWords.status(row.status) == row.word)
    }

    @Test("the table names every status")
    func tableIsWhole() {
        #expect(Set(Self.table.map(\.0)) == Set(JobStatus.allCases))
    }

    @Test("K1: client and assistant are customer and provider")
    func roles() {
        #expect(DepanniniWords.userType(.customer) == "client" && DepanniniWords.userType(.provider) == "assistant")
    }
}
