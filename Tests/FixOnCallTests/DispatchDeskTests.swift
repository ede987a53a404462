import BSON
import FixOnCallClient
import FixOnCallServer
import Foundation
import MongoTesting
import RoadsideRules
import RoadsideTesting
import Testing

@Suite(
    "Dispatchers see why a search asked whom, and give services away by hand",
    .server { $0.dispatch.staggerSeconds = 0 },
    .serialized)
struct DispatchDeskTests {
    /// The answer's `data`, held against what the document promises for it.
    private func documented(
        _ person: Person, _ method: String, _ path: String, id: String = "", _ body: JSON? = nil
    ) async throws -> JSON {
        let answer = try await person.ask(method, path.replacing("{id}", with: id), body)
        let document = try #require(try await person.http.get("/api/swagger.json").json)
        let reply = document["paths"]?[path]?[method.lowercased()]?["responses"]?["\(answer.status)"]
        let schema = try #require(reply?["content"]?["application/json"]?["schema"], "\(answer.status) \(answer.text)")
        let faults = SchemaCheck(document, exact: true).faults(try #require(answer.json), schema)
        #expect(faults.isEmpty, "\(method) \(path): \(faults)")
        return try #require(answer.json?["data"])
    }

    @Test("the trace of a service: candidates with costs, exclusions with reasons, page by page")
    func trace() async throws {
        let server = try server()
        let (spot, admin, customer) = (try Spot.fresh(), try await server.admin(), try await server.customer())
        let near = try await server.provider("Near", at: spot)
        let resting = try await server.provider("Resting", at: spot)
        _ = try await resting.ask("POST", "/api/mechanics/me/availability", ["availability": "break"])
        let service = try await customer.request(latitude: spot.latitude, longitude: spot.longitude)
        let id = try #require(service["id"]?.string)
        try await eventually("the trace is kept") {
            let answer = try await admin.ask("GET", "/api/admin/services/\(id)/dispatch-trace")
            return answer.json?["data"]?["traces"]?.array?.isEmpty == false
        }
        let data = try await documented(admin, "GET", "/api/admin/services/{id}/dispatch-trace", id: id)
        let trace = try #require(data["traces"]?[0])
        #expect(data["service_id"]?.string == id && data["next_cursor"] == .null)
        #expect(trace["mode"] == "broadcast" && trace["plan"] == "settings")
        #expect(trace["candidates"]?.array?.count == 1)
        #expect(trace["candidates"]?[0]?["mechanic_id"]?.string == near.id)
        #expect(trace["candidates"]?[0]?["chosen"] == true)
        #expect(trace["excluded"]?[0]?["mechanic_id"]?.string == resting.id)
        #expect(trace["excluded"]?[0]?["reasons"] == ["on_break"])

        let number = try #require(service["number"]?.int)
        let byNumber = try await admin.ask("GET", "/api/admin/services/\(number)/dispatch-trace?limit=1")
        #expect(byNumber.json?["data"]?["traces"]?.array?.count == 1)
        expectProblem(
            try await admin.ask("GET", "/api/admin/services/\(id)/dispatch-trace?cursor=zz"), 422, "VALIDATION_ERROR")
        expectProblem(
            try await admin.ask("GET", "/api/admin/services/65a50b2c9f1d4e0012345680/dispatch-trace"), 404, "NOT_FOUND")
    }

    @Test("propose, edit, commit: the board proposes, and each item of what is committed has its own outcome")
    func board() async throws {
        let server = try server()
        let (spot, admin, customer) = (try Spot.fresh(), try await server.admin(), try await server.customer())
        let mechanics = [
            try await server.provider("One", at: spot), try await server.provider("Two", at: spot),
        ]
        var ids: [String] = []
        for _ in 1...2 {
            let service = try await customer.request(latitude: spot.latitude, longitude: spot.longitude)
            ids.append(try #require(service["id"]?.string))
        }
        let first = try await documented(
            admin, "PUT", "/api/admin/services/{id}/dispatch-mode", id: ids[0], ["mode": "manual"])
        #expect(first["service"]?["version"] == 2)
        let board = try await documented(admin, "GET", "/api/admin/dispatch/board")
        let mine = (board["waiting"]?.array ?? []).filter { ids.contains($0["service"]?["id"]?.string ?? "") }
        #expect(mine.map { $0["mode"] } == ["manual", "broadcast"])
        let proposed = mine.compactMap { waiting in
            waiting["suggestions"]?.array?.first { $0["proposed"] == true }?["mechanic_id"]?.string
        }
        #expect(Set(proposed) == Set(mechanics.map(\.id)))

        let committed = try await documented(
            admin, "POST", "/api/admin/dispatch/assignments",
            [
                "assignments": [
                    ["service_id": .string(ids[0]), "mechanic_id": .string(proposed[0])],
                    ["service_id": .string(ids[1]), "mechanic_id": .string(proposed[0])],
                    ["service_id": .string(ids[1]), "mechanic_id": .string(proposed[1])],
                ]
            ])
        let results = try #require(committed["results"]?.array)
        #expect(results.map { $0["success"] } == [true, false, true])
        #expect(results[1]["code"] == "PROVIDER_BUSY")
        #expect(results[0]["service"]?["status"] == "accepted")
    }

    @Test("what cannot be read of a list is told with its place; nothing of it is carried out")
    func faults() async throws {
        let admin = try await server().admin()
        let answer = try await admin.ask(
            "POST", "/api/admin/dispatch/assignments",
            ["assignments": [["service_id": 1, "mechanic_id": 2], ["service_id": ["$ne": 1]], 7]])
        expectProblem(answer, 422, "VALIDATION_ERROR")
        #expect(
            answer.json?["fields"]?.array?.compactMap { $0["name"]?.string } == [
                "assignments[1].service_id", "assignments[1].mechanic_id", "assignments[2]",
            ])
        for body in [["assignments": []], ["assignments": "x"], [:]] as [JSON] {
            expectProblem(
                try await admin.ask("POST", "/api/admin/dispatch/assignments", body), 422, "VALIDATION_ERROR")
        }
        expectProblem(
            try await admin.ask("PUT", "/api/admin/services/1/dispatch-mode", ["mode": "pick"]), 422, "VALIDATION_ERROR"
        )
    }
}
