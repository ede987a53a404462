public import BSON
import FixOnCall
public import FixOnCallClient
import Foundation
public import RoadsideRules

/// Somebody who has just registered through the API.
public struct Newcomer: Sendable {
    /// The server did not take somebody in.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    public let id: String
    public let role: Role
    /// Opens every route of his.
    public let token: String
    /// For another access token.
    public let refreshToken: String

    /// Registers one person.
    ///
    /// - Parameters:
    ///   - number: within the database; his name, address and phone number are made of it.
    ///   - details: further members of the request, such as a provider's place.
    /// - Throws: ``Failure`` when the server refuses; ``ClientError``.
    public static func register(
        _ role: Role, number: Int, details: JSON = [:], at http: HTTPClient
    ) async throws -> Newcomer {
        let name = "\(role.rawValue)-\(number)"
        var body: JSON = [
            "email": .string("\(name)@proving.example"), "password": .string("Long-enough-\(name)"),
            "name": .string(name.capitalized), "phone": .string("+2547\(10_000_000 + number)"),
            "user_type": .string(FixOnCallWords.userType(role)),
        ]
        for member in details.object ?? [] { body.add(member.name, member.value) }
        if role == .admin { body.add("bootstrap_token", .string(Installation.bootstrap)) }
        let answer = try await http.post("/api/auth/register", body)
        guard answer.status == 201, let data = answer.json?["data"], let token = data["access_token"]?.string,
            let refreshToken = data["refresh_token"]?.string, let id = data["user"]?["id"]?.string
        else { throw Failure(description: "registering \(name) was answered \(answer.status): \(answer.text)") }
        return Newcomer(id: id, role: role, token: token, refreshToken: refreshToken)
    }

    /// Registers many, a few at a time, each at the server that his number chooses.
    ///
    /// - Parameters:
    ///   - draft: what ``register(_:number:details:at:)`` is to know of the person at this place.
    /// - Returns: them in the order of their places.
    public static func registerAll(
        _ count: Int, _ role: Role, ports: [Int], atOnce: Int = 12,
        _ draft: @escaping @Sendable (Int) -> (number: Int, details: JSON)
    ) async throws -> [Newcomer] {
        let lanes = min(max(count, 1), atOnce)
        return try await withThrowingTaskGroup(of: [(Int, Newcomer)].self) { group in
            for lane in 0..<lanes {
                group.addTask {
                    let clients = ports.map { HTTPClient(host: "127.0.0.1", port: $0) }
                    var registered: [(Int, Newcomer)] = []
                    for place in stride(from: lane, to: count, by: lanes) {
                        let (number, details) = draft(place)
                        let http = clients[number % clients.count]
                        registered.append((place, try await register(role, number: number, details: details, at: http)))
                    }
                    return registered
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}
