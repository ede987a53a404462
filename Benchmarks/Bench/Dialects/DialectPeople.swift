import BSON
import FixOnCallClient
import Foundation

/// A customer and the only provider there is, and a job of theirs that is under way.
struct DialectPeople: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let customer: DialectPerson
    let provider: DialectPerson
    /// Of another customer, for whoever only looks.
    let onlooker: DialectPerson
    let job: (id: String, number: Int64)

    init(_ running: RunningTarget) throws {
        let port = running.port
        let (customer, onlooker, provider, job) = try waiting {
            let customer = try await DialectPerson(port, "customer", Self.customer("customer", 1))
            let onlooker = try await DialectPerson(port, "onlooker", Self.customer("onlooker", 2))
            let first = try await DialectPerson(port, "first", Self.provider("first", 1))
            let opened = try await onlooker.must("POST", "/api/services/request", Self.call)["data"]?["service"]
            guard let id = opened?["id"]?.string, let number = opened?["number"]?.int else {
                throw Failure(description: "a service without an id")
            }
            try await first.take()
            // Free as long as nobody calls; the other one is busy.
            let provider = try await DialectPerson(port, "provider", Self.provider("provider", 2))
            return (customer, onlooker, provider, (id, number))
        }
        (self.customer, self.onlooker, self.provider, self.job) = (customer, onlooker, provider, job)
    }

    static let call: JSON = [
        "service_type": "breakdown", "description": "Car will not start",
        "location": ["latitude": -1.2921, "longitude": 36.8219, "address": "Nairobi, Kenya"],
    ]

    private static func customer(_ name: String, _ index: Int) -> JSON {
        person(name, index).adding("user_type", "driver")
    }

    private static func provider(_ name: String, _ index: Int) -> JSON {
        person(name, 50 + index).adding("user_type", "mechanic").adding("specialization", ["general"])
            .adding("experience_years", 5).adding("location", ["latitude": -1.2921, "longitude": 36.8219])
    }

    private static func person(_ name: String, _ index: Int) -> JSON {
        [
            "name": .string("The \(name)"), "email": .string("\(name)@example.com"),
            "phone": .string("+2547000001\(index + 10)"), "password": .string(City.password),
        ]
    }
}

/// Somebody who is signed in, with one connection.
struct DialectPerson: Sendable {
    private let client: HTTPClient
    private let token: String

    init(_ port: Int, _ name: String, _ facts: JSON) async throws {
        client = HTTPClient(host: "127.0.0.1", port: port)
        let answer = try await client.post("/api/auth/register", facts)
        guard answer.status == 201, let token = answer.json?["data"]?["access_token"]?.string else {
            throw DialectPeople.Failure(description: "registering \(name): \(answer.status) \(answer.text)")
        }
        self.token = token
    }

    @discardableResult
    func must(_ method: String, _ path: String, _ body: JSON? = nil) async throws -> JSON {
        let answer = try await client.request(
            method, path, headers: [("Authorization", "Bearer \(token)")], json: body)
        guard (200..<300).contains(answer.status), let json = answer.json else {
            throw DialectPeople.Failure(description: "\(method) \(path): \(answer.status) \(answer.text)")
        }
        return json
    }

    func socket(_ path: String, speaking subprotocols: [String] = []) async throws -> SocketClient {
        try await SocketClient.connect(
            host: client.host, port: client.port, path: path, headers: [("Authorization", "Bearer \(token)")],
            subprotocols: subprotocols)
    }

    /// Takes the one service that he is offered.
    func take() async throws {
        for _ in 0..<20 {
            // So that he finds it at his first look, which counts, too.
            try await Task.sleep(for: .milliseconds(300))
            let list = try await must("GET", "/api/services/available")
            if let number = list["data"]?["services"]?[0]?["number"]?.int {
                try await must("POST", "/api/services/\(number)/accept")
                return
            }
        }
        throw DialectPeople.Failure(description: "nothing was offered")
    }
}

extension SocketClient {
    /// Reads up to the first message with these words in it.
    @discardableResult
    func hear(_ words: String) async throws -> String {
        while true {
            let message = try await next()
            if let text = message.text {
                if text.contains(words) { return text }
            } else {
                throw DialectPeople.Failure(description: "\(words) was not said before \(message)")
            }
        }
    }

    /// The end of an operation is part of it.
    func leave() async throws {
        try await close()
        while try await next() != .ended {}
    }
}
