import BSON
import FixOnCallClient
import RoadsideTesting
import Synchronization

/// Somebody who registers and speaks as Depannini's document has it.
private struct DepanniniPerson: Sendable {
    let id: Int64
    private let token: String
    private let http: HTTPClient
    private let server: TestServer

    init(_ server: TestServer, _ facts: JSON) async throws {
        let digits = (UInt64(ObjectID().hex.suffix(10), radix: 16) ?? 0) % 10_000_000 + 10_000_000
        let password = "Long-\(ObjectID().hex)"
        let body = facts.adding("phone_number", .string("+25471\(String(digits).dropFirst())"))
            .adding("password", .string(password)).adding("password_confirm", .string(password))
        (http, self.server) = (server.http(), server)
        let answer = try await http.post("/api/auth/register/", body)
        guard answer.status == 201, let id = answer.json?["user"]?["id"]?.int,
            let token = answer.json?["access"]?.string
        else { throw UnexpectedAnswer(description: "registering answered \(answer.status) \(answer.text)") }
        (self.id, self.token) = (id, token)
    }

    func ask(_ method: String, _ path: String, _ body: JSON? = nil) async throws -> HTTPAnswer {
        try await http.request(method, path, headers: [("Authorization", "Bearer \(token)")], json: body)
    }

    func must(_ method: String, _ path: String, _ body: JSON? = nil) async throws -> JSON {
        let answer = try await ask(method, path, body)
        guard (200..<300).contains(answer.status), let json = answer.json else {
            throw UnexpectedAnswer(description: "\(method) \(path) was answered \(answer.status) \(answer.text)")
        }
        return json
    }

    func socket(_ path: String) async throws -> SocketClient { try await server.socket(path, token: token) }
}

/// A client who asks for a repair, or with a drop-off for a tow, and listens on its socket.
final class DepanniniClient: Stranded {
    private let person: DepanniniPerson
    private let socket = Mutex<SocketClient?>(nil)
    private let errand: Errand

    init(_ server: TestServer, _ errand: Errand) async throws {
        self.errand = errand
        person = try await DepanniniPerson(server, ["name": "Amine Client", "user_type": "client"])
    }

    func call() async throws {
        var body: JSON = ["pickup": ["lat": -1.2921, "lng": 36.8219]]
        if errand == .tow { body.add("dropoff", ["lat": -1.3192, "lng": 36.9275]) }
        let answer = try await person.must("POST", "/api/assistance/request/", body)
        guard let id = answer["assistance"]?["id"]?.int else {
            throw UnexpectedAnswer(description: "a request without an id")
        }
        let opened = try await person.socket("/ws/assistance/\(id)/")
        socket.withLock { $0 = opened }
    }

    func hears(_ station: Station) async throws {
        let word =
            switch station {
            case .accepted: "accepted"
            case .started: "ongoing"
            case .completed: "completed"
            }
        _ = try await socket.withLock { $0 }?.frames { $0["type"] == "status" && $0["status"]?.string == word }
    }
}

/// An assistant on duty, who repairs or tows.
final class DepanniniAssistant: Rescuer {
    private let person: DepanniniPerson
    private let alerts: SocketClient
    private let id = Mutex<Int64>(0)

    init(_ server: TestServer, _ errand: Errand) async throws {
        person = try await DepanniniPerson(
            server,
            [
                "name": "Samir Assistant", "user_type": "assistant",
                "service_type": errand == .tow ? "towing" : "repair", "vehicle_type": "van",
                "driving_license_cat": "b", "driving_license_num": "DL-4711", "driving_license_expiry": "31:12:40",
                "vehicle_registration_num": 1234567, "current_lat": -1.2921, "current_lng": 36.8219,
                "address": "Kenyatta Avenue",
            ])
        alerts = try await person.socket("/ws/assistant/\(person.id)/")
    }

    func takes() async throws {
        let alert = try await alerts.frames { $0["type"] == "new_assistance_request" }.last
        guard let found = alert?["assistance_id"]?.int else {
            throw UnexpectedAnswer(description: "an alert without an id")
        }
        id.withLock { $0 = found }
        _ = try await person.must("PATCH", "/api/assistance/accept/\(found)/")
    }

    func starts(collecting isCashFirst: Bool) async throws {
        guard isCashFirst else { return try await update(["status": "ongoing"]) }
        let refused = try await person.ask("PATCH", path, ["status": "ongoing"])
        guard refused.status == 409, refused.json?["code"] == "PAYMENT_REQUIRED" else {
            throw UnexpectedAnswer(description: "begun without the cash: \(refused.status) \(refused.text)")
        }
        try await update(["status": "ongoing", "payment_status": "paid"])
    }

    func finishes() async throws { try await update(["status": "completed"]) }

    private var path: String { "/api/assistance/update/\(id.withLock { $0 })/" }

    private func update(_ body: JSON) async throws { _ = try await person.must("PATCH", path, body) }
}
