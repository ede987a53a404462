import BSON
import Foundation
import Mongo
import MongoTesting
import RoadsideRules
import Testing

@testable import Roadside

@Suite("Providers who do not come")
struct SupervisionTests {
    /// A job whose provider has been heard of `fixed` seconds ago, so many kilometres away, ten minutes after he took it.
    private func held(
        by provider: Caller, for customer: Caller, fixed: Double?, km: Double = 5, progress: Double = 60,
        in world: JobsWorld
    ) async throws -> Job {
        let (job, _) = try await world.accepted(by: provider, for: customer)
        try await world.sinceAcceptance(job, 900)
        try await world.store.services.updateOne(
            ["_id": .id(job.id)],
            [
                "$set": [
                    "watch.next_at": .date(Date(timeIntervalSince1970: 0)),
                    "watch.progress_at": .date(Date(timeIntervalSinceNow: -progress)),
                ]
            ])
        if let fixed {
            try await world.store.mechanics.updateOne(
                ["_id": .id(provider.userID)],
                [
                    "$set": [
                        "fix_at": .date(Date(timeIntervalSinceNow: -fixed)),
                        "location": .document(JobsWorld.north(km).geoJSON),
                    ]
                ])
        }
        return job
    }

    @Test("who falls silent loses the job: it is searched for without him, and costs what was promised")
    func silence() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let provider = try await world.provider(km: 5)
            let job = try await held(by: provider, for: customer, fixed: 121, in: world)
            let before = try await world.document(of: job)
            #expect(try await world.jobs.job(.id(job.id), for: customer).trackingState == .lost)
            #expect(await world.supervisor().settle() == 1)

