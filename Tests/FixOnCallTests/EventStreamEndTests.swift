import BSON
import FixOnCallClient
import FixOnCallServer
import MongoTesting
import RoadsideTesting
import Testing

@Suite("GET /api/events: how a stream lives and ends", .serialized)
struct EventStreamEndTests {
    @Test("a stream on which nothing happens is kept open by comments")
    func comments() async throws {
        try await TestServer.with({ $0.sockets.commentSeconds = 1 }) { server in
            let person = try await server.customer()
            let stream = try await person.events()
            _ = try await stream.next()
            for _ in 0..<2 { #expect(try await stream.next() == .comment("")) }
            try await person.tell(["between"])
            #expect(try await stream.nextEvent().seq == 1)
        }
    }

    @Test("fault 10: a stream ends with its token, and says so")
    func expiry() async throws {
        try await TestServer.with { server in
            let person = try await server.customer()
            let short = try await server.token(for: person, lasting: 2)
            let stream = try await server.events(token: short)
            #expect(try await stream.closeCode() == 4401)
        }
    }

    @Test("fault 10: a stream ends with its session, and says so; that of another device goes on")
    func logout() async throws {
        try await TestServer.with { server in
            let person = try await server.customer()
            let login = try await server.http().post(
                "/api/auth/login", ["email": .string(person.email), "password": .string(person.password)])
            let other = try #require(login.json?["data"]?["access_token"]?.string)
            let (here, there) = (try await person.events(), try await server.events(token: other))
            let body: JSON = ["refresh_token": .string(person.refreshToken)]
            #expect(try await person.ask("POST", "/api/auth/logout", body).status == 200)
            #expect(try await here.closeCode() == 4403)
            try await person.tell(["for the other"])
            let next = try await there.nextEvent()
            #expect(next.json["d"]?["message"] == "for the other")
        }
    }

    @Test("fault 10: signing out everywhere ends every stream and poll, and none that begins afterwards")
    func logoutAll() async throws {
        try await TestServer.with { server in
            let person = try await server.customer()
            try await person.tell(["before"])
            let stream = try await person.events()
            #expect(try await stream.nextEvent().seq == 1)
            async let poll = server.http().get("/api/events?since=1&wait=25", token: person.token)
            #expect(try await person.ask("POST", "/api/auth/logout-all").status == 200)
            #expect(try await stream.closeCode() == 4403)
            #expect(try await poll.status == 401)

            let login = try await server.http().post(
                "/api/auth/login", ["email": .string(person.email), "password": .string(person.password)])
            let token = try #require(login.json?["data"]?["access_token"]?.string)
            try await person.tell(["after"])
            // The row of the revocation lies between the two.
            let fresh = try await server.events(token: token)
            #expect(try await fresh.nextEvents(2).compactMap(\.seq) == [1, 3])
            let resumed = try await server.events(token: token, lastEventID: 1)
            #expect(try await resumed.nextEvent().seq == 3)
            try await person.tell(["live"])
            for open in [fresh, resumed] { #expect(try await open.nextEvent().seq == 4) }
        }
    }

    @Test("fault 19: a server that stops ends streams and polls at once, those of clients that do not read as well")
    func stop() async throws {
        let server = try await TestServer.start()
        let (person, slow) = (try await server.customer(), try await server.customer())
        let stream = try await person.events()
        _ = try await stream.next()
        let stuck = try await slow.events()
        _ = try await stuck.next()
        try await stuck.stopReading()
        let page = String(repeating: "x", count: 100_000)
        for _ in 0..<5 { try await slow.tell(Array(repeating: page, count: 40)) }
        async let poll = server.http().get("/api/events?wait=25", token: person.token)
        async let stopped: Void = server.halt()
        #expect(try await stream.closeCode() == 1012)
        await stopped
        // It had reached the server, or found it gone: either way it does not wait for its time.
        let answer = try? await poll
        if let answer { #expect(answer.json?["data"]?["events"]?.array?.isEmpty == true) }
        await server.database.drop()
    }
}
