import BSON
import FixOnCallClient
import Foundation
import RoadsideTesting
import Testing

@Suite("The audit log, as admins read it", .server, .serialized)
struct AuditLogTests {
    private func entries(_ admin: Person, _ query: String) async throws -> [JSON] {
        try data(try await admin.ask("GET", "/api/admin/audit-log?\(query)"))["entries"]?.array ?? []
    }

    @Test("every action of staff leaves its line, with the request it came by and its address, and no secret")
    func everyAction() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        let (admin, customer) = try await (server.admin(), server.customer())
        let mechanic = try await server.provider(at: spot)
        let toggled = try await admin.ask("POST", "/api/admin/users/\(customer.id)/toggle-active")
        _ = try data(toggled)
        _ = try data(try await admin.ask("POST", "/api/admin/users/\(customer.id)/toggle-active"))
        _ = try data(
            try await admin.ask("POST", "/api/admin/providers/\(mechanic.id)/reject", ["reason": "No licence."]))
        _ = try data(try await admin.ask("POST", "/api/admin/providers/\(mechanic.id)/approve"))
        _ = try data(
            try await admin.ask(
                "POST", "/api/notifications/send",
                ["recipient_id": .string(mechanic.id), "title": "Hello", "message": "Canary-text"]), 201)

        let second = try await server.customer()
        let service = try #require(try await second.request(at: spot)["id"]?.string)
        _ = try data(
            try await admin.ask("PUT", "/api/admin/services/\(service)/dispatch-mode", ["mode": "cascade"]))
        _ = try data(
            try await admin.ask("POST", "/api/services/\(service)/assign", ["mechanic_id": .string(mechanic.id)]))
        _ = try data(try await admin.ask("PUT", "/api/services/\(service)/status", ["status": "in_progress"]))
        _ = try data(try await admin.ask("POST", "/api/services/\(service)/complete"))

        let (upload, url) = try await mechanic.stored(MediaSample.pdf(), as: "document")
        let paper = try data(
            try await mechanic.ask(
                "POST", "/api/mechanics/me/documents",
                ["kind": "id_card", "number": "12345", "upload_id": .string(upload)]), 201)
        #expect(try await admin.file(url).status == 200)
        let document = try #require(paper["document"]?["id"]?.string)
        _ = try data(try await admin.ask("POST", "/api/admin/documents/\(document)/approve"))

        let lines = try await entries(admin, "actor=\(admin.id)&per_page=100")
        #expect(
            lines.compactMap { $0["action"]?.string }.reversed() == [
                "user.switched_off", "user.switched_on", "mechanic.rejected", "mechanic.approved", "notification.sent",
                "service.search_changed", "service.assigned", "service.advanced", "service.completed",
                "document.viewed", "document.approved",
            ])
        let first = try #require(lines.last)
        #expect(first["request_id"]?.string == toggled.headers["X-Request-Id"])
        #expect(first["address"] == "127.0.0.1" && first["actor"]?["id"]?.string == admin.id)
        #expect(first["actor"]?["name"] == "Amina Hassan" && first["actor_type"] == "admin")
        #expect(first["subject_type"] == "user" && first["subject_id"]?.string == customer.id)
        #expect(first["before"] == ["is_active": true] && first["after"] == ["is_active": false])
        let text = JSON.array(lines).text
        for secret in ["Canary-text", "$2b$", "password", "otp", "token"] {
            #expect(!text.contains(secret), "\(secret)")
        }
        #expect(try await entries(admin, "subject=\(service)&action=service.completed").count == 1)
        #expect(try await entries(admin, "subject=\(service)&from=2099-01-01T00:00:00Z").isEmpty)
    }

    @Test(
        "queries that are none are refused by name",
        arguments: [
            ("actor=1", "actor"), ("subject=$ne", "subject"), ("action=job.cancelled", "action"),
            ("from=monday", "from"),
            ("to=tomorrow", "to"), ("cursor=x", "cursor"), ("per_page=101", "per_page"),
        ])
    func hostileQueries(query: String, field: String) async throws {
        let admin = try await server().admin()
        expectProblem(
            try await admin.ask("GET", "/api/admin/audit-log?\(query)"), 422, "VALIDATION_ERROR", fields: [field], query
        )
    }
}
