import RoadsideRules
import Testing
import Toota

@Suite("Toota has a word for every status, and understands its own")
struct TootaWordsTests {
    /// Contracts 1.G, column A, typed in from the table.
    static let table: [(JobStatus, String)] = [
        (.scheduled, "pending"), (.requested, "pending"), (.matching, "pending"), (.accepted, "accepted"),
        (.enRoute, "on the way"), (.arrived, "arrived at pickup"), (.inProgress, "in_progress"),
        (.towing, "in_progress"), (.atDestination, "arrived at destination"), (.completed, "completed"),
        (.cancelled, "cancelled"), (.expired, "cancelled"), (.failed, "cancelled"),
    ]

    @Test("A26: the words of the table", arguments: table)
    func words(row: (status: JobStatus, word: String)) {
        #expect(TootaWords.status(row.status) == row.word)
        #expect(TootaWords.plainStatus(row.status) == (row.word == "in_progress" ? "in progress" : row.word))
    }

    @Test("the table names every status")
    func tableIsWhole() {
        #expect(Set(Self.table.map(\.0)) == Set(JobStatus.allCases))
    }

    @Test(
        "A3 A23: what drivers and users say, with blanks, underscores and the stray comma",
        arguments: [
            ("on the way", .enRoute), ("cancelled", .cancelled), ("canceled", .cancelled), ("picked up,", .towing),
            ("picked up", .towing), ("in progress", .inProgress), ("in_progress", .inProgress),
            ("In Progress", .inProgress), ("completed", .completed), ("arrived at pickup", .arrived),
            ("arrived_at_pickup", .arrived), ("arrived at destination", .atDestination), ("flying", nil), ("", nil),
        ] as [(String, JobStatus?)])
    func targets(row: (word: String, status: JobStatus?)) {
        #expect(TootaWords.target(row.word, hasDestination: true) == row.status)
    }

    @Test("A3: whoever has picked up and takes it nowhere is at work")
    func pickedUp() {
        #expect(TootaWords.target("picked up", hasDestination: false) == .inProgress)
    }

    @Test(
        "K14: the values of a driver's answer",
        arguments: [("accepted", true), ("accept", true), ("rejected", false), ("reject", false), ("maybe", nil)]
            as [(String, Bool?)])
    func answers(row: (word: String, isAccepted: Bool?)) {
        #expect(TootaWords.isAccepted(row.word) == row.isAccepted)
    }

    @Test(
        "K26: times as texts",
        arguments: [(0, "0 mins"), (59, "1 min"), (60, "1 min"), (61, "2 mins"), (720, "12 mins"), (-5, "0 mins")])
    func minutes(row: (seconds: Int, text: String)) {
        #expect(TootaWords.minutes(row.seconds) == row.text)
    }

    @Test(
        "K18: words of old clients name vehicles of the catalogue, others pass",
        arguments: [
            ("Bakkie", "pickup"), ("truck", "lorry"), ("motorbike", "motorcycle"), ("sedan", "saloon"), ("van", "van"),
            ("Hovercraft", "Hovercraft"),
        ])
    func vehicles(row: (word: String, code: String)) {
        #expect(TootaWords.vehicle(row.word) == row.code)
    }
}
