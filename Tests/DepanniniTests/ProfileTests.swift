import BSON
import FixOnCallClient
import Foundation
import Mongo
import MongoTesting
import RoadsideTesting
import Testing

@Suite("Depannini: profiles and assistants")
struct ProfileTests {
    @Test("B1: a bearer token opens, and nothing else; a role has no say where another is asked for")
    func bearer() async throws {
        try await TestServer.with { server in
            let client = try await server.client()
            let bare = try await server.http().get("/api/profile/user/")
            expectComplaint(bare, 401, "INVALID_TOKEN")
            #expect(bare.headers["WWW-Authenticate"] == "Bearer")
            for (method, path) in [
                ("GET", "/api/profile/assistant/"), ("POST", "/api/profile/assistant-status/"),
                ("PATCH", "/api/assistance/accept/1/"),
            ] {
                expectComplaint(try await client.ask(method, path, [:]), 403, "FORBIDDEN", path)
            }
            let assistant = try await server.assistant()
            expectComplaint(try await assistant.ask("POST", "/api/assistance/request/", [:]), 403, "FORBIDDEN")
        }
    }

    @Test("B13 B14 B30: a profile has every field of the document's model")
    func profiles() async throws {
        try await TestServer.with { server in
            let assistant = try await server.assistant()
            for path in ["/api/profile/user/", "/api/profile/assistant/"] {
                let answer = try await assistant.ask("GET", path)
                #expect(answer.status == 200)
                try Golden("user").expectShape(of: answer.json)
                #expect(
                    answer.json?["id"]?.int == assistant.id && answer.json?["phone_number"]?.string == assistant.phone)
            }
        }
    }

    @Test("B17: without a place a page is as long as was asked for, of those alone who are there")
    func pageWithoutPlace() async throws {
        try await TestServer.with { server in
            let client = try await server.client()
            var assistants: [Player] = []
            for _ in 0..<3 { assistants.append(try await server.assistant()) }
            // The first in the list went silent long ago.
            try await server.database.client.collection("mechanics").updateOne(
                ["number": .int64(assistants[0].id)], ["$set": ["fix_at": .date(Date(timeIntervalSince1970: 1))]])
            let page = try await client.ask("GET", "/api/assistants/?per_page=2").json?.array
            #expect(
                Set((page ?? []).compactMap { $0["id"]?.int }) == Set(assistants.dropFirst().map(\.id)),
                "\(page?.count ?? -1)")
        }
    }

    @Test("B32: below the dialect's own paths even what matches nothing is refused in its shape")
    func nothing() async throws {
        try await TestServer.with { server in
            let client = try await server.client()
            for path in [
                "/api/assistance/nothing/", "/api/assistance/view", "/api/profile/nothing/", "/api/assistants/x/",
            ] {
                expectComplaint(try await client.ask("GET", path), 404, "NOT_FOUND", path)
            }
        }
    }

    @Test("B15: a position by its long names, of an assistant and of a client")
    func updateLocation() async throws {
        try await TestServer.with { server in
            for player in [try await server.client(), try await server.assistant()] {
                let place: JSON = ["latitude": -1.3, "longitude": 36.8]
                #expect(try await player.ask("POST", "/api/profile/update-location/", place).status == 200)
                let profile = try await player.ask("GET", "/api/profile/user/").json
                #expect(profile?["current_lat"]?.double == -1.3 && profile?["current_lng"]?.double == 36.8)
                expectComplaint(
                    try await player.ask("POST", "/api/profile/update-location/", ["latitude": 91, "longitude": 0]),
                    400, "VALIDATION_ERROR", fields: ["latitude"])
            }
        }
    }

    @Test("B16 K16: is_active is duty; nobody goes off duty with an assistance in hand")
    func duty() async throws {
        try await TestServer.with { server in
            let (client, assistant) = (try await server.client(), try await server.assistant())
            let path = "/api/profile/assistant-status/"
            for isActive in [false, true] {
                let answer = try await assistant.ask("POST", path, ["is_active": .bool(isActive)])
                #expect(answer.status == 200 && answer.json?["is_active_assistant"]?.bool == isActive)
            }
            expectComplaint(
                try await assistant.ask("POST", path, ["is_active": "yes"]), 400, "VALIDATION_ERROR",
                fields: ["is_active"])
            let id = try #require(try await client.request()["assistance"]?["id"]?.int)
            #expect(try await assistant.ask("PATCH", "/api/assistance/accept/\(id)/").status == 200)
            expectComplaint(try await assistant.ask("POST", path, ["is_active": false]), 409, "PROVIDER_BUSY")
            #expect(try await assistant.ask("GET", "/api/profile/user/").json?["is_active_assistant"] == true)
        }
    }

    @Test("B17 K43: who is available, nearest first, without contact or exact place; all of them for staff only")
    func assistants() async throws {
        try await TestServer.with { server in
            let (client, near) = (try await server.client(), try await server.assistant("Near Assistant"))
            let far = try await server.assistant("Far Assistant")
            let off = try await server.assistant("Off Assistant")
            _ = try await far.ask(
                "POST", "/api/profile/update-location/", ["latitude": -1.3456789, "longitude": 36.8219])
            _ = try await off.ask("POST", "/api/profile/assistant-status/", ["is_active": false])
            let listed = try await client.ask("GET", "/api/assistants/?lat=-1.2921&lng=36.8219")
            #expect(listed.json?.array?.compactMap { $0["id"]?.int } == [near.id, far.id])
            #expect(listed.json?[1]?["current_lat"]?.double == -1.346)
            #expect(listed.json?[0]?["distance"]?.double == 0)
            #expect(!listed.text.contains(near.phone) && !listed.text.contains("@"))
            // Without a place of one's own, all there are.
            #expect(try await client.ask("GET", "/api/assistants/").json?.array?.count == 2)
            expectComplaint(try await client.ask("GET", "/api/assistants/?all=true"), 403, "FORBIDDEN")
            let all = try await server.admin().ask("GET", "/api/assistants/?all=true")
            #expect(Set(all.json?.array?.compactMap { $0["id"]?.int } ?? []) == [near.id, far.id, off.id])
            expectComplaint(
                try await client.ask("GET", "/api/assistants/?lat=x&lng=1"), 400, "VALIDATION_ERROR")
            // Half a position is none, whichever half it is, and not to be passed over.
            for (half, missing) in [("lat=1", "longitude"), ("lng=1", "latitude")] {
                expectComplaint(
                    try await client.ask("GET", "/api/assistants/?\(half)"), 400, "VALIDATION_ERROR", fields: [missing])
            }
        }
    }
}
