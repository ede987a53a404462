import BSON
import FixOnCallClient
import Foundation
import Mongo
import MongoTesting
import RoadsideTesting
import Testing

@Suite("F7: a refresh token is used once, and the repeat of a lost answer is no theft", .server, .serialized)
struct RefreshTests {
    private func refresh(_ token: String, device: String? = nil) async throws -> HTTPAnswer {
        let headers = device.map { [("X-Device-Id", $0)] } ?? []
        return try await server().http().request(
            "POST", "/api/auth/refresh", headers: headers, json: ["refresh_token": .string(token)])
    }

    @Test("200 parallel refreshes of one token give one successor, and nobody is logged out")
    func parallel() async throws {
        let person = try await server().customer()
        let live = try await Live.open(person)
        let server = try server()
        let body: JSON = ["refresh_token": .string(person.refreshToken)]
        let answers = try await withThrowingTaskGroup(of: HTTPAnswer.self) { group in
            for _ in 0..<200 { group.addTask { try await server.http().post("/api/auth/refresh", body) } }
            return try await group.reduce(into: [HTTPAnswer]()) { $0.append($1) }
        }
        let successors = Set(try answers.map { try data($0)["refresh_token"]?.string ?? "" })
        #expect(answers.count == 200 && successors.count == 1)
        _ = try await live.framesSoFar()
        _ = try data(try await person.ask("GET", "/api/auth/profile"))
        _ = try data(try await refresh(try #require(successors.first)))
    }

    @Test("the device that replaced a token is given the same successor again; another ends the session: 4403")
    func devices() async throws {
        let person = try await server().customer()
        let live = try await Live.open(person)
        let first = try data(try await refresh(person.refreshToken, device: "phone-1"))["refresh_token"]
        let again = try data(try await refresh(person.refreshToken, device: "phone-1"))["refresh_token"]
        #expect(first != nil && first == again)
        expectProblem(try await refresh(person.refreshToken, device: "phone-2"), 401, "INVALID_TOKEN")
        #expect(try await live.seqsUntilClosed().code == 4403)
        expectProblem(try await refresh(try #require(first?.string), device: "phone-1"), 401, "INVALID_TOKEN")
        expectProblem(try await person.ask("GET", "/api/auth/profile"), 401, "INVALID_TOKEN")
        #expect(try letters(to: person.email).last?["notice"] == "session_ended")
    }

    @Test("half a minute later the same repeat ends the session: 4403")
    func tooLate() async throws {
        let person = try await server().customer()
        let other = try await person.anotherToken()
        let live = try await Live.open(person)
        let next = try data(try await refresh(person.refreshToken))["refresh_token"]
        try await server().database.client.collection("sessions").updateMany(
            ["state": "rotated"], ["$set": ["rotated_at": .date(Date().addingTimeInterval(-31))]])
        expectProblem(try await refresh(person.refreshToken), 401, "INVALID_TOKEN")
        #expect(try await live.seqsUntilClosed().code == 4403)
        expectProblem(try await refresh(try #require(next?.string)), 401, "INVALID_TOKEN")
        // Signed in elsewhere he stays.
        #expect(try await person.http.get("/api/auth/profile", token: other).status == 200)
    }
}
