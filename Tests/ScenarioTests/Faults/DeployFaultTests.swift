import BSON
import FixOnCallClient
import LiveBookings
import MongoTesting
import RoadsideTesting
import Testing

@Suite("Faults of a deploy (realtime.md 5)", .timeLimit(.minutes(5)))
struct DeployFaultTests {
    @Test(
        "fault 19: a server that goes tells everybody 1012 and when to come back; who goes on elsewhere loses nothing")
    func fault19Drain() async throws {
        try await TestServer.withTwo { one, two in
            var people: [(person: Person, live: Live, bare: SocketClient)] = []
            for _ in 1...8 {
                let person = try await two.customer()
                let live = try await Live.open(person, at: one)
                try await live.resume(0)
                let bare = try await one.socket(LiveBookings.Path.customerBookings, token: person.token)
                people.append((person, live, bare))
            }
            let before = people.map { ($0.person, $0.live) }
            // Rows are written at the other server all the while.
            async let resumed = withThrowingTaskGroup(of: [Int64].self) { group in
                for (person, live) in before {
                    group.addTask {
                        async let writing: Void = person.told((1...30).map { "\($0)" })
                        let (seqs, code, reason) = try await live.seqsUntilClosed()
                        #expect(code == 1012)
                        #expect(reason.contains("retry="))
                        let again = try await Live.open(person, at: two)
                        try await again.resume(seqs.last ?? 0)
                        try await writing
                        return try await seqs.last == 30 ? seqs : seqs + again.seqs(through: 30)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let first = people[0].person
            try await eventually("some are written") { try await first.rows(where: ["kind": "message"]) >= 5 }
            await one.halt()
            for seqs in try await resumed { #expect(seqs == Array(1...30)) }
            for (person, _, bare) in people {
                #expect(try await bare.closeCode() == 1012)
                let again = try await two.socket(LiveBookings.Path.customerBookings, token: person.token)
                let number = try await person.request()["number"]
                #expect(try await again.nextJSON()["booking_id"] == number)
            }
        }
    }
}
