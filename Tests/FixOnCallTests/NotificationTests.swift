import BSON
import FixOnCallClient
import RoadsideRules
import RoadsideTesting
import Testing

@Suite("D19–D21: notifications", .server, .serialized)
struct NotificationTests {
    private struct Scene {
        let customer: Person
        let mechanic: Person
        let code: String

        init() async throws {
            let server = try server()
            let spot = try Spot.fresh()
            customer = try await server.customer()
            mechanic = try await server.provider(at: spot)
            let service = try await customer.request(latitude: spot.latitude, longitude: spot.longitude)
            let path = "/api/services/\(try #require(service["id"]?.string))"
            _ = try data(try await mechanic.ask("POST", path + "/accept"))
            code = try #require(try data(try await customer.ask("GET", path))["service"]?["start_otp"]?.string)
        }
    }

    private static let list = "/api/notifications/my-notifications"

    @Test("D19: one row after a request, as documented")
    func first() async throws {
        let customer = try await server().customer()
        _ = try await customer.request()
        let answer = try await customer.ask("GET", Self.list)
        _ = try data(answer)
        try expectGolden("notifications", answer.json)
    }

    @Test("D19: the rows of a job, newest first, each side its own, and no code in any of them")
    func rows() async throws {
        let scene = try await Scene()
        let answer = try await scene.customer.ask("GET", Self.list)
        let mine = try data(answer)
        let types = mine["notifications"]?.array?.compactMap { $0["type"]?.string }
        #expect(types == ["service_otp", "service_status", "service_status"])
        #expect(mine["notifications"]?.array?.compactMap { $0["seq"]?.int } == [3, 2, 1])
        #expect(mine["unread_count"] == 3)
        #expect(mine["pagination"]?["total"] == 3)
        #expect(!answer.text.contains(scene.code), "a start code is in the list")
        let accepted = try #require(mine["notifications"]?[1])
        #expect(accepted["title"] == "Request accepted")
        #expect(accepted["message"]?.string?.contains("James Mwangi") == true)
        #expect(accepted["data"]?["status"] == "accepted")
        #expect(accepted["data"]?["by"] == "mechanic")

        let his = try await scene.mechanic.ask("GET", Self.list)
        #expect(!his.text.contains(scene.code), "the mechanic can read the code")
        #expect(try data(his)["notifications"]?.array?.contains { $0["title"] == "Job accepted" } == true)
    }

    @Test("D20: one is marked as read, again without complaint; nobody marks another's")
    func markRead() async throws {
        let scene = try await Scene()
        let rows = try #require(try data(try await scene.customer.ask("GET", Self.list))["notifications"]?.array)
        let id = try #require(rows[0]["_id"]?.string)
        let path = "/api/notifications/mark-read/\(id)"
        expectProblem(try await scene.mechanic.ask("POST", path), 404, "NOT_FOUND")
        for _ in 0..<2 {
            let marked = try data(try await scene.customer.ask("POST", path))
            #expect(marked["is_read"] == true)
            #expect(marked["_id"]?.string == id)
        }
        let after = try data(try await scene.customer.ask("GET", Self.list))
        #expect(after["unread_count"] == 2)
        #expect(after["notifications"]?[0]?["is_read"] == true)
        for name in ["nonsense", "1", "000000000000000000000000"] {
            expectProblem(
                try await scene.customer.ask("POST", "/api/notifications/mark-read/\(name)"), 404, "NOT_FOUND", name)
        }
    }

    @Test("D21: all are marked as read")
    func markAll() async throws {
        let scene = try await Scene()
        let answer = try await scene.customer.ask("POST", "/api/notifications/mark-all-read")
        #expect(try data(answer)["marked"] == 3)
        #expect(try data(try await scene.customer.ask("GET", Self.list))["unread_count"] == 0)
        #expect(try data(try await scene.customer.ask("POST", "/api/notifications/mark-all-read"))["marked"] == 0)
    }

    @Test("D19: pages and cursors cover every row once")
    func pages() async throws {
        let scene = try await Scene()
        let one = try data(try await scene.customer.ask("GET", Self.list + "?page=1&per_page=2"))
        let two = try data(try await scene.customer.ask("GET", Self.list + "?page=2&per_page=2"))
        let seqs = [one, two].flatMap { $0["notifications"]?.array?.compactMap { $0["seq"]?.int } ?? [] }
        #expect(seqs == [3, 2, 1])
        let cursor = try #require(one["pagination"]?["next_cursor"]?.string)
        let rest = try data(try await scene.customer.ask("GET", Self.list + "?limit=2&cursor=\(cursor)"))
        #expect(rest["notifications"]?.array?.compactMap { $0["seq"]?.int } == [1])
        expectProblem(
            try await scene.customer.ask("GET", Self.list + "?cursor=mine"), 422, "VALIDATION_ERROR", fields: ["cursor"]
        )
    }

    @Test("D19–D21: none of it without a token")
    func tokens() async throws {
        let http = try server().http()
        expectProblem(try await http.get(Self.list), 401, "INVALID_TOKEN")
        expectProblem(try await http.post("/api/notifications/mark-all-read"), 401, "INVALID_TOKEN")
        expectProblem(try await http.post("/api/notifications/mark-read/1"), 401, "INVALID_TOKEN")
    }
}
