import BSON
import FixOnCallClient
import FixOnCallServer
import Foundation
import RoadsideTesting
import Testing

/// Somebody with an account of this dialect, and a connection of his own.
struct Player: Sendable {
    let id: Int64
    let phone: String
    let email: String?
    let password: String
    let token: String
    let refresh: String
    let http: HTTPClient
    let server: TestServer

    func ask(_ method: String, _ path: String, _ body: JSON? = nil) async throws -> HTTPAnswer {
        try await http.request(method, path, headers: [("Authorization", "Bearer \(token)")], json: body)
    }

    func socket(_ path: String) async throws -> SocketClient { try await server.socket(path, token: token) }

    /// Asks for help at the centre of Nairobi.
    func request(dropoff: Bool = true) async throws -> JSON {
        var body: JSON = ["pickup": ["lat": -1.2921, "lng": 36.8219]]
        if dropoff { body.add("dropoff", ["lat": -1.3032, "lng": 36.7073]) }
        let answer = try await ask("POST", "/api/assistance/request/", body)
        return try #require(answer.status == 201 ? answer.json : nil, "\(answer.status) \(answer.text)")
    }

    /// Leads an assistance on.
    func update(_ id: Int64, _ status: String) async throws -> HTTPAnswer {
        try await ask("PATCH", "/api/assistance/update/\(id)/", ["status": .string(status)])
    }
}

extension TestServer {
    /// A new number in every call.
    static func freshPhone() -> String {
        let digits = (UInt64(ObjectID().hex.suffix(10), radix: 16) ?? 0) % 10_000_000 + 10_000_000
        return "+25471\(String(digits).dropFirst())"
    }

    func client(_ name: String = "Amine Client") async throws -> Player {
        try await player([
            "phone_number": .string(Self.freshPhone()), "name": .string(name), "user_type": "client",
        ])
    }

    /// On duty at the centre of Nairobi.
    func assistant(_ name: String = "Samir Assistant", service: String = "towing") async throws -> Player {
        try await player(try assistantBody().adding("name", .string(name)).adding("service_type", .string(service)))
    }

    /// As the document has it, for somebody new.
    func assistantBody() throws -> JSON {
        try Golden("register.request").json.adding("phone_number", .string(Self.freshPhone()))
            .adding("email", .string("\(ObjectID().hex)@example.com"))
    }

    private func player(_ body: JSON) async throws -> Player {
        let password = "Long-\(ObjectID().hex)"
        let body = body.adding("password", .string(password)).adding("password_confirm", .string(password))
        let http = http()
        let answer = try await http.post("/api/auth/register/", body)
        let json = try #require(answer.status == 201 ? answer.json : nil, "\(answer.status) \(answer.text)")
        return Player(
            id: try #require(json["user"]?["id"]?.int), phone: try #require(body["phone_number"]?.string),
            email: body["email"]?.string, password: password, token: try #require(json["access"]?.string),
            refresh: try #require(json["refresh"]?.string), http: http, server: self)
    }

    /// The code that was sent last to an address.
    func code(to address: String, _ purpose: String = "verify") throws -> String {
        let path = try #require(services.outbox)
        let lines = try Data(contentsOf: URL(fileURLWithPath: path)).split(separator: UInt8(ascii: "\n"))
        let letters = try lines.map { try JSON.parse(Array($0)) }
        let code = letters.last { $0["address"]?.string == address && $0["purpose"]?.string == purpose }
        return try #require(code?["code"]?.string, "no code to \(purpose) was sent to \(address)")
    }
}

/// A refusal in the shape of this dialect.
func expectComplaint(
    _ answer: HTTPAnswer, _ status: Int, _ code: String, fields: Set<String>? = nil, _ comment: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let about = Comment(rawValue: "\(comment): \(answer.status) \(answer.text)")
    #expect(answer.status == status, about, sourceLocation: sourceLocation)
    #expect(answer.json?["code"]?.string == code, about, sourceLocation: sourceLocation)
    #expect(answer.json?["detail"]?.string?.isEmpty == false, about, sourceLocation: sourceLocation)
    #expect(answer.json?["success"] == nil && answer.json?["data"] == nil, about, sourceLocation: sourceLocation)
    let errors = answer.json?["errors"]?.object
    for error in errors ?? [] {
        #expect(error.value.array?.isEmpty == false, about, sourceLocation: sourceLocation)
    }
    if let fields { #expect(Set((errors ?? []).map(\.name)) == fields, about, sourceLocation: sourceLocation) }
}
