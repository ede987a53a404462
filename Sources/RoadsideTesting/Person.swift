public import BSON
import FixOnCall
public import FixOnCallClient
import FixOnCallServer
import Foundation
import Roadside
public import RoadsideRules

/// Somebody with an account on a ``TestServer``, and a connection of his own.
public struct Person: Sendable {
    public let id: String
    public let number: Int64
    public let email: String
    public let phone: String
    public let password: String
    public let token: String
    public let refreshToken: String
    public let http: HTTPClient
    public let server: TestServer

    /// Calls the API as this person.
    public func ask(_ method: String, _ path: String, _ body: JSON? = nil) async throws -> HTTPAnswer {
        try await http.request(method, path, headers: [("Authorization", "Bearer \(token)")], json: body)
    }

    /// Opens a socket as this person.
    public func socket(_ path: String) async throws -> SocketClient {
        try await server.socket(path, token: token)
    }
}

/// An answer that was not what a test needs to go on.
public struct UnexpectedAnswer: Error, CustomStringConvertible {
    public let description: String

    public init(description: String) { self.description = description }
}

extension TestServer {
    /// Where people stand unless a test says otherwise: the centre of Nairobi.
    public static let centre = GeoPoint(latitude: -1.2921, longitude: 36.8219)

    /// Registers a customer over HTTP.
    public func customer(_ name: String = "Wanjiku Kamau") async throws -> Person {
        try await register(name, role: .customer, details: [:])
    }

    /// Registers a provider over HTTP, on duty at `point`.
    public func provider(
        _ name: String = "James Mwangi", at point: GeoPoint? = TestServer.centre,
        specialization: [String] = ["engine", "electrical"],
        radiusKm: Double = 20
    ) async throws -> Person {
        var details: JSON = [
            "specialization": .array(specialization.map { .string($0) }), "experience_years": 5,
            "service_radius_km": .double(radiusKm),
        ]
        if let point {
            details.add("location", ["latitude": .double(point.latitude), "longitude": .double(point.longitude)])
        }
        return try await register(name, role: .provider, details: details)
    }

    /// Creates an admin and signs him in.
    public func admin() async throws -> Person {
        let unique = ObjectID().hex
        let email = "\(unique)@admin.example"
        _ = try await roadside.accounts.createAdmin(
            email: email, password: "Long-\(unique)", name: "Amina Hassan", phone: nil)
        let http = http()
        let answer = try await http.post(
            "/api/auth/login", ["email": .string(email), "password": .string("Long-\(unique)")])
        return try person(answer, expecting: 200, email: email, phone: "", password: "Long-\(unique)", http: http)
    }

    /// An access token of a person's own session with another lifetime.
    ///
    /// - Parameter seconds: from now; negative for one that has expired.
    public func token(for person: Person, lasting seconds: Double) async throws -> String {
        let known = try await roadside.accounts.authenticate(bearer: person.token)
        let caller = Caller(
            userID: known.userID, role: known.role, sessionID: known.sessionID, sessionVersion: known.sessionVersion,
            expiresAt: Date().addingTimeInterval(seconds))
        return try await services.tokens.sign(caller, issuedAt: Date().addingTimeInterval(min(0, seconds - 1)))
    }

    private func register(_ name: String, role: Role, details: JSON) async throws -> Person {
        let unique = ObjectID().hex
        let digits = (UInt64(unique.suffix(10), radix: 16) ?? 0) % 10_000_000 + 10_000_000
        let phone = "+25471\(String(digits).dropFirst())"
        let email = "\(unique)@example.com"
        var body: JSON = [
            "email": .string(email), "password": .string("Long-\(unique)"), "name": .string(name),
            "phone": .string(phone),
            "user_type": .string(FixOnCallWords.userType(role)),
        ]
        for member in details.object ?? [] { body.add(member.name, member.value) }
        let http = http()
        let answer = try await http.post("/api/auth/register", body)
        return try person(answer, expecting: 201, email: email, phone: phone, password: "Long-\(unique)", http: http)
    }

    private func person(
        _ answer: HTTPAnswer, expecting status: Int, email: String, phone: String, password: String, http: HTTPClient
    ) throws -> Person {
        guard answer.status == status, let data = answer.json?["data"], let token = data["access_token"]?.string,
            let refresh = data["refresh_token"]?.string, let id = data["user"]?["id"]?.string,
            let number = data["user"]?["number"]?.int
        else { throw UnexpectedAnswer(description: "signing in answered \(answer.status) \(answer.json?.text ?? "")") }
        return Person(
            id: id, number: number, email: email, phone: phone, password: password, token: token, refreshToken: refresh,
            http: http, server: self)
    }
}
