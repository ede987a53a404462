import BSON
import FixOnCallClient
import Foundation
import Mongo
import MongoTesting
import RoadsideTesting
import Testing

@Suite("What was carried out is not carried out again by another process")
struct IdempotentRestartTests {
    private static let opening: JSON = [
        "service_type": "breakdown", "description": "It does not start",
        "location": ["latitude": -1.2921, "longitude": 36.8219, "address": "Kenyatta Avenue"],
    ]

    @Test(
        "fault 11: killed between commit and answer: the same request under the same key is told so, and shown to the service"
    )
    func killedBeforeAnswer() async throws {
        let database = try await TestDatabase.fresh()
        let program = try await ServerProcess.start(on: database, crashAt: "before_answer")
        let customer = try await Stage(port: program.port).register("customer")
        let headers = [("Authorization", "Bearer \(customer)"), ("Idempotency-Key", "tow-me")]
        func ask() async throws -> HTTPAnswer {
            try await HTTPClient(host: "127.0.0.1", port: program.port).request(
                "POST", "/api/services/request", headers: headers, json: Self.opening)
        }
        await #expect(throws: (any Error).self) { _ = try await ask() }
        try await program.ended()
        let (jobs, keys) = (database.client.collection("services"), database.client.collection("idempotency_keys"))
        #expect(try await jobs.count() == 1)

        let again = try await ServerProcess.start(on: database, port: program.port)
        // The dead one might still be alive, for all that anybody knows.
        let waiting = try await ask()
        #expect(waiting.status == 409 && waiting.json?["code"] == "IDEMPOTENCY_IN_PROGRESS")
        #expect(waiting.headers["Retry-After"] == "1")
        try await keys.updateMany([:], ["$set": ["lease_until": .date(Date(timeIntervalSinceNow: -1))]])
        for _ in 1...3 {
            let lost = try await ask()
            #expect(lost.status == 409 && lost.json?["code"] == "IDEMPOTENCY_ANSWER_LOST")
            let location = try #require(lost.headers["Location"])
            let found = try await HTTPClient(host: "127.0.0.1", port: program.port).get(location, token: customer)
            let job: ObjectID? = try await jobs.findOne()?.get("_id")
            #expect(found.status == 200 && found.json?["data"]?["service"]?["id"]?.string == job?.hex)
        }
        #expect(try await jobs.count() == 1)
        again.signal(SIGTERM)
        try await again.ended()
        await database.drop()
    }

    @Test("fault 11: killed before the commit: the same request under the same key is carried out, once")
    func killedBeforeCommit() async throws {
        try await TestServer.with { server in
            let customer = try await server.customer()
            let headers = [("Authorization", "Bearer \(customer.token)"), ("Idempotency-Key", "tow-me")]
            func ask() async throws -> HTTPAnswer {
                try await server.http().request(
                    "POST", "/api/services/request", headers: headers, json: Self.opening)
            }
            // What such a process leaves: a claim without a commit, which its lease outlives.
            let first = try await ask()
            #expect(first.status == 201)
            let keys = server.database.client.collection("idempotency_keys")
            try await keys.updateMany(
                [:],
                [
                    "$set": ["state": "claimed", "lease_until": .date(Date(timeIntervalSinceNow: -1))],
                    "$unset": ["answer": "", "job_id": ""],
                ])
            try await server.database.client.collection("services").deleteMany([:])
            let answers = try await withThrowingTaskGroup(of: HTTPAnswer.self) { group in
                for _ in 1...20 { group.addTask { try await ask() } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let fresh = answers.filter { $0.status == 201 && $0.headers["Idempotent-Replayed"] == nil }
            #expect(fresh.count == 1, "\(answers.map(\.status))")
            #expect(try await server.database.client.collection("services").count() == 1)
        }
    }
}
