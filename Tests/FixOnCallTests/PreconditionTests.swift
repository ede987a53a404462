import BSON
import FixOnCallClient
import RoadsideRules
import RoadsideTesting
import Testing

extension Parties {
    /// One of them asks under a condition.
    fileprivate func ask(
        _ person: Person, _ method: String, _ path: String, _ header: (String, String), _ json: JSON? = nil
    ) async throws -> HTTPAnswer {
        try await person.server.http().request(
            method, path, headers: [("Authorization", "Bearer \(person.token)"), header], json: json)
    }
}

@Suite("§4.8.4: ETag, If-Match and If-None-Match", .server, .serialized)
struct PreconditionTests {
    @Test("every answer that shows one service or booking carries its version as ETag")
    func tags() async throws {
        let scene = try await Parties()
        let booking = try await scene.customer.ask(
            "POST", "/api/bookings/create", ["service_id": .string(scene.id), "notes": "Blue gate"])
        let bookingID = try #require(try data(booking, 201)["booking"]?["id"]?.string)
        let answers = [
            booking,
            try await scene.customer.ask("GET", scene.path),
            try await scene.customer.ask("GET", "/api/bookings/\(bookingID)"),
            try await scene.customer.ask("PUT", "/api/bookings/\(bookingID)", ["notes": "Green gate"]),
            try await scene.mechanic.ask("POST", scene.path + "/accept"),
            try await scene.mechanic.ask("PUT", scene.path + "/status", ["status": "en_route"]),
            try await scene.mechanic.ask("PUT", scene.path + "/status", ["status": "in_progress"]),
            try await scene.mechanic.ask("POST", "/api/bookings/\(bookingID)/complete"),
        ]
        for answer in answers {
            let shown = answer.json?["data"]?["service"] ?? answer.json?["data"]?["booking"]
            let version = try #require(shown?["version"]?.int, "\(answer.text)")
            #expect(answer.headers.all("ETag") == ["\"\(version)\""], "\(answer.text)")
        }
        let versions = answers.map { $0.headers["ETag"] }
        #expect(versions == ["\"2\"", "\"2\"", "\"2\"", "\"3\"", "\"4\"", "\"5\"", "\"6\"", "\"7\""])
    }

    @Test("a command for a version that is over is 412 with the version as it is; for the present one it goes through")
    func stale() async throws {
        let scene = try await Parties()
        let accepted = try await scene.ask(scene.mechanic, "POST", scene.path + "/accept", ("If-Match", "\"1\""))
        #expect(try data(accepted)["service"]?["status"] == "accepted" && accepted.headers["ETag"] == "\"2\"")
        let commands: [(Person, String, String, JSON?)] = [
            (scene.customer, "POST", "/api/services/\(scene.id)/cancel", ["reason": "Friend came"]),
            (scene.customer, "POST", "/api/bookings/\(scene.id)/cancel", nil),
            (scene.customer, "PUT", "/api/bookings/\(scene.id)", ["notes": "Gate"]),
            (scene.customer, "POST", scene.path + "/assign", ["mechanic_id": .string(scene.mechanic.id)]),
            (scene.mechanic, "POST", scene.path + "/accept", nil),
            (scene.mechanic, "POST", "/api/bookings/\(scene.id)/accept", nil),
            (scene.mechanic, "POST", scene.path + "/decline", nil),
            (scene.mechanic, "PUT", scene.path + "/status", ["status": "en_route"]),
            (scene.mechanic, "POST", scene.path + "/start", ["otp": "123456"]),
            (scene.mechanic, "POST", "/api/bookings/\(scene.id)/start", ["otp": "123456"]),
            (scene.mechanic, "POST", scene.path + "/complete", nil),
            (scene.mechanic, "POST", "/api/bookings/\(scene.id)/complete", nil),
        ]
        for (person, method, path, body) in commands {
            let answer = try await scene.ask(person, method, path, ("If-Match", "\"1\""), body)
            expectProblem(answer, 412, "PRECONDITION_FAILED", "\(method) \(path)")
            #expect(answer.headers["ETag"] == "\"2\"" && answer.json?["version"] == 2, "\(method) \(path)")
        }
        // A weak tag fits no If-Match, and a tag that was never ours fits nothing.
        for tags in ["W/\"2\"", "\"two\"", "\"02\"", "\"1\", \"3\""] {
            let answer = try await scene.ask(
                scene.mechanic, "PUT", scene.path + "/status", ("If-Match", tags), ["status": "en_route"])
            expectProblem(answer, 412, "PRECONDITION_FAILED", tags)
        }
        for (tags, status) in [("\"1\", \"2\"", "en_route"), ("*", "arrived"), (" , \"4\" ,, \"a,b\"", "in_progress")] {
            let answer = try await scene.ask(
                scene.mechanic, "PUT", scene.path + "/status", ("If-Match", tags), ["status": .string(status)])
            #expect(try data(answer)["service"]?["stage"]?.string == status, "\(tags)")
        }
    }

