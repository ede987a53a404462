import BSON
import FixOnCallClient
import RoadsideRules
import RoadsideTesting
import Testing

/// A service that has been asked for and accepted: its customer has three events, the last with the start code.
struct EventScene {
    let customer: Person
    let mechanic: Person
    let path: String
    let code: String

    init() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        customer = try await server.customer()
        mechanic = try await server.provider(at: spot)
        let service = try await customer.request(latitude: spot.latitude, longitude: spot.longitude)
        path = "/api/services/\(try #require(service["id"]?.string))"
        _ = try data(try await mechanic.ask("POST", path + "/accept"))
        code = try #require(try data(try await customer.ask("GET", path))["service"]?["start_otp"]?.string)
    }
}

extension Person {
    /// The answer to a long poll.
    func poll(_ query: String) async throws -> (seqs: [Int64], cursor: Int64, events: [JSON]) {
        let answer = try data(try await ask("GET", "/api/events?" + query))
        let events = try #require(answer["events"]?.array)
        return (events.compactMap { $0["s"]?.int }, try #require(answer["cursor"]?.int), events)
    }

    /// Confirms everything up to an event.
    func acknowledge(_ seq: Int64) async throws -> HTTPAnswer {
        try await ask("POST", "/api/events/ack", ["s": .int(seq)])
    }
}