            let after = try await world.document(of: job)
            let record = try #require(JobRecord(after))
            #expect(record.status == .matching && record.assignedTo == nil && record.approach == nil)
            #expect(record.search.excluded == [provider.userID] && record.search.reallocations == 1)
            #expect(record.events.last?.reason == "silent" && record.events.last?.by == nil)
            for field in ["quote", "estimate", "prices_version"] { #expect(after[field] == before[field], "\(field)") }
            #expect(try await world.messages(to: customer, about: job).last == "job.reallocated")
            #expect(try await world.messages(to: provider, about: job).last == "job.released")
            let profile = try await world.store.mechanics.findOne(["_id": .id(provider.userID)])
            #expect(profile?["current_job"] == nil && profile?.get("availability") == "available")

            let second = try await world.provider("Second")
            await world.dispatch.settle()
            #expect(try await world.offers(of: job, attempt: 2) == [second.userID: "offered"])
            let taken = try await world.jobs.accept(.id(job.id), by: second)
            #expect(taken.estimate == job.estimate)
            #expect(await world.supervisor().settle() == 0, "his time begins anew")
        }
    }

    @Test("an arrival that is said with the end of the job teaches nothing: nobody knows when he was there")
    func arrivalUnknown() async throws {
        try await JobsWorld.with { world in
            let provider = try await world.provider(km: 5)
            let job = try await held(by: provider, for: try await world.customer(), fixed: 30, in: world)
            _ = try await world.jobs.advance(.id(job.id), to: .completed, by: provider)
            #expect(try await world.document(of: job)["watch"] == nil)
            #expect(await world.supervisor().settle() == 0)
        }
    }

    @Test("who is heard of, comes nearer and keeps his time is left alone, and looked at when that can change")
    func patience() async throws {
        try await JobsWorld.with { world in
            let provider = try await world.provider(km: 5)
            let job = try await held(by: provider, for: try await world.customer(), fixed: 30, in: world)
            #expect(await world.supervisor().settle() == 1)
            let record = try #require(JobRecord(try await world.document(of: job)))
            #expect(record.status == .accepted)
            let watch: Document? = try await world.document(of: job).get("watch")
            let next: Date = try #require(watch?.get("next_at"))
            #expect((10...91).contains(next.timeIntervalSinceNow))
            #expect(await world.supervisor().settle() == 0)
        }
    }

    @Test(
        "who comes no nearer, or is far away long after his time, loses the job; who is near keeps it",
        arguments: [
            (5.0, 601.0, 0.0, "stalled"), (0.9, 601, 0, nil), (5, 60, 3000, "late"), (0.9, 60, 3000, nil),
        ] as [(Double, Double, Double, String?)])
    func stallAndDelay(km: Double, progress: Double, late: Double, reason: String?) async throws {
        try await JobsWorld.with { world in
            let provider = try await world.provider(km: 5)
            let job = try await held(
                by: provider, for: try await world.customer(), fixed: 10, km: km, progress: progress, in: world)
            try await world.store.services.updateOne(
                ["_id": .id(job.id)],
                ["$set": ["eta.promise_p90_at": .date(Date(timeIntervalSinceNow: late == 0 ? 600 : -late))]])
            await world.supervisor().settle()
            let record = try #require(JobRecord(try await world.document(of: job)))
            #expect(record.status == (reason == nil ? .accepted : .matching))
            if let reason { #expect(record.events.last?.reason == reason) }
        }
    }

    @Test("one who has never sent a position is held to his promise alone")
    func base() async throws {
        try await JobsWorld.with { world in
            let provider = try await world.provider(km: 5)
            let job = try await held(
                by: provider, for: try await world.customer(), fixed: nil, progress: 900, in: world)
            await world.supervisor().settle()
            #expect(try await world.status(of: job) == "accepted")
            try await world.store.services.updateOne(
                ["_id": .id(job.id)],
                [
                    "$set": [
                        "watch.next_at": .date(Date(timeIntervalSince1970: 0)),
                        "eta.promise_p90_at": .date(Date(timeIntervalSinceNow: -601)),
                    ]
                ])
            await world.supervisor().settle()
            #expect(try await world.status(of: job) == "matching")
        }
    }

    @Test("after his arrival nobody loses a job by silence")
    func arrived() async throws {
        try await JobsWorld.with { world in
            let provider = try await world.provider(km: 5)
            let job = try await held(by: provider, for: try await world.customer(), fixed: 500, in: world)
            _ = try await world.jobs.advance(.id(job.id), to: .arrived, by: provider)
            await world.supervisor().settle()
            #expect(try await world.status(of: job) == "arrived")
        }
    }

    @Test("five providers may be lost, with the sixth the job expires")
    func fiveTimes() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let job = try await world.open(by: customer)
            for round in 1...6 {
                let provider = try await world.provider("Provider \(round)", km: 5)
                _ = try await world.jobs.accept(.id(job.id), by: provider)
                try await world.sinceAcceptance(job, 900)
                try await world.store.services.updateOne(
                    ["_id": .id(job.id)], ["$set": ["watch.next_at": .date(Date(timeIntervalSince1970: 0))]])
                try await world.store.mechanics.updateOne(
                    ["_id": .id(provider.userID)], ["$set": ["fix_at": .date(Date(timeIntervalSinceNow: -200))]])
                await world.supervisor().settle()
                #expect(try await world.status(of: job) == (round < 6 ? "matching" : "expired"), "round \(round)")
            }
            let record = try #require(JobRecord(try await world.document(of: job)))
            #expect(record.search.reallocations == 5 && record.search.excluded.count == 6)
            #expect(record.estimate == job.estimate)
            #expect(try await world.messages(to: customer, about: job).last == "job.expired")
        }
    }

    @Test("several who look at once take the job away once; what was due before a restart is found by the next")
    func severalAndRestart() async throws {
        try await JobsWorld.with(workers: 16) { world in
            let customer = try await world.customer()
            var jobs: [Job] = []
            for number in 1...6 {
                let provider = try await world.provider("Provider \(number)", km: 5)
                jobs.append(try await held(by: provider, for: customer, fixed: 300, in: world))
            }
            _ = await together(4) { _ in
                await Supervision(
                    world.dependencies, dispatch: Dispatch(world.dependencies, inbox: Inbox(world.dependencies))
                ).settle()
            }
            for job in jobs {
                let record = try #require(JobRecord(try await world.document(of: job)))
                #expect(record.status == .matching && record.search.reallocations == 1)
                #expect(try await world.tellings(of: "job.reallocated", to: customer, about: job) == 1)
            }
        }
    }

    /// What another does in the very moment in which the job is taken away.
    enum Rival: CaseIterable, Sendable { case position, arrival, cancellation }

    @Test(
        "a position, an arrival or a cancellation in the same moment: one of the two has happened, wholly",
        arguments: Rival.allCases)
    func races(rival: Rival) async throws {
        try await JobsWorld.with(workers: 16) { world in
            for round in 1...12 {
                let customer = try await world.customer()
                let provider = try await world.provider("Provider \(round)", km: 5)
                let job = try await held(by: provider, for: customer, fixed: 300, in: world)
                _ = await together(3) { index in
                    switch (index, rival) {
                    case (0, .position):
                        try await world.tracking.report(Position(point: JobsWorld.north(5)), by: provider)
                    case (0, .arrival): _ = try await world.jobs.advance(.id(job.id), to: .arrived, by: provider)
                    case (0, .cancellation): _ = try await world.jobs.cancel(.id(job.id), by: customer)
                    default: await world.supervisor().settle()
                    }
                }
                let record = try #require(JobRecord(try await world.document(of: job)))
                let profile = try #require(try await world.store.mechanics.findOne(["_id": .id(provider.userID)]))
                let isHolder = profile.get("current_job") == job.id
                switch record.status {
                case .accepted:
                    #expect(rival == .position && isHolder && record.assignedTo == provider.userID)
                    let fixAt: Date? = profile.get("fix_at")
                    #expect((fixAt?.timeIntervalSinceNow ?? -300) > -60)
                case .arrived: #expect(rival == .arrival && isHolder && record.search.reallocations == 0)
                case .cancelled: #expect(rival == .cancellation && !isHolder)
                case .matching: #expect(!isHolder && record.assignedTo == nil && record.search.reallocations == 1)
                default: Issue.record("\(record.status)")
                }
                if record.status.isOpen { _ = try await world.jobs.cancel(.id(job.id), by: try await world.admin()) }
            }
        }
    }
}
