import BSON
import Foundation
import Mongo
import MongoTesting
import RoadsideRules
import Testing

@testable import Roadside

@Suite("The way to the scene")
struct ApproachTests {
    private func at(_ km: Double, _ ago: Double, accuracy: Double? = 10) -> Position {
        Position(point: JobsWorld.north(km), accuracy: accuracy, fixAt: Date(timeIntervalSinceNow: -ago))
    }

    @Test("moving towards the pickup is departure, said by the system, and told to both")
    func departure() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let provider = try await world.provider(km: 3)
            let (job, _) = try await world.accepted(by: provider, for: customer)
            try await world.sinceAcceptance(job, 300)
            try await world.tracking.report(at(2.9, 100), by: provider)
            #expect(try await world.status(of: job) == "accepted")
            try await world.tracking.report(at(2.8, 80), by: provider)
            #expect(try await world.status(of: job) == "en_route")
            let seen = try await world.jobs.job(.id(job.id), for: customer)
            #expect(seen.events.last?.by == nil)
            #expect(try await world.messages(to: customer, about: job).last == "job.en_route")
            #expect(try await world.messages(to: provider, about: job).last == "job.en_route")
            try await world.tracking.report(at(2.5, 60), by: provider)
            #expect(try await world.tellings(of: "job.en_route", to: customer, about: job) == 1)
        }
    }

    @Test("twenty seconds at the pickup propose an arrival, to both, once; it is the provider who says it")
    func proposal() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let provider = try await world.provider(km: 3)
            let (job, _) = try await world.accepted(by: provider, for: customer)
            try await world.sinceAcceptance(job, 300)
            try await world.tracking.report(at(0.09, 100, accuracy: 80), by: provider)
            try await world.tracking.report(at(0.09, 70, accuracy: 80), by: provider)
            #expect(try await world.jobs.job(.id(job.id), for: customer).arrivalProposedAt == nil, "too inaccurate")
            try await world.tracking.report([at(0.09, 60), at(0.08, 50)], by: provider)
            #expect(try await world.jobs.job(.id(job.id), for: customer).arrivalProposedAt == nil, "ten seconds")
            for ago in [40.0, 30, 20] { try await world.tracking.report(at(0.05, ago), by: provider) }
            let seen = try await world.jobs.job(.id(job.id), for: customer)
            #expect(seen.status == .enRoute)
            #expect(seen.arrivalProposedAt != nil)
            #expect(try await world.tellings(of: "job.arrival_proposed", to: provider, about: job) == 1)
            #expect(try await world.tellings(of: "job.arrival_near", to: customer, about: job) == 1)
            let arrived = try await world.jobs.advance(.id(job.id), to: .arrived, by: provider)
            #expect(arrived.arrivalProposedAt == nil && arrived.arrival == nil)
        }
    }

    @Test("several servers that hear the same positions propose once")
    func race() async throws {
        try await JobsWorld.with(workers: 16) { world in
            let customer = try await world.customer()
            let provider = try await world.provider(km: 3)
            let (job, _) = try await world.accepted(by: provider, for: customer)
            try await world.sinceAcceptance(job, 300)
            try await world.tracking.report(at(0.05, 100), by: provider)
            let results = await together(6) { index in
                try await Tracking(world.dependencies, dispatch: world.dispatch)
                    .report(at(0.05, 60 - Double(index)), by: provider)
            }
            #expect(results.compactMap(\.value).count == 6)
            #expect(try await world.tellings(of: "job.arrival_near", to: customer, about: job) == 1)
            #expect(try await world.tellings(of: "job.en_route", to: customer, about: job) == 1)
        }
    }

    @Test("where the setting says so the system says arrival itself")
    func automatic() async throws {
        try await JobsWorld.with({ $0.supervision.arrivesByItself = true }) { world in
            let customer = try await world.customer()
            let provider = try await world.provider(km: 3)
            let (job, _) = try await world.accepted(by: provider, for: customer)
            try await world.sinceAcceptance(job, 300)
            try await world.tracking.report([at(0.05, 100), at(0.05, 79)], by: provider)
            #expect(try await world.status(of: job) == "arrived")
            #expect(try await world.messages(to: customer, about: job).suffix(2) == ["job.en_route", "job.arrived"])
        }
    }

    @Test("what was promised stays; what is expected follows him, at most every ten seconds")
    func expectation() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let provider = try await world.provider(km: 10)
            let (job, _) = try await world.accepted(by: provider, for: customer)
            #expect(job.arrival?.p50 == 1560 && job.arrival?.p90 == 2340 && job.arrival?.source == "estimate")
            let promised = try #require(job.estimatedArrival)
            #expect(abs(promised.timeIntervalSince(try #require(job.arrival).arrivesAt)) < 0.002)
            try await world.tracking.report(Position(point: JobsWorld.north(9)), by: provider)
            #expect(try await world.jobs.job(.id(job.id), for: customer).arrival?.p50 == 1560, "told a moment ago")
            try await world.store.services.updateOne(
                ["_id": .id(job.id)], ["$set": ["eta.updated_at": .date(Date(timeIntervalSinceNow: -10))]])
            // Another server: this one has looked at the job a moment ago.
            let other = Tracking(world.dependencies, dispatch: world.dispatch)
            try await other.report(Position(point: JobsWorld.north(8.9)), by: provider)
            let seen = try await world.jobs.job(.id(job.id), for: customer)
            #expect(seen.arrival?.p50 == 1388)
            #expect(seen.estimatedArrival == job.estimatedArrival)
            #expect(seen.trackingState == .live)
            #expect(seen.version == job.version + 1, "departure is a change, a new expectation is none")
        }
    }

    @Test("a way that was driven teaches once, whoever looks, and changes what is expected there at that hour")
    func learning() async throws {
        try await JobsWorld.with(workers: 16) { world in
            let customer = try await world.customer()
            for round in 1...3 {
                let provider = try await world.provider("Teacher \(round)", km: 10)
                let (job, _) = try await world.accepted(by: provider, for: customer)
                try await world.tracking.report(Position(point: JobsWorld.north(0.15)), by: provider)
                try await world.sinceAcceptance(job, 6000)
                _ = try await world.jobs.advance(.id(job.id), to: .arrived, by: provider)
                let looks = await together(3) { _ in await world.supervisor().settle() }
                #expect(looks.compactMap(\.value).reduce(0, +) >= 1)
                #expect(try await world.document(of: job)["watch"] == nil)
            }
            let learned = try await world.store.travelSpeeds.find()
            let total = learned.reduce(0) { $0 + ($1.get("count", as: Int.self) ?? 0) }
            #expect(total == 3)
            #expect(Set(learned.compactMap { $0.get("zone") }) == ["nairobi"])
            // At whichever hour that was.
            let travel = Travel(dependencies: world.dependencies)
            func slowest() -> Double {
                let times = (0..<24).map { hour in
                    travel.estimate(
                        from: JobsWorld.north(10), to: JobsWorld.center,
                        at: Date(timeIntervalSince1970: Double(hour) * 3600))
                }
                return times.map(\.p50).max() ?? 0
            }
            #expect(slowest() == 1560)
            try await travel.refresh()
            #expect((1561...5999).contains(slowest()))
        }
    }

    @Test("the way of one whose positions nobody saw teaches nothing")
    func unseen() async throws {
        try await JobsWorld.with { world in
            let provider = try await world.provider(km: 10)
            let (job, _) = try await world.accepted(by: provider, for: try await world.customer())
            try await world.sinceAcceptance(job, 1500)
            _ = try await world.jobs.advance(.id(job.id), to: .arrived, by: provider)
            await world.supervisor().settle()
            #expect(try await world.store.travelSpeeds.find().isEmpty)
            #expect(try await world.document(of: job)["watch"] == nil)
        }
    }
}

extension JobsWorld {
    /// How often a recipient was told something about a job.
    func tellings(of message: String, to caller: Caller, about job: Job) async throws -> Int {
        try await messages(to: caller, about: job).filter { $0 == message }.count
    }

    func supervisor() -> Supervision { Supervision(dependencies, dispatch: dispatch) }

    /// Puts the acceptance of a job back, as if so many seconds had passed, and with them nothing else.
    func sinceAcceptance(_ job: Job, _ seconds: Double) async throws {
        let moment = Date(timeIntervalSinceNow: -seconds).truncatedToMilliseconds
        try await store.services.updateOne(
            ["_id": .id(job.id)],
            ["$set": ["watch.started_at": .date(moment), "watch.progress_at": .date(moment)]])
    }
}
