import BSON
import FixOnCallClient
import RoadsideTesting

/// A program's port, and what a plain client does with it: JSON in, JSON out, as the documents print it.
struct Stage {
    let port: Int

    /// - Parameters:
    ///   - role: `customer` or `provider`.
    ///   - unique: what ``email(of:)`` and ``password(of:)`` are made of.
    /// - Returns: an access token.
    func register(_ role: String, as unique: String = ObjectID().hex) async throws -> String {
        let digits = (UInt64(unique.suffix(10), radix: 16) ?? 0) % 10_000_000 + 10_000_000
        var body: JSON = [
            "email": .string(Self.email(of: unique)), "password": .string(Self.password(of: unique)),
            "name": "Somebody",
            "phone": .string("+25471\(String(digits).dropFirst())"),
            "user_type": .string(role == "provider" ? "mechanic" : "driver"),
        ]
        if role == "provider" {
            body.add("specialization", ["engine"])
            body.add("location", ["latitude": -1.2921, "longitude": 36.8219])
        }
        let answer = try await http.post("/api/auth/register", body)
        guard let token = answer.json?["data"]?["access_token"]?.string else {
            throw UnexpectedAnswer(description: "registering answered \(answer.status)")
        }
        return token
    }

    static func email(of unique: String) -> String { "\(unique)@example.com" }
    static func password(of unique: String) -> String { "Long-\(unique)" }

    /// - Returns: the id of whom a token belongs to.
    func id(of token: String) async throws -> String {
        let answer = try await call("GET", "/api/auth/profile", nil, token: token)
        guard let id = answer.json?["data"]?["user"]?["id"]?.string else {
            throw UnexpectedAnswer(description: "a profile was answered \(answer.status)")
        }
        return id
    }

    func request(token: String, extra: JSON = [:]) async throws -> Int64 {
        var body: JSON = [
            "service_type": "breakdown", "description": "It does not start",
            "location": ["latitude": -1.2921, "longitude": 36.8219, "address": "Kenyatta Avenue"],
        ]
        for member in extra.object ?? [] { body.add(member.name, member.value) }
        let answer = try await call("POST", "/api/services/request", body, token: token)
        guard let number = answer.json?["data"]?["service"]?["number"]?.int else {
            throw UnexpectedAnswer(description: "a request was answered \(answer.status)")
        }
        return number
    }

    func accept(_ number: Int64, token: String) async throws -> Int {
        try await call("POST", "/api/services/\(number)/accept", nil, token: token).status
    }

    func start(_ number: Int64, code: String, token: String) async throws -> Int {
        try await call("POST", "/api/services/\(number)/start", ["otp": .string(code)], token: token).status
    }

    func socket(_ path: String, token: String, answersPings: Bool = true) async throws -> SocketClient {
        try await SocketClient.connect(
            host: "127.0.0.1", port: port, path: path, headers: [("Authorization", "Bearer \(token)")],
            answersPings: answersPings)
    }

    private var http: HTTPClient { HTTPClient(host: "127.0.0.1", port: port) }

    private func call(_ method: String, _ path: String, _ body: JSON?, token: String) async throws -> HTTPAnswer {
        try await http.request(method, path, headers: [("Authorization", "Bearer \(token)")], json: body)
    }
}
