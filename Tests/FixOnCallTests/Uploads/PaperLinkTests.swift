import BSON
import FixOnCallClient
import Foundation
import Mongo
import MongoTesting
import RoadsideTesting
import Testing

@testable import Roadside

@Suite("T8: papers are for their owners, and for an admin who asks for each look", .server, .serialized)
struct PaperLinkTests {
    /// A paper that was handed in: its own id, its file's id and address.
    private func paper(of owner: Person) async throws -> (id: String, file: ObjectID, url: String) {
        let file = try await owner.stored(MediaSample.pdf(), as: "document")
        let body: JSON = ["kind": "id_card", "number": "ID-12678", "upload_id": .string(file.id)]
        let made = try data(try await owner.ask("POST", "/api/mechanics/me/documents", body), 201)["document"]
        return (try #require(made?["id"]?.string), try #require(ObjectID(file.id)), file.url)
    }

    private func link(_ admin: Person, to paper: String) async throws -> String {
        let made = try data(try await admin.ask("POST", "/api/admin/documents/\(paper)/link"))
        #expect(isTimestamp(made["expires_at"]))
        return try #require(made["url"]?.string)
    }

    @Test("T8: an admin sees it by a link, and leaves a row for each look; its owner needs none and leaves none")
    func audit() async throws {
        let server = try server()
        let (owner, admin) = try await (server.provider(at: nil), server.admin())
        let paper = try await paper(of: owner)
        let views = server.database.client.collection("upload_views")
        let filter: Document = ["upload_id": .id(paper.file)]
        #expect(try await owner.file(paper.url).status == 200)
        expectProblem(try await admin.file(paper.url), 403, "FORBIDDEN")
        #expect(try await views.count(filter) == 0)
        let link = try await link(admin, to: paper.id)
        for _ in 0..<2 { #expect(try await admin.file(link).body == MediaSample.pdf()) }
        let rows = try await views.find(filter)
        #expect(rows.compactMap { $0.get("viewer_id", as: ObjectID.self)?.hex } == [admin.id, admin.id])
        #expect(rows.compactMap { $0.get("owner_id", as: ObjectID.self)?.hex } == [owner.id, owner.id])
        let answer = try await admin.file(link)
        #expect(answer.headers["Cache-Control"] == "private, no-store")
        #expect(answer.headers["Content-Disposition"]?.hasPrefix("attachment;") == true)
    }

    @Test(
        "T8: a link serves one file and one session for a minute: everything else is 403, and nothing without a token")
    func bounds() async throws {
        let server = try server()
        let (owner, admin, colleague) = try await (server.provider(at: nil), server.admin(), server.admin())
        let (paper, other) = (try await paper(of: owner), try await self.paper(of: server.provider(at: nil)))
        let link = try await link(admin, to: paper.id)
        let text = try #require(link.split(separator: "=").last.map(String.init))
        expectProblem(try await colleague.file(link), 403, "FORBIDDEN")
        expectProblem(try await admin.http.get(link), 401, "INVALID_TOKEN")
        // The same admin, signed in once more.
        let again = try data(
            try await admin.http.post(
                "/api/auth/login", ["email": .string(admin.email), "password": .string(admin.password)]))
        let token = try #require(again["access_token"]?.string)
        expectProblem(try await admin.http.get(link, token: token), 403, "FORBIDDEN")
        var wrong = [
            "\(other.url)?link=\(text)", "\(paper.url)?link=\(text)0", "\(paper.url)?link=\(text.dropLast(2))",
        ]
        wrong += ["", "zz", "0131", String(repeating: "0", count: 512)].map { "\(paper.url)?link=\($0)" }
        for url in wrong { expectProblem(try await admin.file(url), 403, "FORBIDDEN", url) }
        expectProblem(try await admin.file("\(paper.url)?link=\(String(repeating: "0", count: 513))"), 422)
        for stranger in [try await server.provider(at: nil), try await server.customer()] {
            expectProblem(try await stranger.file(link), 404, "NOT_FOUND")
            expectProblem(try await stranger.ask("POST", "/api/admin/documents/\(paper.id)/link"), 403, "FORBIDDEN")
        }
        expectProblem(
            try await admin.ask("POST", "/api/admin/documents/65a50b2c9f1d4e00123456a0/link"), 404, "NOT_FOUND")
        #expect(try await admin.file(link).status == 200)
    }

    @Test("T8: after its minute a link is nothing")
    func expiry() async throws {
        let server = try server()
        let (owner, admin) = try await (server.provider(at: nil), server.admin())
        let paper = try await paper(of: owner)
        let caller = try await server.roadside.accounts.authenticate(bearer: admin.token)
        let sealer = server.roadside.papers.dependencies.sealer
        let made = Date(timeIntervalSinceNow: -61)
        let link = try PaperLink(to: paper.file, for: caller, at: made, sealer)
        func opens(after seconds: Double) -> Bool {
            PaperLink.opens(paper.file, link.text, for: caller, at: made.addingTimeInterval(seconds), sealer)
        }
        #expect(opens(after: 0) && opens(after: 58) && !opens(after: 60) && !opens(after: 3600))
        expectProblem(try await admin.file("\(paper.url)?link=\(link.text)"), 403, "FORBIDDEN")
    }
}
