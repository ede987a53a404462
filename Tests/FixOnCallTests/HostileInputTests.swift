import BSON
import FixOnCallClient
import RoadsideTesting
import Testing

@Suite("D33: whatever a stranger sends is refused in the envelope and leaves nothing behind", .server, .serialized)
struct HostileInputTests {
    /// Bodies that are not JSON, or too much of it.
    private static let brokenBodies: [(String, [UInt8], Int, String)] = [
        ("half an object", Array(#"{"email":"#.utf8), 400, "MALFORMED_BODY"),
        ("two values", Array(#"{} {}"#.utf8), 400, "MALFORMED_BODY"),
        ("not a number", Array(#"{"experience_years":NaN}"#.utf8), 400, "MALFORMED_BODY"),
        ("beyond a double", Array(#"{"experience_years":1e999}"#.utf8), 400, "MALFORMED_BODY"),
        ("single quotes", Array(#"{'email':'a'}"#.utf8), 400, "MALFORMED_BODY"),
        ("a trailing comma", Array(#"{"email":"a",}"#.utf8), 400, "MALFORMED_BODY"),
        (
            "bytes that are no UTF-8", Array(#"{"email":""#.utf8) + [0xFF, 0xFE, 0xC0] + Array(#""}"#.utf8), 400,
            "MALFORMED_BODY"
        ),
        ("half a surrogate pair", Array(#"{"email":"\ud800"}"#.utf8), 400, "MALFORMED_BODY"),
        ("a raw control character", Array("{\"email\":\"a\u{01}\"}".utf8), 400, "MALFORMED_BODY"),
        ("only a NUL", [0], 400, "MALFORMED_BODY"),
        ("XML", Array("<register/>".utf8), 400, "MALFORMED_BODY"),
        ("nesting without end", Array(String(repeating: "[", count: 20_000).utf8), 400, "MALFORMED_BODY"),
        (
            "nesting beyond sixteen",
            Array((String(repeating: #"{"a":"#, count: 17) + "1" + String(repeating: "}", count: 17)).utf8), 400,
            "MALFORMED_BODY"
        ),
        (
            "more than 64 KiB", Array((#"{"email":""# + String(repeating: "a", count: 70_000) + #""}"#).utf8), 413,
            "PAYLOAD_TOO_LARGE"
        ),
    ]

    @Test("a body that is not JSON, or too much of it, is refused", arguments: brokenBodies.indices)
    func broken(index: Int) async throws {
        let (what, body, status, code) = Self.brokenBodies[index]
        let person = try await server().customer()
        for (method, path) in [
            ("POST", "/api/auth/register"), ("POST", "/api/auth/login"), ("PUT", "/api/auth/profile"),
            ("POST", "/api/services/request"), ("POST", "/api/auth/logout"), ("POST", "/api/bookings/create"),
        ] {
            let answer = try await person.http.request(
                method, path,
                headers: [("Authorization", "Bearer \(person.token)"), ("Content-Type", "application/json")], body: body
            )
            expectProblem(answer, status, code, "\(what) to \(path)")
        }
        _ = try data(try await person.ask("GET", "/api/auth/profile"))
    }

    @Test(
        "a body that says it is not JSON is 415; one that says nothing is read",
        arguments: [
            ("text/xml", 415), ("application/x-www-form-urlencoded", 415), ("multipart/form-data; boundary=x", 415),
            ("text/plain", 415),
            ("application/json; charset=utf-8", 422), ("application/vnd.api+json", 422), ("APPLICATION/JSON", 422),
            ("", 422),
        ])
    func contentTypes(type: String, status: Int) async throws {
        let headers = type.isEmpty ? [] : [("Content-Type", type)]
        let answer = try await server().http().request(
            "POST", "/api/auth/login", headers: headers, body: Array("{}".utf8))
        expectProblem(answer, status, status == 415 ? "UNSUPPORTED_MEDIA_TYPE" : "VALIDATION_ERROR", type)
    }

    @Test("a POST that needs a body and has none is told what is missing")
    func noBody() async throws {
        expectProblem(
            try await server().http().post("/api/auth/login"), 422, "VALIDATION_ERROR", fields: ["email", "password"])
    }

    /// Values put in the place of every member in turn.
    private static let wrongValues: [JSON] = [
        ["$ne": nil], ["$gt": ""], ["$where": "sleep(10000)"], [], ["x", "y"], true, 3.5, -1, [[:]],
        ["$oid": "65a50b2c9f1d4e0012345678"],
    ]

    @Test("operators, lists and wrong kinds in place of credentials never sign anybody in", arguments: wrongValues)
    func credentials(value: JSON) async throws {
        let person = try await server().customer()
        for body in [
            ["email": value, "password": .string(person.password)],
            ["email": .string(person.email), "password": value],
            ["phone": value, "password": value], ["email": value, "password": value],
        ] as [JSON] {
            expectProblem(try await person.http.post("/api/auth/login", body), 422, "VALIDATION_ERROR", body.text)
        }
        expectProblem(
            try await person.http.post("/api/auth/refresh", ["refresh_token": value]), 422, "VALIDATION_ERROR",
            value.text)
        expectProblem(
            try await person.http.post("/api/auth/verify-email", ["email": value, "code": value]), 422,
            "VALIDATION_ERROR", value.text)
    }

    @Test("T19: nor do they change a password or an address, or erase an account", arguments: wrongValues)
    func account(value: JSON) async throws {
        let person = try await server().customer()
        let (email, password) = (JSON.string(person.email), JSON.string(person.password))
        for (method, path, body) in [
            ("POST", "forgot-password", ["email": value]), ("POST", "forgot-password", ["phone": value]),
            ("POST", "reset-password", ["email": value, "code": "123456", "password": "A better one 7"]),
            ("POST", "reset-password", ["email": email, "code": value, "password": "A better one 7"]),
            ("POST", "reset-password", ["email": email, "code": "123456", "password": value]),
            ("POST", "change-password", ["current_password": value, "new_password": "A better one 7"]),
            ("POST", "change-password", ["current_password": password, "new_password": value]),
            ("POST", "change-address", ["email": value, "password": password]),
            ("POST", "change-address", ["email": "new@example.com", "password": value]),
            ("POST", "confirm-address", ["email": value, "code": "123456"]),
            ("POST", "confirm-address", ["phone": value, "code": value]),
            ("POST", "google", ["id_token": value]), ("DELETE", "account", ["password": value]),
        ] as [(String, String, JSON)] {
            expectProblem(
                try await person.ask(method, "/api/auth/\(path)", body), 422, "VALIDATION_ERROR",
                "\(path) \(body.text)")
        }
        let login = try await person.http.post("/api/auth/login", ["email": email, "password": password])
        #expect(try data(login)["user"]?["email"] == email)
    }

    @Test("a registration with one wrong member is refused and leaves the address free", arguments: wrongValues)
    func registration(value: JSON) async throws {
        let http = try server().http()
        var good = try newcomer("mechanic")
        good.add("specialization", ["engine"])
        good.add("experience_years", 5)
        good.add("service_radius_km", 20)
        good.add("location", ["latitude": -1.2, "longitude": 36.8])
        for name in (good.object ?? []).map(\.name) {
            // A list of words is what a specialization is.
            if name == "specialization", value == ["x", "y"] || value == [] { continue }
            if name == "service_radius_km", value == 3.5 { continue }
            expectProblem(
                try await http.post("/api/auth/register", good.adding(name, value)), 422, "VALIDATION_ERROR",
                "\(name) \(value.text)")
        }
        for array in [[good], [], "text", 5, true, nil] as [JSON] {
            expectProblem(
                try await http.post("/api/auth/register", array), 422, "VALIDATION_ERROR", "body \(array.text)")
        }
        _ = try data(try await http.post("/api/auth/register", good), 201)
    }

    @Test("a call for help with one wrong member is refused and opens nothing")
    func serviceRequest() async throws {
        let customer = try await server().customer()
        let here: JSON = ["latitude": -1.3, "longitude": 36.8, "address": "Here"]
        let good: JSON = ["service_type": "breakdown", "location": here]
        let bad: [(JSON, Set<String>)] = [
            ([:], ["service_type", "location"]),
            (["location": here], ["service_type"]),
            (["service_type": "spaceship"], ["service_type", "location"]),
            (good.adding("service_type", "spaceship"), ["service_type"]),
            (good.adding("service_type", ["$ne": nil]), ["service_type"]),
            (good.adding("service_type", "break\u{0}down"), ["service_type"]),
            (good.adding("location", "Nairobi"), ["location"]),
            (good.adding("location", []), ["location"]),
            (good.adding("location", [:]), ["location.latitude", "location.longitude"]),
            (good.adding("location", here.adding("latitude", 90.0001)), ["location.latitude"]),
            (good.adding("location", here.adding("longitude", -180.5)), ["location.longitude"]),
            (good.adding("location", here.adding("latitude", "-1.3")), ["location.latitude"]),
            (good.adding("location", here.adding("latitude", nil)), ["location.latitude"]),
            (good.adding("location", here.adding("longitude", ["$gt": 0])), ["location.longitude"]),
            (good.adding("location", here.adding("address", 5)), ["location.address"]),
            (
                good.adding("location", here.adding("address", .string(String(repeating: "a", count: 301)))),
                ["location.address"]
            ),
            (good.adding("description", ["$ne": 1]), ["description"]),
            (good.adding("description", .string(String(repeating: "a", count: 2001))), ["description"]),
            (good.adding("vehicle_info", "Toyota"), ["vehicle_info"]),
            (good.adding("vehicle_info", ["make": "Toyota", "model": "Premio", "year": 20.5]), ["vehicle_info.year"]),
            (good.adding("destination", ["latitude": 1]), ["destination.longitude"]),
            (good.adding("destination", ["latitude": 1, "longitude": 1000]), ["destination.longitude"]),
            (good.adding("mechanic_id", ["$ne": nil]), ["mechanic_id"]),
            (good.adding("mechanic_id", "nobody"), ["mechanic_id"]),
            (good.adding("mechanic_id", "000000000000000000000000"), ["mechanic_id"]),
        ]
        for (body, fields) in bad {
            expectProblem(
                try await customer.ask("POST", "/api/services/request", body), 422, "VALIDATION_ERROR", fields: fields,
                body.text)
        }
        #expect(try data(try await customer.ask("GET", "/api/services/history"))["services"] == [])
        #expect(try data(try await customer.ask("GET", "/api/notifications/my-notifications"))["notifications"] == [])
    }

    @Test("text is kept as it is, operators, markup and foreign scripts alike")
    func textIsText() async throws {
        let customer = try await server().customer()
        let text = #"$where: <script>alert(1)</script> '; DROP TABLE users; -- Gari halianzi 🚗 السيارة"#
        let service = try await customer.request(extra: ["description": .string(text)])
        #expect(service["description"]?.string == text)
    }

    @Test("members nobody knows are ignored, operators among them")
    func unknownMembers() async throws {
        let customer = try await server().customer()
        let service = try await customer.request(extra: [
            "$set": ["status": "completed"], "a.b": 1, "__proto__": ["x": 1], "": 5,
        ])
        #expect(service["status"] == "pending")
    }

    @Test(
        "odd paths are refused in the envelope",
        arguments: [
            "/api/%", "/api/%zz", "/api/services/%ff", "/api/services/%00", "/api/services/..%2f..%2fetc%2fpasswd",
            "/api/services/" + String(repeating: "a", count: 3000),
        ])
    func paths(path: String) async throws {
        let customer = try await server().customer()
        let answer = try await customer.ask("GET", path)
        #expect([400, 404].contains(answer.status), "\(path): \(answer.text)")
        expectProblem(answer, answer.status, nil, path)
    }
}
