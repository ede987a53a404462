import BSON
import Foundation
import Mongo
import MongoTesting
import RoadsideRules
import Testing

@testable import Roadside

@Suite("Positions and availability")
struct TrackingTests {
    @Test("T2: nearest first, within the radius by our own measure, and only roughly where (D6, F1, decision 14)")
    func nearby() async throws {
        try await JobsWorld.with { world in
            let three = try await world.provider("Three", km: 3)
            let one = try await world.provider("One", km: 1)
            _ = try await world.provider("Outside by a hair", km: 10.001)
            let edge = try await world.provider("Edge", km: 9.999)
            _ = try await world.provider("Homely", km: 2, radiusKm: 1)
            _ = try await world.provider("Busy", km: 2, availability: .busy)
            let found = try await world.tracking.nearby(JobsWorld.center, radiusKm: 10, for: nil)
            #expect(found.map(\.id) == [one.userID, three.userID, edge.userID])
            #expect(found.map(\.distanceKm) == [1.0, 3.0, 10.0])
            let rounded = found.allSatisfy { $0.location == $0.location.rounded }
            #expect(rounded)
            let masked = found.allSatisfy { $0.phone.contains("•") && $0.email.contains("•") }
            #expect(masked)
            #expect(try await world.tracking.nearby(JobsWorld.center, limit: 1, for: nil).map(\.id) == [one.userID])
        }
    }

    @Test("by specialization, in the provider's words or ours")
    func specialization() async throws {
        try await JobsWorld.with { world in
            let electrician = try await world.provider("Electrician", ["electrical"])
            let tower = try await world.provider("Tower", km: 2, ["towing"])
            func found(_ word: String) async throws -> [ObjectID] {
                try await world.tracking.nearby(JobsWorld.center, specialization: word, for: nil).map(\.id)
            }
            #expect(try await found("electrical") == [electrician.userID])
            #expect(try await found("Electrical") == [electrician.userID])
            #expect(try await found("battery_jump") == [electrician.userID])
            #expect(try await found("towing") == [tower.userID])
            #expect(try await found("upholstery").isEmpty)
            let towers = try await world.tracking.nearby(JobsWorld.center, capability: "towing", for: nil)
            #expect(towers.map(\.id) == [tower.userID])
        }
    }

    @Test("those who would not come that far do not use up the places of those who would")
    func readsOn() async throws {
        try await JobsWorld.with { world in
            for number in 0..<40 { _ = try await world.provider("Homely \(number)", km: 2, radiusKm: 1) }
            let willing = try await world.provider("Willing", km: 5)
            let found = try await world.tracking.nearby(JobsWorld.center, limit: 3, for: nil)
            #expect(found.map(\.id) == [willing.userID])
        }
    }

    @Test("a search without sense is refused with every fault named")
    func badSearches() async throws {
        try await JobsWorld.with { world in
            for (radius, limit) in [(0.0, 0), (101, 101), (Double.nan, -1)] {
                let error = try await failure {
                    _ = try await world.tracking.nearby(JobsWorld.center, radiusKm: radius, limit: limit, for: nil)
                }
                #expect(error?.fields.map(\.name) == ["radius_km", "limit"])
            }
        }
    }

    @Test("a live position replaces the base, an older one is ignored, and a silent provider leaves the search")
    func positions() async throws {
        try await JobsWorld.with { world in
            let provider = try await world.provider(km: 15)
            let now = Date()
            try await world.tracking.report(
                Position(point: JobsWorld.north(2), heading: 90, speed: 10, accuracy: 5, fixAt: now), by: provider)
            try await world.tracking.report(
                Position(point: JobsWorld.north(30), fixAt: now.addingTimeInterval(-5)), by: provider)
            #expect(try await world.tracking.nearby(JobsWorld.center, for: nil).map(\.distanceKm) == [2.0])
            try await world.store.mechanics.updateOne(
                ["_id": .id(provider.userID)], ["$set": ["fix_at": .date(now.addingTimeInterval(-121))]])
            #expect(try await world.tracking.nearby(JobsWorld.center, for: nil).isEmpty)
        }
    }

    @Test("T4: a position that cannot be is refused with every fault named")
    func badPositions() async throws {
        try await JobsWorld.with { world in
            let provider = try await world.provider()
            let bad = Position(
                point: JobsWorld.center, heading: 360, speed: .nan, accuracy: -1,
                fixAt: Date().addingTimeInterval(60))
            let error = try await failure { try await world.tracking.report(bad, by: provider) }
            #expect(error?.fields.map(\.name) == ["heading", "speed", "accuracy", "fix_at"])
            let customer = try await world.customer()
            let refused = try await refusalCode {
                try await world.tracking.report(Position(point: JobsWorld.center), by: customer)
            }
            #expect(refused == .forbidden)
        }
    }

    @Test("coming on duty, or back into sight, brings the jobs that wait")
    func comingBack() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let job = try await world.open(by: customer)
            await world.dispatch.settle()
            let offDuty = try await world.provider("Off duty", availability: .offline)
            try await world.tracking.setAvailability(.available, by: offDuty)
            #expect(try await world.rows(of: offDuty).map(\.body.jobID) == [job.id])

            let silent = try await world.provider("Silent", fixAt: Date().addingTimeInterval(-600))
            try await world.tracking.report(Position(point: JobsWorld.north(1)), by: silent)
            #expect(try await world.rows(of: silent).map(\.body.jobID) == [job.id])
        }
    }

    @Test("busy is not a word to say, and availability is a provider's")
    func availability() async throws {
        try await JobsWorld.with { world in
            let provider = try await world.provider()
            let refused = try await refusalCode { try await world.tracking.setAvailability(.busy, by: provider) }
            #expect(refused == .validation)
            try await world.tracking.setAvailability(.onBreak, by: provider)
            let profile = try await world.store.mechanics.findOne(["_id": .id(provider.userID)])
            #expect(profile?.get("availability") == "break")
            #expect(profile?.get("dispatchable") == false)
            let customer = try await world.customer()
            let forbidden = try await refusalCode { try await world.tracking.setAvailability(.available, by: customer) }
            #expect(forbidden == .forbidden)
        }
    }
}
