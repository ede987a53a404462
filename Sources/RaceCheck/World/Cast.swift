import BSON
import FixOnCallClient
import Proving
import RoadsideRules

/// Everybody who takes part, registered through the API.
struct Cast: Sendable {
    /// By area.
    let providers: [[VirtualPerson]]
    /// By lane.
    let customers: [[VirtualPerson]]
    let admin: VirtualPerson

    static func gather(_ options: RaceOptions, ports: [Int], recorder: Recorder) async throws -> Cast {
        func person(_ newcomer: Newcomer) -> VirtualPerson {
            VirtualPerson(newcomer, ports: ports, recorder: recorder)
        }
        let http = HTTPClient(host: "127.0.0.1", port: ports[0])
        let admin = try await Newcomer.register(.admin, number: 0, at: http)
        var providers: [[VirtualPerson]] = []
        for area in 0..<options.areas {
            let registered = try await Newcomer.registerAll(options.contenders, .provider, ports: ports) { place in
                (1000 + area * 100 + place, providerDetails(place, in: area))
            }
            providers.append(registered.map(person))
        }
        var customers: [[VirtualPerson]] = []
        for lane in 0..<options.lanes {
            let registered = try await Newcomer.registerAll(
                RaceOptions.customersPerLane, .customer, ports: ports
            ) { (100_000 + lane * 100 + $0, [:]) }
            customers.append(registered.map(person))
        }
        return Cast(providers: providers, customers: customers, admin: person(admin))
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
