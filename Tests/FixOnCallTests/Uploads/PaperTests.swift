import BSON
import FixOnCallClient
import FixOnCallServer
import Foundation
import Mongo
import MongoTesting
import Roadside
import RoadsideRules
import RoadsideTesting
import Testing

@Suite("KYC: what mechanics show, what admins say to it, and who is offered services", .serialized)
struct PaperTests {
    private static let required: @Sendable (inout Settings) -> Void = {
        $0.providers.requiredDocuments = ["driving_licence", "id_card"]
    }

    /// Hands in a document with a scan of its own.
    private func submit(
        _ kind: String, by mechanic: Person, expiresOn: String? = "2099-03-31"
    ) async throws -> HTTPAnswer {
        let scan = try await mechanic.stored(MediaSample.pdf(), as: "document")
        var body: JSON = ["kind": .string(kind), "number": "DL-0012678", "upload_id": .string(scan.id)]
        if let expiresOn { body.add("expires_on", .string(expiresOn)) }
        return try await mechanic.ask("POST", "/api/mechanics/me/documents", body)
    }

    private func submitted(
        _ kind: String, by mechanic: Person, expiresOn: String? = "2099-03-31"
    ) async throws -> String {
        let document = try data(try await submit(kind, by: mechanic, expiresOn: expiresOn), 201)["document"]
        return try #require(document?["id"]?.string)
    }

    private func titles(_ person: Person) async throws -> [String] {
        let list = try data(try await person.ask("GET", "/api/notifications/my-notifications"))["notifications"]
        return (list?.array ?? []).compactMap { $0["title"]?.string }
    }

    private func available(_ mechanic: Person) async throws -> Int {
        try data(try await mechanic.ask("GET", "/api/services/available"))["count"]?.int.map(Int.init) ?? -1
    }

    @Test("handed in, listed, looked at, approved and rejected; one of a kind waits; what waits can be taken back")
    func life() async throws {
        try await TestServer.with { server in
            let (mechanic, admin) = try await (server.provider(), server.admin())
            let id = try await submitted("driving_licence", by: mechanic)
            expectProblem(try await submit("driving_licence", by: mechanic), 409, "CONFLICT")
            let card = try await submitted("id_card", by: mechanic, expiresOn: nil)
            let own = try data(try await mechanic.ask("GET", "/api/mechanics/me/documents"))
            #expect(own["documents"]?.array?.compactMap { $0["id"]?.string } == [card, id])
            #expect(own["documents"]?[1]?["status"] == "pending" && own["documents"]?[0]?["expires_on"] == .null)

            let waiting = try data(try await admin.ask("GET", "/api/admin/documents?status=pending"))
            #expect(waiting["pagination"]?["total"] == 2)
            #expect(waiting["documents"]?[1]?["mechanic"]?["id"]?.string == mechanic.id)
            let scan = try #require(waiting["documents"]?[1]?["url"]?.string)
            let link = try data(try await admin.ask("POST", "/api/admin/documents/\(id)/link"))["url"]?.string
            #expect(link?.hasPrefix(scan + "?link=") == true)
            #expect(try await admin.file(try #require(link)).body == MediaSample.pdf())

            let approved = try data(try await admin.ask("POST", "/api/admin/documents/\(id)/approve"))["document"]
            #expect(approved?["status"] == "approved" && approved?["reviewer_id"]?.string == admin.id)
            // Saying it again is no news.
            _ = try data(try await admin.ask("POST", "/api/admin/documents/\(id)/approve"))
            #expect(try await titles(mechanic).filter { $0 == "Document approved" }.count == 1)
            let path = "/api/admin/documents/\(card)/reject"
            expectProblem(try await admin.ask("POST", path, ["reason": " "]), 422, fields: ["reason"])
            let rejected = try data(try await admin.ask("POST", path, ["reason": "The scan is blurred."]))["document"]
            #expect(rejected?["status"] == "rejected" && rejected?["reason"] == "The scan is blurred.")
            expectProblem(try await admin.ask("POST", "/api/admin/documents/\(card)/approve"), 409, "CONFLICT")
            #expect(try await titles(mechanic).first == "Document not approved")
            expectProblem(
                try await mechanic.ask("DELETE", "/api/mechanics/me/documents/\(id)"), 409, "CONFLICT")

            let again = try await submitted("id_card", by: mechanic, expiresOn: nil)
            let files = server.database.client.bucket("uploads").files
            _ = try data(try await mechanic.ask("DELETE", "/api/mechanics/me/documents/\(again)"))
            #expect(try await server.roadside.uploads.sweep() == 1)
            // The two that stay, and the scan of the paper that was one too many.
            #expect(try await files.count() == 3)
            for (state, count) in [("pending", 0), ("approved", 1), ("rejected", 1), ("expired", 0)] {
                let page = try data(try await admin.ask("GET", "/api/admin/documents?status=\(state)"))
                #expect(page["pagination"]?["total"]?.int == Int64(count), "\(state)")
            }
        }
    }

