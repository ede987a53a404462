import BSON
import FixOnCallClient
import Foundation
import Mongo
import Proving
import RoadsideRules
import Synchronization

/// The servers of one scenario, their database, and who may write to everybody.
final class World: Sendable {
    let servers: [KillableServer]
    let client: MongoClient
    private let staff = Mutex<Newcomer?>(nil)
    private let registered = Mutex(1)

    init(servers: [KillableServer], client: MongoClient) {
        (self.servers, self.client) = (servers, client)
    }

    var ports: [Int] { servers.map(\.port) }

    func open() async throws {
        let admin = try await Newcomer.register(.admin, number: 0, at: http(0))
        staff.withLock { $0 = admin }
    }

    func admin() throws -> Newcomer {
        guard let admin = staff.withLock({ $0 }) else { throw Crowd.Failure(description: "nobody is in charge") }
        return admin
    }

    func http(_ server: Int) -> HTTPClient { HTTPClient(host: "127.0.0.1", port: servers[server].port) }

    func customers(_ count: Int) async throws -> [Newcomer] {
        let first = numbers(count)
        return try await Newcomer.registerAll(count, .customer, ports: ports) { (first + $0, [:]) }
    }

    /// Providers at one place each; unless given they are all at the same one.
    func providers(_ count: Int, at place: @escaping @Sendable (Int) -> Place = { _ in .centre }) async throws
        -> [Newcomer]
    {
        let first = numbers(count)
        return try await Newcomer.registerAll(count, .provider, ports: ports) {
            (first + $0, Self.details(place($0)))
        }
    }

    private func numbers(_ count: Int) -> Int {
        registered.withLock { next in
            defer { next += count }
            return next
        }
    }

    private static func details(_ place: Place) -> JSON {
        [
            "specialization": ["engine", "electrical", "general"], "experience_years": 5, "service_radius_km": 20,
            "location": place.json,
        ]
    }

    func close() async {
        for server in servers { server.stop() }
        _ = try? await client.run(["dropDatabase": 1], deadline: .after(.seconds(20)))
        await client.shutdownGracefully()
    }
}

/// Where somebody is.
struct Place: Sendable {
    let latitude: Double
    let longitude: Double

    static let centre = Place(latitude: -1.2921, longitude: 36.8219)

    /// Half a degree from each other: no search reaches from one to the next.
    static func apart(_ number: Int) -> Place {
        Place(latitude: -3.0 + Double(number / 10) * 0.5, longitude: 36.0 + Double(number % 10) * 0.5)
    }

    var json: JSON { ["latitude": .double(latitude), "longitude": .double(longitude)] }
}
