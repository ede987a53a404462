import BSON
import FixOnCall
import FixOnCallClient
import Foundation
import RoadsideRules

/// Everybody who takes part, registered through the API.
struct Cast: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// By area.
    let providers: [[VirtualPerson]]
    /// By lane.
    let customers: [[VirtualPerson]]
    let admin: VirtualPerson

    static func gather(_ options: RaceOptions, ports: [Int], recorder: Recorder, bootstrap: String) async throws
        -> Cast
    {
        let office = Office(ports: ports, recorder: recorder)
        let admin = try await office.register(
            .admin, number: 0, details: ["bootstrap_token": .string(bootstrap)])
        var providers: [[VirtualPerson]] = []
        for area in 0..<options.areas {
            providers.append(
                try await office.registerAll(options.contenders) { place in
                    (.provider, 1000 + area * 100 + place, providerDetails(place, in: area))
                })
        }
        var customers: [[VirtualPerson]] = []
        for lane in 0..<options.lanes {
            customers.append(
                try await office.registerAll(RaceOptions.customersPerLane) { place in
                    (.customer, 100_000 + lane * 100 + place, [:])
                })
        }
        return Cast(providers: providers, customers: customers, admin: admin)
    }

    private static func providerDetails(_ place: Int, in area: Int) -> JSON {
        let centre = centre(of: area)
        return [
            "specialization": ["engine", "electrical", "general"], "experience_years": 5, "service_radius_km": 20,
            // A few hundred metres from the centre and from each other.
            "location": [
                "latitude": .double(centre.latitude + Double(place % 4) * 0.002),
                "longitude": .double(centre.longitude + Double(place / 4) * 0.002),
            ],
        ]
    }

    /// The centres of the areas are half a degree apart: no search reaches from one to the next.
    static func centre(of area: Int) -> (latitude: Double, longitude: Double) {
        (-3.0 + Double(area / 10) * 0.5, 36.0 + Double(area % 10) * 0.5)
    }
}

/// Registers people, a few at a time.
private struct Office: Sendable {
    let ports: [Int]
    let recorder: Recorder

    func registerAll(
        _ count: Int, _ draft: @escaping @Sendable (Int) -> (role: Role, number: Int, details: JSON)
    ) async throws -> [VirtualPerson] {
        try await withThrowingTaskGroup(of: (Int, VirtualPerson).self) { group in
            for place in 0..<count {
                group.addTask {
                    let (role, number, details) = draft(place)
                    return (place, try await register(role, number: number, details: details))
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    func register(_ role: Role, number: Int, details: JSON) async throws -> VirtualPerson {
        let name = "\(role.rawValue)-\(number)"
        var body: JSON = [
            "email": .string("\(name)@race.example"), "password": .string("Long-enough-\(name)"),
            "name": .string(name.capitalized), "phone": .string("+2547\(10_000_000 + number)"),
            "user_type": .string(FixOnCallWords.userType(role)),
        ]
        for member in details.object ?? [] { body.add(member.name, member.value) }
        let http = HTTPClient(host: "127.0.0.1", port: ports[number % ports.count])
        let answer = try await http.post("/api/auth/register", body)
        guard answer.status == 201, let data = answer.json?["data"], let token = data["access_token"]?.string,
            let id = data["user"]?["id"]?.string
        else { throw Cast.Failure(description: "registering \(name) was answered \(answer.status): \(answer.text)") }
        return VirtualPerson(id: id, role: role, token: token, ports: ports, recorder: recorder)
    }
}
