import BSON
import FixOnCallClient
import FixOnCallServer
import Foundation
import RoadsideTesting
import Testing

@testable import Roadside

@Suite("A flood of passwords")
struct FullQueueTests {
    @Test("with no place left every login is 503 with Retry-After, known or not, and everything else goes on")
    func full() async throws {
        try await TestServer.with({
            $0.accounts.passwordThreads = 1
            $0.accounts.passwordQueue = 0
        }) { server in
            let person = try await server.customer()
            let (release, occupied) = (DispatchSemaphore(value: 0), AsyncStream<Void>.makeStream())
            async let blocker: Void = server.roadside.accounts.passwords.threads.run {
                occupied.continuation.yield()
                release.wait()
            }
            for await _ in occupied.stream { break }
            var answers: [HTTPAnswer] = []
            for email in [person.email, "nobody@example.com"] {
                answers.append(
                    try await server.http().post(
                        "/api/auth/login", ["email": .string(email), "password": .string(person.password)]))
            }
            let profile = try await person.ask("GET", "/api/auth/profile")
            release.signal()
            try await blocker
            for answer in answers {
                expectProblem(answer, 503, "OVERLOADED")
                #expect(answer.headers["Retry-After"] == "2")
            }
            _ = try data(profile)
            let login = try await server.http().post(
                "/api/auth/login", ["email": .string(person.email), "password": .string(person.password)])
            _ = try data(login)
        }
    }
}
