import BSON
import Foundation
import Mongo
import MongoTesting
import RoadsideRules
import Testing

@testable import Roadside

@Suite("Trucks, and who is in them (U14)")
struct TrucksTests {
    @Test("a truck is checked, and its plate is one of a kind in the market, however it is written")
    func plates() async throws {
        try await JobsWorld.with { world in
            let cast = try await FleetCast(world)
            #expect(cast.truck.licensePlate == "KCA123B")
            let twice = try await refusalCode {
                _ = try await world.fleets.add(FleetCast.flatbed("Kca123 B"), by: cast.owner)
            }
            #expect(twice == .conflict)
            let wrong = try await failure {
                _ = try await world.fleets.add(
                    TruckDraft(
                        licensePlate: "$", type: "", towClass: "feather", capacityKg: 0, equipment: ["crane"]),
                    by: cast.owner)
            }
            #expect(wrong?.fields.map(\.name) == ["license_plate", "type", "tow_class", "capacity_kg", "equipment"])
            // A motorist's own car under the same plate is nobody's truck.
            try await world.store.vehicles.insert([
                "_id": .id(ObjectID()), "owner_kind": "customer", "license_plate": "KCA123B", "market": "KE",
            ])
            #expect(try await world.fleets.mine(cast.owner).trucks == [cast.truck])
        }
    }

    @Test("of two who register one plate at once, one does")
    func plateRace() async throws {
        try await JobsWorld.with { world in
            var owners: [Caller] = []
            for _ in 0..<4 {
                let owner = try await world.provider("Owner")
                _ = try await world.fleets.create(name: "Karibu", by: owner)
                owners.append(owner)
            }
            let all = owners
            let outcomes = await together(4) { try await world.fleets.add(FleetCast.flatbed("KDA 1"), by: all[$0]) }
            #expect(outcomes.compactMap(\.value).count == 1)
            #expect(outcomes.compactMap(\.code) == [.conflict, .conflict, .conflict])
        }
    }

    @Test("who is in a truck tows what it tows; getting out, he is judged by his words again")
    func facts() async throws {
        try await JobsWorld.with { world in
            let cast = try await FleetCast(world)
            let need = world.dependencies.need(
                "tow_heavy", JobRequirements(tow: TowNeed(vehicleType: "lorry", massKg: 9000, wheelsLocked: true)))
            func reasons() async throws -> [Exclusion] {
                EligibilityRules.exclusions(try await world.profile(of: cast.crew).facts, for: need, at: Date())
            }
            #expect(try await reasons() == [])
            try await world.fleets.board(.id(cast.truck.id), by: cast.crew)
            #expect(try await reasons() == [])
            #expect(try await world.fleets.mine(cast.owner).crews == [cast.truck.id: cast.crew.userID])
            // Its owner knows better now; the crew's profile hears of it at once.
            var small = FleetCast.flatbed("KCA123B", capacityKg: 8000)
            small.equipment = []
            _ = try await world.fleets.change(.id(cast.truck.id), to: small, by: cast.owner)
            #expect(try await reasons() == [.towCapacity, .equipment])
            _ = try await world.fleets.change(
                .id(cast.truck.id), to: TruckDraft(licensePlate: "KCA123B", type: "van"), by: cast.owner)
            #expect(try await world.profile(of: cast.crew).work.truck?.towClass == nil)
            #expect(try await world.fleets.mine(cast.owner).trucks.first?.capacityKg == nil)
            #expect(try await reasons() == [.towCapacity, .equipment])
            try await world.fleets.board(nil, by: cast.crew)
            #expect(try await reasons() == [])
        }
    }

    @Test("another company's truck is not there to be taken, changed or seen")
    func strangers() async throws {
        try await JobsWorld.with { world in
            let cast = try await FleetCast(world)
            let rival = try await world.provider("Rival")
            let loner = try await world.provider("Loner")
            _ = try await world.fleets.create(name: "Rivals", by: rival)
            for caller in [rival, loner] {
                for attempt in 0..<4 {
                    let refused = try await refusalCode {
                        let truck = Reference.id(cast.truck.id)
                        switch attempt {
                        case 0: try await world.fleets.board(truck, by: caller)
                        case 1: _ = try await world.fleets.change(truck, to: FleetCast.flatbed("KZZ9"), by: caller)
                        case 2: try await world.fleets.retire(truck, by: caller)
                        default: _ = try await world.fleets.truck(truck, for: caller)
                        }
                    }
                    #expect(refused == .notFound, "\(attempt)")
                }
            }
            #expect(try await world.fleets.truck(.id(cast.truck.id), for: cast.crew).truck == cast.truck)
            let numbered = try await refusalCode { try await world.fleets.board(.number(1), by: cast.crew) }
            #expect(numbered == .notFound)
        }
    }

