import BSON
import FixOnCallClient
import FixOnCallServer
import LiveBookings
import MongoTesting
import RoadsideTesting
import Testing

@Suite("Handshakes that are too many (realtime.md 3.8)", .serialized, .timeLimit(.minutes(5)))
struct HandshakeFaultTests {
    @Test("503: of a storm some come in and the rest is told when to come again, and does come in then")
    func storm() async throws {
        try await TestServer.with({ $0.sockets.handshakesPerSecond = 1 }) { server in
            let person = try await server.customer()
            let refused = try await withThrowingTaskGroup(of: SocketRefused?.self) { group in
                for _ in 1...20 {
                    group.addTask {
                        do {
                            _ = try await Live.open(person)
                            return nil
                        } catch let refused as SocketRefused {
                            return refused
                        }
                    }
                }
                return try await group.reduce(into: [SocketRefused?]()) { $0.append($1) }
            }
            let told = try #require(refused.compactMap(\.self).first, "all came in")
            #expect(refused.compactMap(\.self).count < 20, "nobody came in")
            #expect(told.status == 503)
            #expect(told.headers["Retry-After"] == "5")
            let problem = try JSON.parse(told.body)
            #expect(problem["code"] == "OVERLOADED" && problem["status"] == 503)
            // Requests are no handshakes.
            #expect(try await person.ask("GET", "/api/auth/profile").status == 200)
            try await eventually("who comes again comes in") { (try? await Live.open(person)) != nil }
        }
    }

    @Test("429: an address whose handshakes keep failing is asked nothing more for a while, good tokens or not")
    func failures() async throws {
        try await TestServer.with({ $0.sockets.failuresPerSecond = 1 }) { server in
            let person = try await server.customer()
            // Should a second pass between the last failure and the good token, he is asked after all.
            var good: SocketRefused?
            for _ in 1...5 where good == nil {
                try await Self.fail(at: server)
                good = try? await refusal { _ = try await Live.open(person) }
            }
            #expect(good?.status == 429)
            #expect(good?.headers["Retry-After"] == "5")
            #expect(try await person.ask("GET", "/api/auth/profile").status == 200)
            try await eventually("later he is asked again") { (try? await Live.open(person)) != nil }
        }
    }

    /// Comes with a bad token until nobody looks at it any more.
    private static func fail(at server: TestServer) async throws {
        for _ in 1...60 {
            let refused = try await refusal {
                _ = try await server.socket(LiveBookings.Path.customerBookings, token: "nonsense")
            }
            if refused.status == 429 {
                let body = String(decoding: refused.body, as: UTF8.self)
                #expect(body == #"{"success":false,"message":"Too many failed attempts."}"#)
                return
            }
            try #require(refused.status == 401)
        }
        Issue.record("sixty bad tokens were looked at")
    }
}
