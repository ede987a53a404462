import BSON
import RoadsideRules
import Testing

@testable import Roadside

@Suite("The vehicles of customers")
struct VehiclesTests {
    private static func premio(_ plate: String) -> VehicleDraft {
        VehicleDraft(licensePlate: plate, make: "Toyota", model: "Premio", year: 2020)
    }

    @Test("of thirty added at once the first twenty are kept")
    func twenty() async throws {
        try await JobsWorld.with { world in
            let (vehicles, customer) = (Vehicles(world.dependencies), try await world.customer())
            let outcomes = await together(30) { try await vehicles.add(Self.premio("KAA \($0)"), by: customer) }
            #expect(outcomes.compactMap(\.value).count == Vehicles.most)
            #expect(Set(outcomes.compactMap(\.code)) == [.conflict])
            #expect(try await vehicles.list(of: customer).count == Vehicles.most)
        }
    }

    @Test("T1: another's vehicle is not there, and one plate may be two customers' but not twice one's")
    func owners() async throws {
        try await JobsWorld.with { world in
            let vehicles = Vehicles(world.dependencies)
            let (mine, other) = (try await world.customer(), try await world.customer())
            let vehicle = try await vehicles.add(Self.premio("kbc 123a"), by: mine)
            let twice = await together(2) { _ in try await vehicles.add(Self.premio("KBC123A"), by: other) }
            #expect(twice.compactMap(\.value).count == 1 && twice.compactMap(\.code) == [.conflict])
            let name = Reference.id(vehicle.id)
            let seen = try await refusalCode { _ = try await vehicles.vehicle(name, of: other) }
            let changed = try await refusalCode {
                _ = try await vehicles.change(name, to: Self.premio("K 1"), by: other)
            }
            let removed = try await refusalCode { try await vehicles.remove(name, by: other) }
            #expect([seen, changed, removed] == [.notFound, .notFound, .notFound])
            #expect(try await vehicles.vehicle(name, of: mine).facts == vehicle.facts)
            let provider = try await world.provider()
            let forbidden = try await refusalCode { _ = try await vehicles.list(of: provider) }
            #expect(forbidden == .forbidden)
        }
    }

    @Test("a job keeps what was known of its vehicle, whatever becomes of that; a foreign one opens none")
    func job() async throws {
        try await JobsWorld.with { world in
            let vehicles = Vehicles(world.dependencies)
            let (customer, other) = (try await world.customer(), try await world.customer())
            let vehicle = try await vehicles.add(Self.premio("KBC 123A"), by: customer)
            var request = JobsWorld.request()
            request.ownVehicle = .id(vehicle.id)
            let asked = request
            let job = try await world.open(asked, by: customer)
            _ = try await vehicles.change(.id(vehicle.id), to: Self.premio("KZZ 9"), by: customer)
            try await vehicles.remove(.id(vehicle.id), by: customer)
            let seen = try await world.jobs.job(.id(job.id), for: customer)
            #expect(seen.vehicle == vehicle.facts && seen.vehicle?.licensePlate == "KBC123A")
            for caller in [customer, other] {
                let refused = try await failure { _ = try await world.open(asked, by: caller) }
                #expect(refused?.fields.map(\.name) == ["vehicle_id"])
            }
        }
    }

    @Test("every wrong word is told at once")
    func wrong() async throws {
        try await JobsWorld.with { world in
            let (vehicles, customer) = (Vehicles(world.dependencies), try await world.customer())
            let draft = VehicleDraft(
                licensePlate: "?", make: " ", model: String(repeating: "x", count: 61), year: 1500, colour: "\u{202E}",
                type: "spaceship", fuel: "hay", massKg: 0)
            let refused = try await failure { _ = try await vehicles.add(draft, by: customer) }
            #expect(
                refused?.fields.map(\.name) == [
                    "license_plate", "make", "model", "year", "colour", "vehicle_type", "fuel_type", "mass_kg",
                ])
        }
    }
}
