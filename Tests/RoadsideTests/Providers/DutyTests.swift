import BSON
import Foundation
import Mongo
import MongoTesting
import RoadsideRules
import Testing

@testable import Roadside

@Suite("Duty, as the database keeps it")
struct DutyTests {
    /// A moment that milliseconds can tell.
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)

    @Test("what the database makes of an availability is what the rules make of it, whatever came before")
    func sameAsRules() async throws {
        try await JobsWorld.with { world in
            let provider = try await world.provider(availability: .offline)
            var random = SplitMix64(seed: 5)
            var log = DutyLog()
            var now = Self.start
            for step in 0..<150 {
                now = now.addingTimeInterval(Double(random.within(1...2000)))
                if random.happens(percent: 5) { now = now.addingTimeInterval(40_000) }
                let availability = random.pick(Availability.allCases) ?? .busy
                let isActive = random.happens(percent: 85)
                let end: Date? = random.happens(percent: 30) ? now.addingTimeInterval(-100) : nil
                try await world.store.mechanics.updateOne(
                    ["_id": .id(provider.userID)],
                    ProviderProfile.update(
                        setting: [
                            "availability": .string(availability.rawValue), "is_active": .bool(isActive),
                        ], at: now, dutyEndingAt: end))
                let isOn = isActive && (availability == .available || availability == .busy)
                if isOn { log.begin(at: now) } else { log.end(at: now, asOf: end) }
                let profile = try await world.profile(of: provider)
                #expect(profile.work.duty == log, "step \(step)")
                #expect((profile.work.availableSince == nil) == (availability != .available), "step \(step)")
            }
        }
    }

    @Test("an update about something else leaves duty as it is, and who waits keeps the moment since when")
    func otherUpdates() async throws {
        try await JobsWorld.with { world in
            let provider = try await world.provider(availability: .offline)
            try await world.providers.setDuty(true, quiet: nil, by: provider)
            let before = try await world.profile(of: provider).work
            try await world.providers.setShifts([], by: provider)
            try await world.providers.setDuty(true, quiet: true, by: provider)
            let after = try await world.profile(of: provider).work
            #expect(after.duty == before.duty && after.duty.since != nil)
            #expect(after.availableSince == before.availableSince)
            #expect(after.quiet && !before.quiet)
        }
    }

    @Test("one who was never heard on the matter has no duty behind him, and a position writes none")
    func untold() async throws {
        try await JobsWorld.with { world in
            let provider = try await world.provider()
            try await world.tracking.report(Position(point: JobsWorld.north(1)), by: provider)
            let profile = try await world.profile(of: provider)
            #expect(profile.work.duty == DutyLog())
            let need = world.dependencies.need("breakdown", JobRequirements())
            #expect(EligibilityRules.exclusions(profile.facts, for: need, at: Date()) == [])
        }
    }

    @Test("a job is duty: it begins with the claim at the latest, goes on through the release, and is not two periods")
    func jobs() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = (try await world.customer(), try await world.provider())
            let (job, code) = try await world.accepted(by: provider, for: customer)
            let since = try #require(try await world.profile(of: provider).work.duty.since)
            #expect(try await world.profile(of: provider).work.availableSince == nil)
            _ = try await world.jobs.start(.id(job.id), otp: code, by: provider)
            _ = try await world.jobs.complete(.id(job.id), by: provider)
            let after = try await world.profile(of: provider).work
            #expect(after.duty == DutyLog(since: since))
            #expect(after.availableSince != nil)
        }
    }

    @Test("off duty and on again; with a job in hand only the wish to be left alone is heard")
    func saying() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = (try await world.customer(), try await world.provider())
            try await world.providers.setDuty(false, quiet: nil, by: provider)
            #expect(try await world.profile(of: provider).availability == .offline)
            let job = try await world.open(by: customer)
            await world.dispatch.settle()
            #expect(try await world.rows(of: provider).isEmpty)
            try await world.providers.setDuty(true, quiet: false, by: provider)
            #expect(try await world.messages(to: provider, about: job) == ["offer.new"])
            _ = try await world.jobs.accept(.id(job.id), by: provider)

            let refused = try await refusalCode { try await world.providers.setDuty(false, quiet: true, by: provider) }
            #expect(refused == .providerBusy)
            #expect(try await world.profile(of: provider).quiet == false)
            try await world.providers.setDuty(true, quiet: true, by: provider)
            let profile = try await world.profile(of: provider)
            #expect(profile.quiet && profile.availability == .busy)
            let forbidden = try await refusalCode { try await world.providers.setDuty(true, quiet: nil, by: customer) }
            #expect(forbidden == .forbidden)
        }
    }

    @Test("the limit is the installation's, and reaches the rules")
    func limit() async throws {
        try await JobsWorld.with({ $0.dutyLimit = .seconds(2 * 3600) }) { world in
            let provider = try await world.provider(availability: .offline)
            try await world.store.mechanics.updateOne(
                ["_id": .id(provider.userID)],
                ProviderProfile.update(setting: ["availability": "available"], at: Date().addingTimeInterval(-7200)))
            let profile = try await world.profile(of: provider)
            let need = world.dependencies.need("breakdown", JobRequirements())
            #expect(need.dutyLimit == 120)
            #expect(EligibilityRules.exclusions(profile.facts, for: need, at: Date()) == [.dutyHours])
        }
    }
}
