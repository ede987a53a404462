import BSON
import FixOnCall
import FixOnCallClient
import RoadsideTesting
import Testing

@testable import RoadsideWeb

@Suite("F8: links by which others follow a service", .server, .serialized)
struct SharingTests {
    @Test("whoever has the link sees status, arrival and, by its scope, where the mechanic is; and nothing else")
    func follow() async throws {
        let scene = try await Parties().accepted()
        let place = try data(try await scene.customer.ask("GET", scene.path))["service"]?["location"]
        let (latitude, longitude) = (try #require(place?["latitude"]), try #require(place?["longitude"]))
        let here: JSON = ["latitude": latitude, "longitude": longitude]
        _ = try data(try await scene.mechanic.ask("POST", "/api/mechanics/me/location", here))
        let answer = try await scene.customer.ask(
            "POST", scene.path + "/share", ["scope": "position", "expires_in": 600])
        let made = try data(answer, 201)
        let (token, path) = (try #require(made["token"]?.string), try #require(made["path"]?.string))
        #expect(token.utf8.count == 43 && path == "/api/shared/\(token)")
        #expect(answer.headers["Location"] == scene.path + "/shares")
        let anybody = try server().http()
        let shown = try await anybody.get(path)
        let service = try #require(try data(shown)["service"])
        #expect(service["status"] == "accepted" && service["stage"] == "accepted" && service["eta"]?.object != nil)
        #expect(service["position"]?["latitude"] == latitude && isTimestamp(service["position"]?["recorded_at"]))
        #expect(shown.headers["Cache-Control"] == "no-store" && shown.headers["Referrer-Policy"] == "no-referrer")
        let secret = [
            "id", "_id", "number", "name", "phone", "email", "address", "start_otp", "price_estimate", "customer",
            "mechanic", "vehicle_info", "description",
        ]
        #expect(names(in: service).isDisjoint(with: secret), "\(service.text)")
        let plain = try data(try await scene.customer.ask("POST", scene.path + "/share", ["scope": "status"]), 201)
        let less = try data(try await anybody.get(try #require(plain["path"]?.string)))["service"]
        #expect(less?["position"] == .null && less?["status"] == "accepted")

        let listed = try await scene.customer.ask("GET", scene.path + "/shares")
        #expect(try data(listed)["count"] == 2 && !listed.text.contains(token))
        let id = try #require(made["share"]?["id"]?.string)
        expectProblem(try await scene.mechanic.ask("DELETE", "\(scene.path)/share/\(id)"), 403, "FORBIDDEN")
        _ = try data(try await scene.customer.ask("DELETE", "\(scene.path)/share/\(id)"))
        expectProblem(try await anybody.get(path), 404, "NOT_FOUND")
        expectProblem(try await scene.customer.ask("DELETE", "\(scene.path)/share/\(id)"), 404, "NOT_FOUND")
        _ = try await scene.led(to: "in_progress", "completed")
        expectProblem(try await anybody.get(try #require(plain["path"]?.string)), 404, "NOT_FOUND")
        expectProblem(
            try await scene.customer.ask("POST", scene.path + "/share", ["scope": "status"]), 409, "CONFLICT")
    }

    @Test("T1: nobody shares somebody else's service, for longer than a day, or in a scope that is none")
    func refusals() async throws {
        let server = try server()
        let scene = try await Parties()
        let path = scene.path + "/share"
        let stranger = try await server.customer()
        expectProblem(try await stranger.ask("POST", path, ["scope": "status"]), 404)
        expectProblem(try await stranger.ask("GET", path + "s"), 404)
        expectProblem(try await stranger.ask("DELETE", path + "/" + scene.id), 404)
        expectProblem(try await scene.customer.ask("DELETE", path + "/1"), 404)
        for (body, field) in [
            (["scope": "all"], "scope"), ([:], "scope"), (["scope": "status", "expires_in": 86_401], "expires_in"),
            (["scope": "status", "expires_in": 59], "expires_in"),
        ] as [(JSON, String)] {
            expectProblem(try await scene.customer.ask("POST", path, body), 422, fields: [field], body.text)
        }
        for token in ["x", String(repeating: "A", count: 43)] {
            let answer = try await server.http().get("/api/shared/\(token)")
            expectProblem(answer, 404, "NOT_FOUND")
            #expect(answer.json?["instance"] == "/api/shared/***")
        }
    }

    @Test("D36: a token in a path is in no answer about it, however the path is written")
    func notLogged() {
        let token = "6pTt0Ck4r2uJx1yQm8Zs3vBn5wLd7eHf9aGc0iKo2qU"
        for target in [
            "/api/shared/\(token)", "/api/shared/\(token.dropLast(30))",
            "/api/shared/a/\(token)",
            "/api/%73hared/\(token)", "//api/shared/\(token)",
        ] {
            let line = FixOnCall.secretPaths.hidden(target)
            #expect(!line.contains(token.prefix(10)) && line.contains("***"), "\(target): \(line)")
        }
        for path in [
            "/api/shared/", "/api/services/65a50b2c-9f1d-8e00-8123-456780000000/share/65a50b2c9f1d4e0012345702",
            "/api/admin/services/65a50b2c9f1d4e0012345702/dispatch-trace", "/static/a-rather-long-name-of-a-file.css",
        ] { #expect(FixOnCall.secretPaths.hidden(path) == path) }
    }
}
