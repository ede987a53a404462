import BSON
import FixOnCallClient
import FixOnCallServer
import Mongo
import MongoTesting
import RoadsideTesting
import Testing

@Suite("Depannini: an assistance from the call to the end")
struct AssistanceTests {
    private func id(_ requested: JSON) throws -> Int64 { try #require(requested["assistance"]?["id"]?.int) }

    private func accept(_ id: Int64, by assistant: Player) async throws -> HTTPAnswer {
        try await assistant.ask("PATCH", "/api/assistance/accept/\(id)/")
    }

    @Test("B18 B19 K17 K22: a request with a drop-off is a tow, priced by the server; its answer is as printed")
    func request() async throws {
        try await TestServer.with { server in
            let (client, assistant) = (try await server.client(), try await server.assistant())
            let answer = try await client.request()
            try Golden("requested").expectShape(of: answer)
            let assistance = try #require(answer["assistance"])
            #expect(assistance["client"]?["id"]?.int == client.id && assistance["status"] == "requested")
            #expect(assistance["service_type"] == "towing" && assistance["distance_km"]?.double == 12.8)
            #expect(answer["nearby_assistants"]?[0]?["assistant_id"]?.int == assistant.id)
            #expect((assistance["total_price"]?.double ?? 0) >= 1500)
            let stored = try await server.database.client.collection("services").findOne([:])
            #expect(stored?.get("channel") == "depannini" && stored?.get("service_type") == "towing")
        }
    }

    @Test("B18: the same request under one Idempotency-Key is one assistance")
    func idempotency() async throws {
        try await TestServer.with { server in
            let client = try await server.client()
            let headers = [("Authorization", "Bearer \(client.token)"), ("Idempotency-Key", ObjectID().hex)]
            let body: JSON = ["pickup": ["lat": -1.2921, "lng": 36.8219]]
            var ids: [Int64?] = []
            for _ in 1...2 {
                let answer = try await client.http.request(
                    "POST", "/api/assistance/request/", headers: headers, json: body)
                #expect(answer.status == 201, "\(answer.text)")
                ids.append(answer.json?["assistance"]?["id"]?.int)
            }
            #expect(ids[0] == ids[1] && ids[0] != nil)
            let other = try await client.http.request(
                "POST", "/api/assistance/request/", headers: headers, json: ["pickup": ["lat": -1.3, "lng": 36.8]])
            expectComplaint(other, 409, "IDEMPOTENCY_KEY_REUSED")
        }
    }

    @Test("B18 K46: a client has one open assistance; a second is 409 with the number of the first")
    func singleOpen() async throws {
        try await TestServer.with { server in
            let client = try await server.client()
            let first = try id(try await client.request())
            let body: JSON = ["pickup": ["lat": -1.2921, "lng": 36.8219]]
            let second = try await client.ask("POST", "/api/assistance/request/", body)
            expectComplaint(second, 409, "OPEN_JOB_EXISTS")
            #expect(second.json?["open_id"]?.int == first)
            #expect(try await client.update(first, "canceled").status == 202)
            #expect(try await client.ask("POST", "/api/assistance/request/", body).status == 201)
        }
    }

    @Test("B18 K20 K21 K23: it is kept as the dialect settles it: near by, one at a time, started without a code")
    func policy() async throws {
        try await TestServer.with({ $0.jobs.startOTP = "required" }) { server in
            let (client, assistant) = (try await server.client(), try await server.assistant())
            let far = try await server.assistant("Far")
            // 17 km to the north: beyond the 15 that this dialect searches, within his own radius.
            _ = try await far.ask("POST", "/api/profile/update-location/", ["latitude": -1.139, "longitude": 36.8219])
            let requested = try await client.request()
            #expect(requested["nearby_assistants"]?.array?.compactMap { $0["assistant_id"]?.int } == [assistant.id])
            let id = try id(requested)
            _ = try await accept(id, by: assistant)
            #expect(try await assistant.update(id, "ongoing").status == 202)
        }
    }

    @Test("B18: without a drop-off it is a repair; what is no place is refused, each by its name")
    func repair() async throws {
        try await TestServer.with { server in
            let client = try await server.client()
            let bad: [(JSON, Set<String>)] = [
                ([:], ["pickup"]), (["pickup": ["lat": 91, "lng": 0]], ["pickup.lat"]), (["pickup": 7], ["pickup"]),
                (["pickup": ["lat": 1, "lng": 1], "dropoff": ["lat": 1]], ["dropoff.lng"]),
                (["pickup": ["lat": 1, "lng": 1], "dropoff": ["lat": 1, "lng": 1]], ["dropoff"]),
            ]
            for (body, fields) in bad {
                expectComplaint(
                    try await client.ask("POST", "/api/assistance/request/", body), 400, "VALIDATION_ERROR",
                    fields: fields, body.text)
            }
            let assistance = try await client.request(dropoff: false)["assistance"]
            #expect(assistance?["service_type"] == "repair" && assistance?["dropoffLocation"]?.isNull == true)
            #expect(assistance?["distance_km"]?.double == 0)
        }
    }

    @Test("B20 B21 B31 K6: each sees his own, under any form of its id; to others it is as if it were not")
    func views() async throws {
        try await TestServer.with { server in
            let (client, assistant) = (try await server.client(), try await server.assistant())
            let (other, repairer) = (
                try await server.client(), try await server.assistant("Other", service: "repair")
            )
            let id = try id(try await client.request())
            let document = try #require(try await server.database.client.collection("services").findOne([:]))
            let hex = try #require(document.get("_id", as: ObjectID.self)).hex
            for path in ["\(id)", hex] {
                let seen = try await client.ask("GET", "/api/assistance/view/\(path)/")
                #expect(seen.status == 200 && seen.json?["id"]?.int == id, "\(path)")
            }
            for stranger in [other, repairer] {
                expectComplaint(try await stranger.ask("GET", "/api/assistance/view/\(id)/"), 404, "NOT_FOUND")
                #expect(try await stranger.ask("GET", "/api/assistance/view/").json == [])
            }
            for path in ["999999", "nonsense", "0"] {
                expectComplaint(try await client.ask("GET", "/api/assistance/view/\(path)/"), 404, "NOT_FOUND")
            }
            #expect(try await client.ask("GET", "/api/assistance/view/").json?[0]?["id"]?.int == id)
            // What he may accept, with the number of the client masked; what he has, in full.
            try await eventually("the assistant is asked") {
                try await assistant.ask("GET", "/api/assistance/view/").json?[0]?["id"]?.int == id
            }
            let offered = try await assistant.ask("GET", "/api/assistance/view/\(id)/")
            #expect(!offered.text.contains(client.phone))
            #expect(try await accept(id, by: assistant).status == 200)
            let held = try await assistant.ask("GET", "/api/assistance/view/").json?[0]
            #expect(held?["client"]?["phone_number"]?.string == client.phone)
            #expect(held?["assistant"]?["id"]?.int == assistant.id)
        }
    }

    @Test("B22: of two who accept at once one gets it and the other is told 409")
    func race() async throws {
        try await TestServer.with { server in
            let client = try await server.client()
            let (first, second) = (try await server.assistant(), try await server.assistant("Second"))
            let id = try id(try await client.request())
            async let one = accept(id, by: first)
            async let two = accept(id, by: second)
            let answers = try await [one, two]
            #expect(answers.map(\.status).sorted() == [200, 409])
            let lost = try #require(answers.first { $0.status == 409 })
            expectComplaint(lost, 409, "JOB_ALREADY_TAKEN")
            let won = try #require(answers.first { $0.status == 200 }?.json)
            #expect(won["status"] == "accepted" && [first.id, second.id].contains(won["assistant"]?["id"]?.int))
            #expect(try await client.ask("GET", "/api/assistance/view/\(id)/").json?["assistant"] == won["assistant"])
        }
    }

    @Test("B23 B32 K4 K44: an assistant leads on, a client may only cancel, and what is over is frozen")
    func update() async throws {
        try await TestServer.with { server in
            let (client, assistant) = (try await server.client(), try await server.assistant())
            let id = try id(try await client.request())
            _ = try await accept(id, by: assistant)
            for word in ["ongoing", "completed"] {
                expectComplaint(try await client.update(id, word), 403, "FORBIDDEN", word)
            }
            for word in ["requested", "accepted", "flying", ""] {
                expectComplaint(try await assistant.update(id, word), 400, "VALIDATION_ERROR", fields: ["status"])
            }
            let ongoing = try await assistant.update(id, "ongoing")
            #expect(ongoing.status == 202 && ongoing.json?["status"] == "ongoing")
            let job = try await server.database.client.collection("services").findOne([:])
            let steps = (job?.get("events", as: [Document].self) ?? []).compactMap { $0.get("status", as: String.self) }
            #expect(steps.suffix(4) == ["accepted", "en_route", "arrived", "in_progress"])
            let completed = try await assistant.update(id, "completed")
            #expect(completed.status == 202 && completed.json?["status"] == "completed")
            for player in [client, assistant] {
                for word in ["ongoing", "completed", "canceled"] {
                    let answer = try await player.update(id, word)
                    #expect([403, 409].contains(answer.status), "\(word): \(answer.text)")
                }
            }
            expectComplaint(try await assistant.update(id, "canceled"), 409, "ILLEGAL_TRANSITION")
        }
    }

    @Test(
        "B23 K5: a client cancels, in either spelling, and a stranger does not", arguments: ["canceled", "cancelled"])
    func cancel(word: String) async throws {
        try await TestServer.with { server in
            let (client, other) = (try await server.client(), try await server.client())
            let id = try id(try await client.request())
            expectComplaint(try await other.update(id, word), 404, "NOT_FOUND")
            let answer = try await client.update(id, word)
            #expect(answer.status == 202 && answer.json?["status"] == "canceled")
            expectComplaint(try await client.update(id, word), 409, "JOB_CANCELLED")
        }
    }

    @Test("B23: an assistant who cancels on the way gives it back; once he is there it is over for both")
    func withdraw() async throws {
        try await TestServer.with { server in
            let (client, first) = (try await server.client(), try await server.assistant())
            let id = try id(try await client.request())
            _ = try await accept(id, by: first)
            let left = try await first.update(id, "canceled")
            #expect(left.status == 202 && left.json?["status"] == "canceled")
            #expect(try await client.ask("GET", "/api/assistance/view/\(id)/").json?["status"] == "requested")
            let second = try await server.assistant("Second")
            #expect(try await accept(id, by: second).status == 200)
            #expect(try await second.update(id, "ongoing").status == 202)
            let failed = try await second.update(id, "canceled")
            #expect(failed.status == 202 && failed.json?["status"] == "canceled")
            #expect(try await client.ask("GET", "/api/assistance/view/\(id)/").json?["status"] == "canceled")
        }
    }

    @Test("B31 K42: a client rates what is completed, once; the stars are shown from then on")
    func rating() async throws {
        try await TestServer.with { server in
            let (client, assistant) = (try await server.client(), try await server.assistant())
            let id = try id(try await client.request())
            _ = try await accept(id, by: assistant)
            let path = "/api/assistance/rate/\(id)/"
            expectComplaint(try await client.ask("POST", path, ["rating": 5]), 409, "CONFLICT")
            _ = try await assistant.update(id, "completed")
            let before = try await client.ask("GET", "/api/assistance/view/\(id)/").json
            #expect(before?["rating"]?.isNull == true)
            expectComplaint(
                try await client.ask("POST", path, ["rating": 6]), 400, "VALIDATION_ERROR", fields: ["rating"])
            let rated = try await client.ask("POST", path, ["rating": 4])
            #expect(rated.status == 201 && rated.json?["rating"]?.int == 4)
            expectComplaint(try await client.ask("POST", path, ["rating": 5]), 409, "CONFLICT")
            #expect(try await assistant.ask("GET", "/api/assistance/view/").json?[0]?["rating"]?.int == 4)
            expectComplaint(try await server.client().ask("POST", path, ["rating": 5]), 404, "NOT_FOUND")
            #expect(try await assistant.ask("GET", "/api/profile/assistant/").json?["rating"]?.double == 4)
        }
    }

    @Test("K23: an assistance of another dialect whose start asks for a code says so, where it stands, and takes it")
    func startCode() async throws {
        try await TestServer.with({ $0.jobs.startOTP = "required" }) { server in
            let (driver, assistant) = (try await server.customer(), try await server.assistant(service: "repair"))
            let service = try await driver.request()
            let id = try #require(service["number"]?.int)
            #expect(try await accept(id, by: assistant).status == 200)
            let stopped = try await assistant.update(id, "ongoing")
            expectComplaint(stopped, 409, "OTP_REQUIRED")
            #expect(stopped.json?["status"] == "ongoing")
            let seen = try await driver.ask("GET", "/api/services/\(id)").json?["data"]?["service"]
            #expect(seen?["stage"] == "arrived")
            let code = try #require(seen?["start_otp"])
            let path = "/api/assistance/update/\(id)/"
            let started = try await assistant.ask("PATCH", path, ["status": "ongoing", "otp": code])
            #expect(started.status == 202)
        }
    }
}
