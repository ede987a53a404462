import BSON
import FixOnCall
import FixOnCallClient
import FixOnCallServer
import RoadsideTesting
import Testing

@testable import RoadsideWeb

@Suite("T16: whose pages may open sockets", .server { $0.sockets.origins = ["https://app.example.com"] }, .serialized)
struct SocketOriginTests {
    // Another dialect's socket under its documented path (E1).
    private static let bookings = "/ws/bookings/"

    private func open(_ path: String, as person: Person, _ headers: (String, String)...) async throws {
        _ = try await SocketClient.connect(
            host: "127.0.0.1", port: server().port, path: path,
            headers: [("Authorization", "Bearer \(person.token)")] + headers, subprotocols: ["fixoncall.v1"])
    }

    @Test("a page of a foreign origin is 403 before the upgrade, in the words of the route; others are let in")
    func wire() async throws {
        let person = try await server().customer()
        let own = "http://127.0.0.1:\(try server().port)"
        for path in [Self.bookings, FixOnCall.socketPath] {
            for origin in [
                "https://evil.example", "null", "http://127.0.0.1:1", "https://app.example.com.evil.example",
            ] {
                let refused = try await refusal { try await open(path, as: person, ("Origin", origin)) }
                #expect(refused.status == 403, "\(origin)")
                let body = try JSON.parse(refused.body)
                #expect(body["success"] == false && body["message"]?.string?.isEmpty == false)
                #expect(body["code"] == (path == FixOnCall.socketPath ? "FORBIDDEN" : nil))
            }
            try await open(path, as: person)
            try await open(path, as: person, ("Origin", own))
            try await open(path, as: person, ("Origin", "https://app.example.com"))
            try await open(path, as: person, ("Origin", "https://api.example.com"), ("Host", "api.example.com"))
        }
        let two = try await refusal {
            try await open(Self.bookings, as: person, ("Origin", own), ("Origin", "https://evil.example"))
        }
        #expect(two.status == 403)
    }

    @Test("T16: no answer lets a page of another origin read it, whoever asks and however")
    func noCORS() async throws {
        let person = try await server().customer()
        for origin in ["https://evil.example", "null", "https://app.example.com"] {
            let headers = [
                ("Origin", origin), ("Authorization", "Bearer \(person.token)"),
                ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "authorization"),
            ]
            for method in ["GET", "OPTIONS"] {
                let answer = try await person.http.request(method, "/api/auth/profile", headers: headers)
                let names = answer.headers.fields.map { $0.name.lowercased() }
                #expect(
                    !names.contains { $0.hasPrefix("access-control-") || $0 == "set-cookie" }, "\(method) \(origin)")
            }
        }
    }

    @Test("a foreign page spends no ticket")
    func unspent() async throws {
        let person = try await server().customer()
        let issued = try data(try await person.ask("POST", "/api/ws/ticket"))
        let path = "\(Self.bookings)?ticket=\(try #require(issued["ticket"]?.string))"
        let refused = try await refusal {
            _ = try await SocketClient.connect(
                host: "127.0.0.1", port: server().port, path: path, headers: [("Origin", "https://evil.example")])
        }
        #expect(refused.status == 403)
        _ = try await server().socket(path, token: nil)
    }

    @Test(
        "origins are compared by scheme, host and port, in any case and with the port spelled or not",
        arguments: [
            ("https://app.example.com", true), ("https://APP.example.com:443", true), ("http://app.example.com", false),
            ("https://app.example.com:8443", false), ("capacitor://localhost", true), ("ionic://localhost", false),
            ("http://localhost:3000", false), ("", false), ("https://", false), ("app.example.com", false),
            ("https://app.example.com/", false), ("https://user@app.example.com", false),
            ("https://app.example.com:99999", false),
        ])
    func compared(named: String, isAllowed: Bool) throws {
        let origins = try #require(SocketOrigins(["https://app.example.com", "capacitor://localhost"]))
        #expect(origins.allow([named], host: "api.example.com") == isAllowed)
        #expect(origins.allow([], host: nil))
    }

    @Test(
        "the server's own pages may, whatever stands before it; so may local ones where the word says so",
        arguments: [
            ("http://api.example.com", "api.example.com", true),
            ("https://api.example.com", "API.example.com:443", true),
            ("https://api.example.com", "api.example.com:80", false),
            ("wss://api.example.com", "api.example.com", true),
            ("http://[2001:db8::1]:5000", "[2001:db8::1]:5000", true), ("http://api.example.com", "", false),
            ("http://localhost:3000", "api.example.com", true), ("http://127.0.0.2", "api.example.com", true),
            ("http://[::1]:5000", "api.example.com", true), ("http://app.localhost", "api.example.com", true),
            ("http://127.0.0.1.evil.example", "api.example.com", false), ("http://127.evil", "x", false),
            ("http://localhost.evil.example", "api.example.com", false), ("file://localhost", "localhost", false),
        ])
    func own(named: String, host: String, isAllowed: Bool) throws {
        let origins = try #require(SocketOrigins([SocketOrigins.loopback]))
        #expect(origins.allow([named], host: host) == isAllowed)
    }

    @Test("what is no origin cannot be listed")
    func wrongEntries() {
        for entry in ["*", "app.example.com", "null", "https://app.example.com/path", ""] {
            #expect(SocketOrigins([entry]) == nil, "\(entry)")
        }
    }
}