    @Test("two crew members who take one truck at once: one has it, the other is told")
    func boardingRace() async throws {
        try await JobsWorld.with { world in
            let cast = try await FleetCast(world)
            for round in 0..<10 {
                let outcomes = await together(3) { index in
                    try await world.fleets.board(
                        .id(cast.truck.id), by: [cast.crew, cast.other, cast.owner][index])
                }
                #expect(outcomes.filter { $0.code == nil }.count == 1, "round \(round)")
                #expect(outcomes.compactMap(\.code) == [.conflict, .conflict], "round \(round)")
                let aboard = try await world.store.mechanics.find(["current_vehicle_id": .id(cast.truck.id)])
                #expect(aboard.count == 1)
                for member in [cast.crew, cast.other, cast.owner] { try await world.fleets.board(nil, by: member) }
            }
        }
    }

    @Test("a truck that is taken out of the fleet in the moment somebody gets in carries nobody afterwards")
    func retiringRace() async throws {
        try await JobsWorld.with { world in
            let cast = try await FleetCast(world)
            for round in 0..<10 {
                let truck = try await world.fleets.add(FleetCast.flatbed("KDB\(round)"), by: cast.owner)
                let outcomes = await together(2) { index in
                    if index == 0 {
                        try await world.fleets.retire(.id(truck.id), by: cast.owner)
                    } else {
                        try await world.fleets.board(.id(truck.id), by: cast.crew)
                    }
                }
                #expect(outcomes[0].code == nil, "round \(round)")
                #expect(outcomes[1].code == nil || outcomes[1].code == .notFound, "round \(round)")
                #expect(try await world.profile(of: cast.crew).work.truck == nil, "round \(round)")
                #expect(try await world.store.vehicles.count(["_id": .id(truck.id)]) == 0)
            }
        }
    }

    @Test("a job names the truck it was accepted with, and nothing about that truck changes until it is over")
    func duringJob() async throws {
        try await JobsWorld.with { world in
            let cast = try await FleetCast(world)
            let customer = try await world.customer()
            try await world.fleets.board(.id(cast.truck.id), by: cast.crew)
            let (job, _) = try await world.accepted(by: cast.crew, for: customer)
            #expect(try await world.document(of: job).get("provider_vehicle_id") == cast.truck.id)
            func attempts() async throws -> [ErrorCode?] {
                let changed = try await refusalCode {
                    _ = try await world.fleets.change(
                        .id(cast.truck.id), to: FleetCast.flatbed("KCA999Z"), by: cast.owner)
                }
                let boarded = try await refusalCode { try await world.fleets.board(nil, by: cast.crew) }
                let retired = try await refusalCode {
                    try await world.fleets.retire(.id(cast.truck.id), by: cast.owner)
                }
                return [changed, boarded, retired]
            }
            #expect(try await attempts() == [.providerBusy, .providerBusy, .providerBusy])
            #expect(try await world.fleets.truck(.id(cast.truck.id), for: cast.owner).truck == cast.truck)
            _ = try await world.jobs.cancel(.id(job.id), by: cast.crew)
            #expect(try await world.document(of: job).get("provider_vehicle_id", as: ObjectID.self) == nil)
            #expect(try await attempts() == [nil, nil, nil])
        }
    }

    @Test("a truck that changes in the moment of an accept is the one the job names")
    func changeAgainstAccept() async throws {
        try await JobsWorld.with { world in
            let cast = try await FleetCast(world)
            let second = try await world.fleets.add(FleetCast.flatbed("KDC2"), by: cast.owner)
            for round in 0..<8 {
                let customer = try await world.customer()
                try await world.fleets.board(.id(cast.truck.id), by: cast.crew)
                let job = try await world.open(by: customer)
                let outcomes = await together(2) { index in
                    if index == 0 {
                        _ = try await world.jobs.accept(.id(job.id), by: cast.crew)
                    } else {
                        try await world.fleets.board(.id(second.id), by: cast.crew)
                    }
                }
                #expect(outcomes[0].code == nil, "round \(round)")
                let named = try await world.document(of: job).get("provider_vehicle_id", as: ObjectID.self)
                #expect(named == (try await world.profile(of: cast.crew)).work.truck?.id, "round \(round)")
                #expect(named == (outcomes[1].code == nil ? second.id : cast.truck.id), "round \(round)")
                _ = try await world.jobs.cancel(.id(job.id), by: customer)
            }
        }
    }
}
