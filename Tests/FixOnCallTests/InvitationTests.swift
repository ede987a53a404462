import BSON
import FixOnCallClient
import Foundation
import Mongo
import MongoTesting
import RoadsideTesting
import Testing

@Suite("T5: how people become dispatchers, partners and admins", .server, .serialized)
struct InvitationTests {
    private static let desk = "/api/admin/invitations"
    private static let accept = "/api/auth/invitations/accept"

    @Test(
        "T5: nobody registers himself as staff, however he spells it: 403 for the words, 422 for what is none",
        arguments: [
            ("admin", 403), ("partner", 403), ("dispatcher", 403), ("ADMIN", 422), ("Admin", 422),
            (" admin\u{200B}", 422),
            (["admin"], 422), (["$ne": 1], 422), ("\u{FF41}\u{FF44}\u{FF4D}\u{FF49}\u{FF4E}", 422), ("аdmin", 422),
            (1, 422), (true, 422), ("", 422),
        ] as [(JSON, Int)])
    func registration(word: JSON, status: Int) async throws {
        let server = try server()
        let users = server.database.client.collection("users")
        let (all, staff) = (
            try await users.count(), try await users.count(["roles": ["$in": ["admin", "partner", "dispatcher"]]])
        )
        var body = try newcomer()
        body.add("user_type", word)
        let answer = try await server.http().post("/api/auth/register", body)
        expectProblem(answer, status, status == 403 ? "FORBIDDEN" : "VALIDATION_ERROR", word.text)
        // Nor by what is not asked for.
        #expect(try await users.count(["roles": ["$in": ["admin", "partner", "dispatcher"]]]) == staff)
        #expect(try await users.count() == all)
    }

    @Test("T5: an invitation by mail makes a dispatcher who may do what dispatchers may, once")
    func whole() async throws {
        let server = try server()
        let admin = try await server.admin()
        let email = "\(ObjectID().hex)@example.com"
        let made = try await admin.ask("POST", Self.desk, ["email": .string(email.uppercased()), "role": "dispatcher"])
        let invitation = try #require(try data(made, 201)["invitation"])
        #expect(invitation["email"]?.string == email && invitation["status"] == "pending")
        let token = try sentCode(to: email, "invitation")
        #expect(!made.text.contains(token))
        let listed = try await admin.ask("GET", "\(Self.desk)?status=pending")
        #expect(!listed.text.contains(token))

        // Another address, another kind, another id: none of it is asked for.
        let body: JSON = [
            "token": .string(token), "name": "Daniel Otieno", "password": "A better one 7",
            "email": "other@example.com", "role": "admin", "user_type": "admin", "_id": .string(ObjectID().hex),
        ]
        let answer = try await server.http().post(Self.accept, body)
        let session = try data(answer, 201)
        #expect(session["user"]?["email"]?.string == email && session["user"]?["user_type"] == "dispatcher")
        #expect(session["user"]?["is_verified"] == true)
        let bearer = try #require(session["access_token"]?.string)
        #expect(try await server.http().get("/api/admin/dashboard", token: bearer).status == 200)
        for path in ["users", "audit-log", "invitations", "exports/users.csv", "notifications"] {
            expectProblem(
                try await server.http().get("/api/admin/\(path)", token: bearer), 403, "FORBIDDEN", path)
        }
        expectProblem(try await server.http().post(Self.accept, body), 404, "NOT_FOUND")
        let login: JSON = ["email": .string(email), "password": "A better one 7"]
        _ = try data(try await server.http().post("/api/auth/login", login))

        let id = try #require(invitation["id"]?.string)
        expectProblem(try await admin.ask("DELETE", "\(Self.desk)/\(id)"), 409, "CONFLICT")
        expectProblem(
            try await admin.ask("POST", Self.desk, ["email": .string(email), "role": "admin"]), 409, "EMAIL_TAKEN")
    }

    @Test("T5: a token that was taken back is as good as one that never was")
    func revoked() async throws {
        let server = try server()
        let admin = try await server.admin()
        let email = "\(ObjectID().hex)@example.com"
        let made = try data(
            try await admin.ask("POST", Self.desk, ["email": .string(email), "role": "partner"]), 201)
        let id = try #require(made["invitation"]?["id"]?.string)
        let token = try sentCode(to: email, "invitation")
        let revoked = try data(try await admin.ask("DELETE", "\(Self.desk)/\(id)"))
        #expect(revoked["invitation"]?["status"] == "revoked")
        var answers: [HTTPAnswer] = []
        for text in [token, String(repeating: "x", count: 43), "$ne"] {
            let body: JSON = ["token": .string(text), "name": "Eve", "password": "A better one 7"]
            answers.append(try await server.http().post(Self.accept, body))
        }
        for answer in answers { expectProblem(answer, 404, "NOT_FOUND") }
        #expect(Set(answers.compactMap { $0.json?["message"]?.string }).count == 1)
    }

    @Test(
        "what is no invitation is refused by name",
        arguments: [
            (["role": "driver"], ["role"]), (["role": "mechanic"], ["role"]), (["role": "ADMIN"], ["role"]),
            (["role": ["admin"]], ["role"]), (["role": nil], ["role"]), (["email": "nobody"], ["email"]),
            (["email": ["$gt": ""]], ["email"]), (["email": "a@b.co\r\nBcc: x@y.zz"], ["email"]),
        ] as [(JSON, Set<String>)])
    func wrong(members: JSON, fields: Set<String>) async throws {
        let admin = try await server().admin()
        var body: JSON = ["email": "somebody@example.com", "role": "partner"]
        for member in members.object ?? [] { body.add(member.name, member.value) }
        expectProblem(
            try await admin.ask("POST", Self.desk, body), 422, "VALIDATION_ERROR", fields: fields, members.text)
    }
}
