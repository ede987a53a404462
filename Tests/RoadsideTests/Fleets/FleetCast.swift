import BSON
import RoadsideRules

@testable import Roadside

/// A company of three with one truck.
struct FleetCast: Sendable {
    let owner: Caller
    let crew: Caller
    let other: Caller
    let company: ObjectID
    let truck: Truck

    static func flatbed(_ plate: String, capacityKg: Int64? = nil) -> TruckDraft {
        TruckDraft(
            licensePlate: plate, type: "flatbed", towClass: "heavy", capacityKg: capacityKg, equipment: ["winch"])
    }

    init(_ world: JobsWorld) async throws {
        let skills = ["general", "heavy towing"]
        owner = try await world.provider("Owner", skills)
        crew = try await world.provider("Crew", km: 2, skills)
        other = try await world.provider("Other", km: 3, skills)
        company = try await world.fleets.create(name: "Karibu Towing", by: owner).company.id
        for member in [crew, other] {
            _ = try await world.fleets.invite(.id(member.userID), by: owner)
            _ = try await world.fleets.join(.id(company), by: member)
        }
        truck = try await world.fleets.add(Self.flatbed("kca 123b"), by: owner)
    }
}
