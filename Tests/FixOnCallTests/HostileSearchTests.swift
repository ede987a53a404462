import BSON
import FixOnCallClient
import RoadsideRules
import RoadsideTesting
import Testing

@Suite("T20, T21: searches and positions that were made to hurt", .server, .serialized)
struct HostileSearchTests {
    /// Patterns that take a backtracking reader for ever, operators, and wildcards.
    private static let patterns = [
        "^(a+)+$", "(a|aa)+b", ".*", ".", "^", "$", "[", "(", "\\", "*", "a{1,99999}", "(?=a)", "\\d", "%", "_",
        "{$gt:\"\"}", "[$ne]=1", "' || '1'=='1", "$where", "\u{202E}",
    ]

    @Test("T20: a pattern in a search is so many letters; nobody is found by it", arguments: patterns)
    func isLetters(pattern: String) async throws {
        let server = try server()
        let admin = try await server.admin()
        _ = try await server.customer("Wanjiku Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
        let escaped = pattern.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let answer = try await admin.ask("GET", "/api/admin/users?search=\(escaped)")
        #expect(try data(answer)["users"] == [], "\(pattern): \(answer.text)")
    }

    @Test("T20: fifty thousand letters are refused wherever a text is read, in a query as in a body")
    func long() async throws {
        let admin = try await server().admin()
        let customer = try await server().customer()
        for unit in ["a", "a.", "a@", "((", "0", "é"] {
            let long = JSON.string(String(repeating: unit, count: 50_000 / unit.utf8.count))
            for (path, body) in [
                ("/api/auth/login", ["email": long, "password": "x"]),
                ("/api/auth/login", ["phone": long, "password": "x"]),
                ("/api/auth/forgot-password", ["email": long]), ("/api/auth/resend-verification", ["phone": long]),
                ("/api/vehicles", ["license_plate": long, "make": "Toyota", "model": "Premio"]),
                ("/api/auth/trusted-contacts", ["name": "Jane", "email": long]),
            ] as [(String, JSON)] {
                expectProblem(try await customer.ask("POST", path, body), 422, "VALIDATION_ERROR", "\(unit) \(path)")
            }
        }
        for count in [201, 1_000] {
            let search = String(repeating: "a", count: count)
            expectProblem(
                try await admin.ask("GET", "/api/admin/users?search=\(search)"), 422, "VALIDATION_ERROR",
                fields: ["search"])
        }
    }

    /// Numbers as they stand in a body, of which none is a latitude or a longitude.
    private static let noDegrees = [
        "180.0001", "-181", "1e999", "-1e999", "1e308", "\"1\"", "null", "[]", "{}", "true",
    ]
    /// No JSON at all.
    private static let noNumbers = ["NaN", "Infinity", "-Infinity", "0x1", "1.", ".5", "+1", "1e"]

    @Test("T21: positions out of range, of another kind or no number at all are refused, in bodies and in queries")
    func positions() async throws {
        let mechanic = try await server().provider(at: Spot.fresh())
        let token = [("Authorization", "Bearer \(mechanic.token)"), ("Content-Type", "application/json")]
        for name in ["latitude", "longitude"] {
            let other = name == "latitude" ? "longitude" : "latitude"
            for number in Self.noDegrees + Self.noNumbers {
                let body = Array(#"{"\#(other)":1,"\#(name)":\#(number)}"#.utf8)
                let answer = try await mechanic.http.request(
                    "POST", "/api/mechanics/me/location", headers: token, body: body)
                // Beyond a double it is no number of ours, and the text no JSON.
                let isText = Self.noNumbers.contains(number) || number.hasSuffix("e999")
                expectProblem(
                    answer, isText ? 400 : 422, isText ? "MALFORMED_BODY" : "VALIDATION_ERROR",
                    fields: isText ? nil : [name], "\(name) \(number)")
            }
            for number in ["180.0001", "-181", "1e999", "nan", "NaN", "inf", "-inf", "0x1", "", "%201", "1,2"] {
                let answer = try await mechanic.ask("GET", "/api/mechanics/nearby?\(other)=1&\(name)=\(number)")
                expectProblem(answer, 422, "VALIDATION_ERROR", fields: [name], "\(name) \(number)")
            }
        }
        for radius in ["0", "0.09", "100.1", "1e9", "-1", "nan", "inf"] {
            let answer = try await mechanic.ask(
                "GET", "/api/mechanics/nearby?latitude=1&longitude=1&radius_km=\(radius)")
            expectProblem(answer, 422, "VALIDATION_ERROR", fields: ["radius_km"], radius)
        }
        let nowhere: JSON = ["latitude": 0, "longitude": 0]
        expectProblem(
            try await mechanic.ask("POST", "/api/mechanics/me/location", nowhere), 422, "VALIDATION_ERROR",
            fields: ["latitude"], "a device that does not know where it is")
    }

    @Test("T21: who stands beyond the date line is near, and at the pole everybody is")
    func edges() async throws {
        let server = try server()
        let east = try #require(GeoPoint(latitude: -17.3, longitude: 179.99))
        let pole = try #require(GeoPoint(latitude: 89.99, longitude: 10))
        let customer = try await server.customer()
        for (mechanic, latitude, longitude) in [
            (try await server.provider("East", at: east), -17.3, -179.99),
            (try await server.provider("Pole", at: pole), 89.99, -170),
        ] {
            let found = try data(
                try await customer.ask("GET", "/api/mechanics/nearby?latitude=\(latitude)&longitude=\(longitude)"))
            let ids = (found["mechanics"]?.array ?? []).compactMap { $0["id"]?.string }
            #expect(ids.contains(mechanic.id), "\(found.text)")
        }
    }
}
