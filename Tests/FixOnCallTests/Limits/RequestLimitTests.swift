import BSON
import FixOnCallClient
import FixOnCallServer
import RoadsideTesting
import Testing

@testable import FixOnCall

@Suite("How often one may ask, and what is refused first")
struct RequestLimitTests {
    @Test("an account's requests are counted, those that read apart from the others; answers say what is left")
    func counted() async throws {
        try await TestServer.with({
            $0.limits.readsPerMinute = 4
            $0.limits.writesPerMinute = 2
        }) { server in
            let (person, other) = (try await server.customer(), try await server.customer())
            let first = try await person.ask("GET", "/api/auth/profile")
            _ = try data(first)
            #expect(first.headers["RateLimit-Limit"] == "4" && first.headers["RateLimit-Remaining"] == "3")
            let spent = try await untilSpent { try await person.ask("GET", "/api/auth/profile") }
            expectProblem(spent, 429, "RATE_LIMITED")
            #expect(spent.headers["RateLimit-Remaining"] == "0")
            let (wait, reset) = (number(spent, "Retry-After"), number(spent, "RateLimit-Reset"))
            #expect((1...15).contains(wait) && (wait...60).contains(reset))
            // A wrong request is a request, too; another kind and another account have nothing to do with it.
            let change = try await person.ask("PUT", "/api/auth/profile", ["name": 5])
            expectProblem(change, 422)
            #expect(change.headers["RateLimit-Remaining"] == "1")
            let refused = try await untilSpent { try await person.ask("PUT", "/api/auth/profile", ["name": 5]) }
            expectProblem(refused, 429, "RATE_LIMITED")
            _ = try data(try await other.ask("GET", "/api/auth/profile"))
            let token = try await person.anotherToken()
            let again = try await person.http.get("/api/auth/profile", token: token)
            // Whatever has come back meanwhile: a count of its own would have three left.
            #expect(again.status == 429 || again.headers["RateLimit-Remaining"] == "0")
            // Help is called for whatever is left.
            let help = try await person.ask("POST", "/api/emergency", ["message": "Help"])
            #expect((200...201).contains(help.status))
        }
    }

    /// Asks until it is too often.
    private func untilSpent(_ ask: () async throws -> HTTPAnswer) async throws -> HTTPAnswer {
        for _ in 1..<200 {
            let answer = try await ask()
            if answer.status == 429 { return answer }
        }
        return try await ask()
    }

    private func number(_ answer: HTTPAnswer, _ header: String) -> Int {
        answer.headers[header].flatMap { Int($0) } ?? -1
    }

    @Test("who is not signed in is not counted, and nothing is said of it")
    func everybody() async throws {
        try await TestServer.with({ $0.limits.readsPerMinute = 1 }) { server in
            for _ in 1...3 {
                let answer = try await server.http().get("/api/fuel/prices")
                #expect(answer.status == 200 && answer.headers["RateLimit-Limit"] == nil)
            }
        }
    }

    @Test("T2: who looks for mechanics too often has to wait, whatever and however he asks; all else goes on")
    func searches() async throws {
        try await TestServer.with({ $0.limits.searchesPerAccount = 2 }) { server in
            let (one, other) = (try await server.customer(), try await server.customer())
            func look(_ person: Person, _ latitude: Double) async throws -> HTTPAnswer {
                try await person.ask("GET", "/api/mechanics/nearby?latitude=\(latitude)&longitude=36.8219")
            }
            for _ in 1...2 { _ = try data(try await look(one, -1.29)) }
            let answer = try await look(one, -1.35)
            expectProblem(answer, 429, "RATE_LIMITED")
            #expect(number(answer, "Retry-After") > 0)
            // The same people are shown in other dialects' lists.
            for path in [
                "/api/assistants/?lat=-1.29&lng=36.8219", "/trip/find-driver/?latitude=-1.29&longitude=36.8219",
            ] {
                #expect(try await one.ask("GET", path).status == 429, "\(path)")
            }
            _ = try data(try await look(other, -1.29))
            _ = try data(try await one.ask("GET", "/api/auth/profile"))
        }
    }

    @Test("with no room left lists are refused first, then what is usual; a job goes on, and health is told always")
    func shedding() async throws {
        try await TestServer.with { server in
            let person = try await server.customer()
            let job = try await person.request()["id"]?.string ?? ""
            // One place: none for a list or what is usual, and one for what is urgent.
            let full = try await TestServer.start(on: server.database) { $0.limits.inFlight = 1 }
            let http = full.http()
            func ask(_ method: String, _ path: String) async throws -> HTTPAnswer {
                try await http.request(method, path, headers: [("Authorization", "Bearer \(person.token)")])
            }
            for path in ["/api/services/history", "/api/auth/profile", "/api/nowhere"] {
                let answer = try await ask("GET", path)
                expectProblem(answer, 503, "OVERLOADED", path)
                #expect(answer.headers["Retry-After"] == "2")
            }
            _ = try data(try await ask("GET", "/api/health"))
            // One after the other: each gives its place back.
            for _ in 1...2 { expectProblem(try await ask("POST", "/api/services/nonsense/cancel"), 404) }
            _ = try data(try await ask("POST", "/api/services/\(job)/cancel"))
            await full.halt()
        }
    }

    @Test("every route whose importance is named exists")
    func names() async throws {
        let table = try await FixOnCallApplication.routerWithoutDatabase(settings: Settings()).table
        let words = Set(table.split(whereSeparator: \.isWhitespace).map(String.init))
        let strangers = FixOnCall.importances.keys.filter { !words.contains($0) }
        #expect(strangers.isEmpty, "\(strangers)")
    }
}