    @Test("T1, T6: foreign papers and scans, wrong fields and wrong roles; none of them changes anything")
    func refusals() async throws {
        try await TestServer.with { server in
            let (mechanic, other) = try await (server.provider(), server.provider("Other"))
            let admin = try await server.admin()
            let path = "/api/mechanics/me/documents"
            let photo = try await mechanic.stored(MediaSample.jpeg(), as: "vehicle_image").id
            let foreign = try await other.stored(MediaSample.pdf(), as: "document").id
            for upload in [photo, foreign, "65a50b2c9f1d4e00123456a0"] {
                let body: JSON = [
                    "kind": "id_card", "number": "12345", "upload_id": .string(upload), "status": "approved",
                ]
                expectProblem(try await mechanic.ask("POST", path, body), 422, fields: ["upload_id"])
            }
            expectProblem(
                try await mechanic.ask("POST", path, ["kind": "passport", "number": ["$ne": ""], "upload_id": 7]), 422,
                fields: ["kind", "number", "upload_id"])
            for day in ["2001-01-01", "31.03.2099", "2099-02-30"] {
                expectProblem(try await submit("insurance", by: mechanic, expiresOn: day), 422, fields: ["expires_on"])
            }
            expectProblem(try await submit("insurance", by: mechanic, expiresOn: nil), 422, fields: ["expires_on"])
            let id = try await submitted("id_card", by: mechanic)
            expectProblem(try await other.ask("DELETE", "\(path)/\(id)"), 404, "NOT_FOUND")
            expectProblem(try await admin.ask("POST", "/api/admin/documents/1/approve"), 404, "NOT_FOUND")
            expectProblem(try await admin.ask("GET", "/api/admin/documents?status=lost"), 422, fields: ["status"])
            let customer = try await server.customer()
            expectProblem(try await customer.ask("GET", path), 403, "FORBIDDEN")
            expectProblem(try await other.ask("POST", "/api/admin/documents/\(id)/approve"), 403, "FORBIDDEN")
            let own = try data(try await mechanic.ask("GET", path))
            #expect(own["pagination"]?["total"] == 1 && own["documents"]?[0]?["status"] == "pending")
            // A scan belongs to one paper.
            let used = try #require(own["documents"]?[0]?["upload_id"])
            expectProblem(
                try await mechanic.ask("POST", path, ["kind": "certificate", "number": "12345", "upload_id": used]),
                422,
                fields: ["upload_id"])
        }
    }

    @Test("decision 20: without a required paper nobody is offered anything; with the last of them he is, at once")
    func eligibility() async throws {
        try await TestServer.with(Self.required) { server in
            let (customer, mechanic) = try await (server.customer(), server.provider())
            let admin = try await server.admin()
            let licence = try await submitted("driving_licence", by: mechanic)
            let service = try #require(try await customer.request()["id"]?.string)
            let near = "/api/mechanics/nearby?latitude=-1.2921&longitude=36.8219"
            #expect(try data(try await customer.ask("GET", near))["mechanics"] == [])
            expectProblem(
                try await admin.ask("POST", "/api/services/\(service)/assign", ["mechanic_id": .string(mechanic.id)]),
                409, "PROVIDER_NOT_ELIGIBLE")
            expectProblem(
                try await customer.ask(
                    "POST", "/api/services/\(service)/assign", ["mechanic_id": .string(mechanic.id)]),
                409, "PROVIDER_NOT_ELIGIBLE")
            expectProblem(
                try await mechanic.ask("POST", "/api/services/\(service)/accept"), 409, "PROVIDER_NOT_ELIGIBLE")
            let refusal = try await admin.ask("POST", "/api/admin/providers/\(mechanic.id)/approve")
            expectProblem(refusal, 409, "CONFLICT")
            #expect(refusal.json?["missing"] == ["driving_licence", "id_card"])

            _ = try data(try await admin.ask("POST", "/api/admin/documents/\(licence)/approve"))
            #expect(try await available(mechanic) == 0)
            let card = try await submitted("id_card", by: mechanic, expiresOn: nil)
            _ = try data(try await admin.ask("POST", "/api/admin/documents/\(card)/approve"))
            try await eventually("he is offered the open service") { try await available(mechanic) == 1 }
            #expect(try data(try await customer.ask("GET", near))["mechanics"]?.array?.count == 1)
            _ = try data(try await admin.ask("POST", "/api/admin/providers/\(mechanic.id)/approve"))
            _ = try data(try await mechanic.ask("POST", "/api/services/\(service)/accept"))

            // What turns out to be forged ends it for the next service, and not for this one.
            _ = try data(
                try await admin.ask("POST", "/api/admin/documents/\(licence)/reject", ["reason": "It is forged."]))
            _ = try data(
                try await mechanic.ask("PUT", "/api/services/\(service)/status", ["status": "in_progress"]))
            _ = try data(try await mechanic.ask("POST", "/api/services/\(service)/complete"))
            #expect(try data(try await customer.ask("GET", near))["mechanics"] == [])
        }
    }

