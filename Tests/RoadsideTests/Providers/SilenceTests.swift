import BSON
import Foundation
import Mongo
import MongoTesting
import RoadsideRules
import Testing

@testable import Roadside

@Suite("Who falls silent goes off duty (domain §4.4, U15)")
struct SilenceTests {
    /// Past the five minutes.
    private static var longAgo: Date { Date().addingTimeInterval(-301) }

    @Test("after five minutes without a word, with a notice; not after four, not with a base alone, not on a break")
    func silence() async throws {
        try await JobsWorld.with { world in
            let silent = try await world.provider("Silent", fixAt: Self.longAgo)
            let heard = try await world.provider("Heard", fixAt: Date().addingTimeInterval(-240))
            let base = try await world.provider("Base")
            let resting = try await world.provider("Resting", availability: .onBreak, fixAt: Self.longAgo)
            #expect(try await world.providers.retireSilent() == 1)
            let after = try await world.profile(of: silent)
            #expect(after.availability == .offline && !after.isDispatchable)
            #expect(try await world.rows(of: silent).map(\.body.message) == ["provider.auto_offline"])
            #expect(try await world.rows(of: silent).map(\.kind) == [.message])
            for other in [heard, base] { #expect(try await world.profile(of: other).availability == .available) }
            #expect(try await world.profile(of: resting).availability == .onBreak)
            for other in [heard, base, resting] { #expect(try await world.rows(of: other).isEmpty) }
            #expect(try await world.providers.retireSilent() == 0)
        }
    }

    @Test("his duty was over when he was last heard of, however late that is noticed")
    func dutyEnds() async throws {
        try await JobsWorld.with { world in
            let provider = try await world.provider(availability: .offline)
            // As whole milliseconds, as the database keeps them.
            let began = Date(timeIntervalSince1970: (Date().timeIntervalSince1970 - 9 * 3600).rounded())
            try await world.store.mechanics.updateOne(
                ["_id": .id(provider.userID)],
                ProviderProfile.update(setting: ["availability": "available"], at: began))
            let last = began.addingTimeInterval(1800)
            try await world.store.mechanics.updateOne(
                ["_id": .id(provider.userID)], ["$set": ["fix_at": .date(last)]])
            #expect(try await world.providers.retireSilent() == 1)
            let duty = try await world.profile(of: provider).work.duty
            #expect(duty == DutyLog(closed: [.init(from: began, to: last)]))
        }
    }

    @Test("who has just come on duty, or finished a job, is waited for although his last position is old")
    func grace() async throws {
        try await JobsWorld.with { world in
            let back = try await world.provider("Back", availability: .offline, fixAt: Self.longAgo)
            try await world.providers.setDuty(true, quiet: nil, by: back)
            let (customer, worker) = (try await world.customer(), try await world.provider("Worker"))
            let (job, _) = try await world.accepted(by: worker, for: customer)
            try await world.store.mechanics.updateOne(
                ["_id": .id(worker.userID)], ["$set": ["fix_at": .date(Self.longAgo)]])
            #expect(try await world.providers.retireSilent() == 0)
            #expect(try await world.profile(of: worker).availability == .busy, "never during a job")
            _ = try await world.jobs.cancel(.id(job.id), by: customer)
            #expect(try await world.providers.retireSilent() == 0)

            for waiting in [back, worker] {
                try await world.store.mechanics.updateOne(
                    ["_id": .id(waiting.userID)], ["$set": ["available_since": .date(Self.longAgo)]])
            }
            #expect(try await world.providers.retireSilent() == 2)
        }
    }

    @Test("more than one page of them, swept by three servers at once: each is told once")
    func manyServers() async throws {
        try await JobsWorld.with { world in
            var all: [Caller] = []
            for number in 0..<60 { all.append(try await world.provider("P\(number)", fixAt: Self.longAgo)) }
            let counts = await together(3) { _ in try await world.providers.retireSilent() }
            #expect(counts.compactMap(\.value).reduce(0, +) == 60)
            for provider in all {
                #expect(try await world.profile(of: provider).availability == .offline)
                #expect(try await world.rows(of: provider).count == 1)
            }
        }
    }

    @Test("a position that arrives in the same moment saves him, or comes too late; never half of it")
    func againstPosition() async throws {
        try await JobsWorld.with { world in
            for round in 0..<12 {
                let provider = try await world.provider(fixAt: Self.longAgo)
                let outcomes = await together(2) { index in
                    if index == 0 { return try await world.providers.retireSilent() }
                    try await world.tracking.report(Position(point: JobsWorld.north(1)), by: provider)
                    return 0
                }
                let retired = try #require(outcomes[0].value)
                #expect(outcomes[1].code == nil)
                let profile = try await world.profile(of: provider)
                #expect(profile.availability == (retired == 1 ? .offline : .available), "round \(round)")
                #expect(try await world.rows(of: provider).count == retired, "round \(round)")
            }
        }
    }

    @Test("an accept in the same moment: he has the job, or is off duty, and nobody with a job is off duty")
    func againstAccept() async throws {
        try await JobsWorld.with { world in
            for round in 0..<12 {
                let customer = try await world.customer()
                let provider = try await world.provider(fixAt: Self.longAgo)
                let job = try await world.open(by: customer)
                let outcomes = await together(2) { index in
                    if index == 0 { return try await world.providers.retireSilent() }
                    _ = try await world.jobs.accept(.id(job.id), by: provider)
                    return 0
                }
                let isHis = try await world.document(of: job).get("assigned_to", as: ObjectID.self) == provider.userID
                #expect(isHis == (outcomes[1].code == nil), "round \(round)")
                let availability = try await world.profile(of: provider).availability
                #expect(isHis == (availability == .busy), "round \(round): \(availability)")
                if isHis { _ = try await world.jobs.cancel(.id(job.id), by: customer) }
            }
        }
    }

    @Test(
        "who has been on duty without a rest for as long as is allowed goes off it; who has a job finishes that first")
    func spent() async throws {
        try await JobsWorld.with { world in
            let (customer, worker) = (try await world.customer(), try await world.provider("Worker"))
            let (tired, fresh) = (try await world.provider("Tired"), try await world.provider("Fresh"))
            let job = try await world.open(by: customer)
            _ = try await world.jobs.accept(.id(job.id), by: worker)
            for (provider, hours) in [(worker, 13.0), (tired, 12.01), (fresh, 11.99)] {
                try await world.store.mechanics.updateOne(
                    ["_id": .id(provider.userID)],
                    ["$set": ["on_duty_since": .date(Date().addingTimeInterval(-hours * 3600))]])
            }
            #expect(try await world.providers.retireSpent() == 1)
            #expect(try await world.profile(of: tired).availability == .offline)
            #expect(
                try await world.rows(of: tired).map(\.body.message) == [
                    "offer.taken", "provider.duty_over",
                ])
            #expect(try await world.profile(of: fresh).availability == .available)
            #expect(try await world.profile(of: worker).availability == .busy)
            let left = DutyRules.minutesLeft(try await world.profile(of: tired).work.duty, limit: 720, at: Date())
            #expect(left == 0, "his rest has begun, and has done nothing yet")
            _ = try await world.jobs.cancel(.id(job.id), by: customer)
            #expect(try await world.providers.retireSpent() == 1)
            #expect(try await world.profile(of: worker).availability == .offline)
        }
        try await JobsWorld.with({ $0.dutyLimit = .seconds(24 * 3600) }) { world in
            let sleepless = try await world.provider()
            try await world.store.mechanics.updateOne(
                ["_id": .id(sleepless.userID)],
                ProviderProfile.update(setting: [:], at: Date().addingTimeInterval(-90_000)))
            #expect(try await world.providers.retireSpent() == 0)
        }
    }

    @Test("the sweep reads an index, and no more of it than is overdue")
    func plan() async throws {
        try await JobsWorld.with { world in
            for number in 0..<30 { _ = try await world.provider("P\(number)", fixAt: Date()) }
            _ = try await world.provider(fixAt: Self.longAgo)
            let plan = try await world.store.client.run([
                "explain": [
                    "find": "mechanics",
                    "filter": .document(Providers.silent(since: Date().addingTimeInterval(-300))),
                    "sort": ["fix_at": 1], "limit": 50,
                ],
                "verbosity": "executionStats",
            ])
            #expect(plan.debugDescription.contains("mechanics_silence"))
            let statistics = plan.get("executionStats", as: Document.self)
            #expect(statistics?.get("totalDocsExamined") == 1)
        }
    }
}
