import BSON
import FixOnCallClient
import RoadsideRules
import RoadsideTesting
import Testing

/// A driver, a mechanic beside him, and a service of theirs.
struct Parties {
    let customer: Person
    let mechanic: Person
    let id: String
    var path: String { "/api/services/\(id)" }

    /// An open service, in a place of its own.
    init() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        customer = try await server.customer()
        mechanic = try await server.provider(at: spot)
        let service = try await customer.request(latitude: spot.latitude, longitude: spot.longitude)
        id = try #require(service["id"]?.string)
    }

    /// The same, led to a status by its mechanic.
    func led(to statuses: String...) async throws -> Parties {
        for status in statuses {
            _ = try data(try await mechanic.ask("PUT", path + "/status", ["status": .string(status)]))
        }
        return self
    }

    func accepted() async throws -> Parties { try await led(to: "accepted") }

    func completed() async throws -> Parties { try await led(to: "accepted", "in_progress", "completed") }

    /// The newest notification of somebody.
    func newest(of person: Person) async throws -> JSON {
        let told = try data(try await person.ask("GET", "/api/notifications/my-notifications?per_page=1"))
        return try #require(told["notifications"]?[0])
    }
}