    @Test(
        "a paper that has ended ends offers by itself, by the database's clock, and not the service in hand; it is told"
    )
    func expiry() async throws {
        try await TestServer.with(Self.required) { server in
            let (customer, mechanic) = try await (server.customer(), server.provider())
            let admin = try await server.admin()
            for kind in ["driving_licence", "id_card"] {
                let id = try await submitted(kind, by: mechanic)
                _ = try data(try await admin.ask("POST", "/api/admin/documents/\(id)/approve"))
            }
            let service = try #require(try await customer.request()["id"]?.string)
            _ = try data(try await mechanic.ask("POST", "/api/services/\(service)/accept"))
            #expect(try await server.roadside.papers.tellOfExpiry() == 0)

            let papers = server.database.client.collection("provider_documents")
            let key = try #require(ObjectID(mechanic.id))
            let licence: Document = ["provider_id": .id(key), "kind": "driving_licence"]
            let soon = Date(timeIntervalSinceNow: 86_400)
            try await papers.updateOne(
                licence, ["$set": ["expires_at": .date(soon), "notice_at": .date(Date(timeIntervalSinceNow: -1))]])
            #expect(try await server.roadside.papers.tellOfExpiry() == 1)
            #expect(try await server.roadside.papers.tellOfExpiry() == 0)
            #expect(try await titles(mechanic).first == "Document about to expire")

            let past = Date(timeIntervalSinceNow: -60)
            try await papers.updateOne(licence, ["$set": ["expires_at": .date(past), "notice_at": .date(past)]])
            try await server.database.client.collection("mechanics").updateOne(
                ["_id": .id(key)], ["$set": ["papers.driving_licence": .date(past)]])
            #expect(try await server.roadside.papers.tellOfExpiry() == 1)
            #expect(try await titles(mechanic).first == "Document expired")
            let listed = try data(try await admin.ask("GET", "/api/admin/documents?status=expired"))["documents"]
            #expect(listed?.array?.count == 1 && listed?[0]?["status"] == "expired")
            _ = try data(
                try await mechanic.ask("PUT", "/api/services/\(service)/status", ["status": "in_progress"]))
            _ = try data(try await mechanic.ask("POST", "/api/services/\(service)/complete"))

            // One that ended while it waited cannot be approved any more.
            let tooOld = try await submitted("insurance", by: mechanic)
            try await papers.updateOne(
                ["provider_id": .id(key), "kind": "insurance"], ["$set": ["expires_at": .date(past)]])
            expectProblem(
                try await admin.ask("POST", "/api/admin/documents/\(tooOld)/approve"), 409, "CONFLICT")

            let next = try #require(try await customer.request()["id"]?.string)
            #expect(try await available(mechanic) == 0)
            expectProblem(
                try await mechanic.ask("POST", "/api/services/\(next)/accept"), 409, "PROVIDER_NOT_ELIGIBLE")
            // A new one that outlasts it brings him back.
            let renewed = try await submitted("driving_licence", by: mechanic)
            _ = try data(try await admin.ask("POST", "/api/admin/documents/\(renewed)/approve"))
            try await eventually("he is offered the next service") { try await available(mechanic) == 1 }
        }
    }
}
