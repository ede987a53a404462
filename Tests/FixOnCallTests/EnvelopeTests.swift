import BSON
import FixOnCallClient
import RoadsideTesting
import Testing

@Suite("D22, D31–D33: the envelope, whatever happens", .server, .serialized)
struct EnvelopeTests {
    @Test("D22: health is public and says that the database is there")
    func health() async throws {
        let answer = try await server().http().get("/api/health")
        _ = try data(answer)
        try expectGolden("health", answer.json)
        let head = try await server().http().request("HEAD", "/api/health")
        #expect(head.status == 200)
        #expect(head.body.isEmpty)
    }

    @Test("D31: a validation failure looks like the fixture, members of RFC 9457 included")
    func problem() async throws {
        let answer = try await server().http().post("/api/auth/login", ["password": "x"])
        expectProblem(answer, 422, "VALIDATION_ERROR", fields: ["email"])
        var golden = try Golden.load("problem")
        var json = try #require(answer.json)
        // Hexadecimal when it is ours; the caller's own otherwise.
        golden.add("request_id", "any")
        json.add("request_id", "any")
        #expect(Golden.differences(golden, json) == [])
    }

    @Test(
        "D32: paths that are not there, with and without a slash, are 404 in the envelope and never redirected",
        arguments: [
            "/api/nothing", "/api/auth/login/", "/api/services/request/", "/api/health/", "/api/services//history",
            "/api/",
            "/api/notifications/mark-read/", "/api/auth", "/api/Auth/login", "/", "/favicon.ico", "/nothing",
        ])
    func notFound(path: String) async throws {
        let answer = try await server().http().get(path)
        expectProblem(answer, 404, "NOT_FOUND", path)
        #expect(answer.json?["instance"]?.string == path)
    }

    @Test(
        "D32: a wrong method is 405 with Allow, in the envelope",
        arguments: [
            ("GET", "/api/auth/login", "POST"), ("DELETE", "/api/auth/profile", "PUT"),
            ("POST", "/api/services/history", "GET"),
            ("PATCH", "/api/services/1/status", "PUT"), ("POST", "/api/health", "GET"),
        ])
    func methodNotAllowed(method: String, path: String, allowed: String) async throws {
        let answer = try await server().http().request(method, path)
        expectProblem(answer, 405, "METHOD_NOT_ALLOWED", path)
        #expect(answer.headers["Allow"]?.contains(allowed) == true)
    }

    @Test("D32: literal segments come before ids")
    func literalsFirst() async throws {
        let customer = try await server().customer()
        _ = try data(try await customer.ask("GET", "/api/services/history"))
        _ = try data(try await customer.ask("GET", "/api/services/types"))
        expectProblem(try await customer.ask("GET", "/api/services/available"), 403, "FORBIDDEN")
    }

    @Test(
        "the caller's request id comes back when it is harmless, and a fresh one otherwise",
        arguments: [
            ("abc-123_X.y", true), ("a b", false), ("x\"y", false), (String(repeating: "a", count: 65), false),
            ("{$ne}", false),
        ])
    func requestID(offered: String, kept: Bool) async throws {
        let answer = try await server().http().get("/api/health", headers: [("X-Request-Id", offered)])
        let id = try #require(answer.headers["X-Request-Id"])
        #expect((id == offered) == kept)
        #expect(!id.isEmpty)
    }

    @Test("answers are not kept by caches nor sniffed by browsers")
    func headers() async throws {
        let answer = try await server().http().get("/api/health")
        #expect(answer.headers["Cache-Control"] == "no-store")
        #expect(answer.headers["X-Content-Type-Options"] == "nosniff")
    }

    @Test("every route says in the OpenAPI document what it takes, answers and demands")
    func documented() async throws {
        let answer = try await server().http().get("/api/swagger.json")
        let paths = try #require(answer.json?["paths"]?.object)
        // The documents themselves come as they are.
        let documents = ["/api/swagger.json", "/api/asyncapi.json"]
        // What ends in a slash is another dialect's, which has no envelope.
        let mine = paths.filter {
            $0.name.hasPrefix("/api/") && !$0.name.hasSuffix("/") && !documents.contains($0.name)
        }
        #expect(mine.count >= 26)
        for path in mine {
            for operation in path.value.object ?? [] {
                let about: Comment = "\(operation.name) \(path.name)"
                #expect(operation.value["summary"]?.string?.isEmpty == false, about)
                let responses = try #require(operation.value["responses"]?.object, about)
                let success = try #require(responses.first { $0.name.hasPrefix("2") }, about)
                // Tables for spreadsheets come as they are, too.
                if success.value["content"]?["text/csv"]?["schema"]?["type"] == "string" { continue }
                let media = success.value["content"]?["application/json"]
                #expect(media?["schema"]?["properties"]?["data"] != nil, about)
                #expect(media?["example"]?["success"] == true, about)
            }
        }
        let assign = try #require(mine.first { $0.name == "/api/services/{id}/assign" }?.value["post"])
        #expect(assign["x-roles"] == ["customer", "dispatcher", "admin"])
    }
}
