import BSON
import FixOnCallClient
import LiveBookings
import MongoTesting
import RoadsideTesting
import Testing

@Suite("Faults of tokens on live sockets (realtime.md 5)", .timeLimit(.minutes(5)))
struct TokenFaultTests {
    @Test("fault 10: signing out everywhere ends every socket and stream at every server, and nobody else's")
    func fault10RevokedEverywhere() async throws {
        try await TestServer.withTwo { one, two in
            let (person, other) = try await (one.customer(), one.customer())
            var (sockets, bystanders): ([SocketClient], [Live]) = ([], [])
            for server in [one, two] {
                sockets.append(try await server.socket(LiveBookings.Path.customerBookings, token: person.token))
                let live = try await Live.open(person, at: server)
                try await live.resume(0)
                // And one that has not said yet where to go on.
                sockets += [live.socket, try await Live.open(person, at: server).socket]
                bystanders.append(try await Live.open(other, at: server))
                try await bystanders.last?.resume(0)
            }
            let streams = try await (one.events(token: person.token), two.events(token: person.token))
            #expect(try await person.ask("POST", "/api/auth/logout-all").status == 200)
            for socket in sockets { #expect(try await socket.closeCode() == 4403) }
            #expect(try await streams.0.closeCode() == 4403)
            #expect(try await streams.1.closeCode() == 4403)
            for server in [one, two] {
                // The other server may remember the token for two seconds (decision 25); the socket ends all the same.
                try await eventually("the token opens nothing any more") {
                    (try? await refusal { _ = try await Live.open(person, at: server) })?.status == 401
                }
            }
            try await other.told(["still here"])
            for live in bystanders { #expect(try await live.next()["d"]?["message"] == "still here") }
        }
    }
}