    @Test("what is no list of entity tags is 400, and nothing happens")
    func malformed() async throws {
        let scene = try await Parties()
        for tags in ["2", "\"2", "2\"", "", ",", "* , \"2\"", "\"1\" \"2\"", "W\"2\"", "w/\"2\"", "\"a b\""] {
            let answer = try await scene.ask(scene.customer, "POST", scene.path + "/cancel", ("If-Match", tags))
            expectProblem(answer, 400, "MALFORMED_REQUEST", tags)
        }
        let seen = try data(try await scene.customer.ask("GET", scene.path))
        #expect(seen["service"]?["version"] == 1)
    }

    @Test("twenty commands with one ETag: one is carried out, each other is told that it came too late")
    func race() async throws {
        for _ in 1...5 {
            let scene = try await Parties()
            _ = try data(try await scene.mechanic.ask("POST", scene.path + "/accept"))
            let answers = try await withThrowingTaskGroup(of: HTTPAnswer.self) { group in
                for index in 1...20 {
                    group.addTask {
                        index.isMultiple(of: 2)
                            ? try await scene.ask(
                                scene.customer, "POST", scene.path + "/cancel", ("If-Match", "\"2\""))
                            : try await scene.ask(
                                scene.mechanic, "PUT", scene.path + "/status", ("If-Match", "\"2\""),
                                ["status": "en_route"])
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.filter { $0.status == 200 }.count == 1, "\(answers.map(\.status))")
            #expect(answers.allSatisfy { [200, 409, 412].contains($0.status) }, "\(answers.map(\.status))")
            let seen = try data(try await scene.customer.ask("GET", scene.path))
            #expect(seen["service"]?["version"] == 3)
        }
    }

    @Test("who has the version already is spared it, but never a mechanic's new position")
    func notModified() async throws {
        let scene = try await Parties()
        let first = try await scene.customer.ask("GET", scene.path)
        let tag = try #require(first.headers["ETag"])
        for condition in [tag, "W/" + tag, "\"9\", " + tag, "*"] {
            let again = try await scene.ask(scene.customer, "GET", scene.path, ("If-None-Match", condition))
            #expect(again.status == 304 && again.body.isEmpty && again.headers["ETag"] == tag, "\(condition)")
        }
        let other = try await scene.ask(scene.customer, "GET", scene.path, ("If-None-Match", "\"9\""))
        #expect(try data(other)["service"]?["version"] == 1)
        expectProblem(
            try await scene.ask(scene.customer, "GET", scene.path, ("If-None-Match", "one")), 400, "MALFORMED_REQUEST")
        // A version is no secret's neighbour: for whom there is no such service, there is no such version.
        let stranger = try await server().customer()
        expectProblem(try await scene.ask(stranger, "GET", scene.path, ("If-None-Match", "*")), 404, "NOT_FOUND")

        let accepted = try await scene.mechanic.ask("POST", scene.path + "/accept")
        let taken = try #require(accepted.headers["ETag"])
        for person in [scene.customer, scene.mechanic] {
            let seen = try await scene.ask(person, "GET", scene.path, ("If-None-Match", taken))
            #expect(seen.status == 200 && seen.headers["ETag"] == taken)
        }
    }
}
