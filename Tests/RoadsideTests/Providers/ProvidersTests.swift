import BSON
import Foundation
import Mongo
import MongoTesting
import RoadsideRules
import Testing

@testable import Roadside

@Suite("A provider's hours, papers and tools")
struct ProvidersTests {
    @Test("shifts are kept by the clocks where he is, and reach the rules")
    func shifts() async throws {
        try await JobsWorld.with { world in
            let provider = try await world.provider()
            let night = try #require(Shift(days: [5, 6], from: 22 * 60, to: 6 * 60))
            try await world.providers.setShifts([night], by: provider)
            let plan = try await world.profile(of: provider).facts.shifts
            #expect(plan == ShiftPlan([night], by: .kenya))

            // Johannesburg is two hours ahead of UTC.
            let there = try #require(GeoPoint(latitude: -26.2, longitude: 28.04))
            try await world.store.mechanics.updateOne(
                ["_id": .id(provider.userID)], ["$set": ["location": .document(there.geoJSON)]])
            try await world.providers.setShifts([night], by: provider)
            #expect(try await world.profile(of: provider).facts.shifts.calendar.minutesFromUTC == 120)

            let tooMany = try await failure {
                try await world.providers.setShifts(Array(repeating: night, count: 22), by: provider)
            }
            #expect(tooMany?.fields.map(\.name) == ["shifts"])
            try await world.providers.setShifts([], by: provider)
            #expect(try await world.profile(of: provider).facts.shifts.shifts.isEmpty)
        }
    }

    @Test("a licence is checked, kept to the end of its day, and judged by the rules")
    func licence() async throws {
        try await JobsWorld.with { world in
            let provider = try await world.provider("Tower", ["towing"])
            try await world.providers.setLicence(
                classes: [" b", "c1"], number: "dl 0012678", expiresOn: "2027-03-31", by: provider)
            let licence = try #require(try await world.profile(of: provider).facts.licence)
            #expect(licence.classes == ["B", "C1"] && licence.number == "DL0012678")
            #expect(licence.expiresAt == ISO8601.parse("2027-03-31T21:00:00Z"))

            let wrong = try await failure {
                try await world.providers.setLicence(classes: ["$B!"], number: "1", expiresOn: "soon", by: provider)
            }
            #expect(wrong?.fields.map(\.name) == ["classes", "number", "expires_on"])
            #expect(try await world.profile(of: provider).facts.licence == licence)
        }
    }

    @Test("equipment is told in the words of the reference data")
    func equipment() async throws {
        try await JobsWorld.with { world in
            let provider = try await world.provider()
            #expect(try await world.profile(of: provider).facts.equipment == nil)
            try await world.providers.setEquipment(["Winch", "winch"], by: provider)
            #expect(try await world.profile(of: provider).facts.equipment == ["winch"])
            let wrong = try await failure { try await world.providers.setEquipment(["crane"], by: provider) }
            #expect(wrong?.fields.map(\.name) == ["equipment"])
            #expect(wrong?.fields.first?.message.contains("dolly, winch") == true)
            try await world.providers.setEquipment([], by: provider)
            #expect(try await world.profile(of: provider).facts.equipment == [])
        }
    }

    @Test("U23: nothing of papers and tools changes during a job; afterwards it may")
    func duringJob() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = (try await world.customer(), try await world.provider())
            let (job, _) = try await world.accepted(by: provider, for: customer)
            func change() async throws -> [ErrorCode?] {
                let licence = try await refusalCode {
                    try await world.providers.setLicence(
                        classes: ["B"], number: "12345", expiresOn: "2030-01-01", by: provider)
                }
                let tools = try await refusalCode { try await world.providers.setEquipment(["dolly"], by: provider) }
                let truck = try await refusalCode { try await world.fleets.board(nil, by: provider) }
                return [licence, tools, truck]
            }
            #expect(try await change() == [.providerBusy, .providerBusy, .providerBusy])
            let work = try await world.profile(of: provider).work
            #expect(work.licence == nil && work.equipment == nil)
            _ = try await world.jobs.cancel(.id(job.id), by: provider)
            #expect(try await change() == [nil, nil, nil])
        }
    }

    @Test("a licence that changes in the moment of an accept is changed before it, or not at all")
    func licenceAgainstAccept() async throws {
        try await JobsWorld.with { world in
            for round in 0..<8 {
                let (customer, provider) = (try await world.customer(), try await world.provider())
                let job = try await world.open(by: customer)
                let outcomes = await together(2) { index in
                    if index == 0 {
                        _ = try await world.jobs.accept(.id(job.id), by: provider)
                    } else {
                        try await world.providers.setLicence(
                            classes: ["B"], number: "12345", expiresOn: "2030-01-01", by: provider)
                    }
                }
                #expect(outcomes[0].code == nil, "round \(round)")
                let licence = try await world.profile(of: provider).work.licence
                #expect((licence == nil) == (outcomes[1].code == .providerBusy), "round \(round)")
                #expect(try await world.profile(of: provider).availability == .busy)
            }
        }
    }
}
