import BSON
import Foundation
import Mongo
import MongoTesting
import RoadsideRules
import Testing

@testable import Roadside

@Suite("Asking one after the other, giving away, and leaving it to dispatchers (domain 4.5.4)")
struct CascadeTests {
    private static func mode(_ mode: DispatchMode) -> (inout RoadsideSettings) -> Void {
        { $0.searchPlan.mode = mode }
    }

    /// As if this job's open offers had run out by the database's clock.
    private func runOut(_ job: Job, in world: JobsWorld) async throws {
        try await world.store.offers.updateMany(
            ["job_id": .id(job.id), "state": "offered"],
            ["$set": ["expires_at": .date(Date().addingTimeInterval(-1))]])
        try await world.makeDue(job)
        await world.dispatch.settle()
    }

    @Test("a cascade asks the best alone; a refusal or silence passes on to the next, fifteen seconds each")
    func cascade() async throws {
        try await JobsWorld.with(Self.mode(.cascade)) { world in
            let customer = try await world.customer()
            let providers = try await world.providers(3)
            let job = try await world.open(by: customer)
            await world.dispatch.settle()
            #expect(try await world.offers(of: job) == [providers[0].userID: "offered"])
            let expiry = try #require(try await world.rows(of: providers[0]).first?.expiresAt)
            #expect((13...90).contains(expiry.timeIntervalSince(job.createdAt)))
            let early = try await refusalCode { _ = try await world.jobs.accept(.id(job.id), by: providers[1]) }
            #expect(early == .notFound)

            try await world.jobs.decline(.id(job.id), by: providers[0])
            await world.dispatch.settle()
            #expect(try await world.offers(of: job)[providers[1].userID] == "offered")
            try await runOut(job, in: world)
            #expect(
                try await world.offers(of: job) == [
                    providers[0].userID: "declined", providers[1].userID: "expired", providers[2].userID: "offered",
                ])
            let late = try await refusalCode { _ = try await world.jobs.accept(.id(job.id), by: providers[1]) }
            #expect(late == .offerExpired)
            #expect(try await world.jobs.accept(.id(job.id), by: providers[2]).assignedTo == providers[2].userID)
        }
    }

    @Test("when everybody has been asked the job waits for its ring to grow; a newcomer is asked at once")
    func newcomer() async throws {
        try await JobsWorld.with(Self.mode(.cascade)) { world in
            let customer = try await world.customer()
            let first = try await world.provider("First")
            let job = try await world.open(by: customer)
            await world.dispatch.settle()
            try await world.jobs.decline(.id(job.id), by: first)
            await world.dispatch.settle()
            let second = try await world.provider("Second", km: 2)
            try await world.dispatch.offerOpenJobs(to: second.userID)
            await world.dispatch.settle()
            #expect(try await world.offers(of: job)[second.userID] == "offered")
        }
    }

    @Test("a job given back in a cascade is offered to the next, and never again to who left it (U3, U4)")
    func givenBack() async throws {
        try await JobsWorld.with(Self.mode(.cascade)) { world in
            let customer = try await world.customer()
            let providers = try await world.providers(2)
            let job = try await world.open(by: customer)
            await world.dispatch.settle()
            _ = try await world.jobs.accept(.id(job.id), by: providers[0])
            _ = try await world.jobs.cancel(.id(job.id), reason: "Flat tyre", by: providers[0])
            await world.dispatch.settle()
            #expect(try await world.offers(of: job, attempt: 2) == [providers[1].userID: "offered"])
            let standing = ProviderStanding(
                try #require(try await world.store.mechanics.findOne(["_id": .id(providers[0].userID)])))
            #expect(standing.accepted == 1 && standing.cancelled == 1)
        }
    }

    @Test("auto gives the job to the best without asking; both sides are told, and the code is made (C10)")
    func auto() async throws {
        try await JobsWorld.with(Self.mode(.auto)) { world in
            let customer = try await world.customer()
            let providers = try await world.providers(3)
            let job = try await world.open(by: customer)
            await world.dispatch.settle()
            let seen = try await world.jobs.job(.id(job.id), for: customer)
            #expect(seen.status == .accepted && seen.assignedTo == providers[0].userID)
            #expect(seen.startOTP?.count == 6)
            #expect(seen.events.last?.by == nil)
            #expect(try await world.messages(to: providers[0], about: job) == ["job.accepted"])
            #expect(try await world.messages(to: customer, about: job) == ["job.opened", "job.accepted", "job.otp"])

            let second = try await world.open(by: customer)
            await world.dispatch.settle()
            #expect(try await world.jobs.job(.id(second.id), for: customer).assignedTo == providers[1].userID)
        }
    }

    @Test(
        "fault 3: many jobs at once, few providers, four servers: everybody has one job at most, and no job two providers"
    )
    func autoRace() async throws {
        try await JobsWorld.with(workers: 16, Self.mode(.auto)) { world in
            let customer = try await world.customer()
            let providers = try await world.providers(6)
            var jobs: [Job] = []
            for _ in 1...10 { jobs.append(try await world.open(by: customer)) }
            let servers = (1...4).map { _ in Dispatch(world.dependencies, inbox: world.inbox) }
            let running = servers.map { server in Task { await server.run() } }
            defer { for task in running { task.cancel() } }
            try await eventually("every provider has a job") {
                try await world.store.services.count(["status": "accepted"]) == providers.count
            }
            let held = try await world.store.services.find(["status": "accepted"]).compactMap(JobRecord.init)
            #expect(Set(held.compactMap(\.assignedTo)).count == providers.count)
            for job in held {
                let winners = try await world.store.offers.count(["job_id": .id(job.id), "state": "accepted"])
                #expect(winners == 1)
            }
            #expect(try await world.store.services.count(["status": "matching"]) == 4)
        }
    }

    @Test("manual asks nobody; the board shows whom it would be, and what dispatchers give away is taken")
    func manual() async throws {
        try await JobsWorld.with(Self.mode(.manual)) { world in
            let (customer, admin) = (try await world.customer(), try await world.admin())
            let desk = DispatchDesk(world.dependencies, jobs: world.jobs, dispatch: world.dispatch)
            let providers = try await world.providers(2)
            let first = try await world.open(by: customer)
            let second = try await world.open(JobsWorld.request(km: 0.5), by: customer)
            await world.dispatch.settle()
            #expect(try await world.store.offers.count() == 0)

            let board = try await desk.board(for: admin)
            #expect(board.map(\.job.id) == [first.id, second.id])
            #expect(board.allSatisfy { $0.mode == .manual && $0.suggestions.count == 2 })
            let proposed = board.compactMap { $0.suggestions.first(where: \.isProposed)?.ranked.candidate.id }
            #expect(Set(proposed) == Set(providers.map(\.userID)))

            let outcomes = try await desk.commit(
                [
                    (.id(first.id), .id(proposed[0])), (.id(second.id), .id(proposed[0])),
                    (.id(second.id), .id(proposed[1])), (.id(ObjectID()), .id(proposed[1])),
                ], by: admin)
            let codes = outcomes.map { outcome -> ErrorCode? in
                if case .failure(let error) = outcome { error.code } else { nil }
            }
            #expect(codes == [nil, .providerBusy, nil, .notFound])
            #expect(try await desk.board(for: admin).isEmpty)
            let foreign = try await refusalCode { _ = try await desk.board(for: customer) }
            #expect(foreign == .forbidden)
        }
    }

    @Test("who still considers a broadcast is given the job when dispatchers choose so; who let it run out is not")
    func broadcastToAuto() async throws {
        try await JobsWorld.with(Self.mode(.broadcast)) { world in
            let (customer, admin) = (try await world.customer(), try await world.admin())
            let desk = DispatchDesk(world.dependencies, jobs: world.jobs, dispatch: world.dispatch)
            let providers = try await world.providers(2)
            let job = try await world.open(by: customer)
            await world.dispatch.settle()
            #expect(try await world.offers(of: job).count == 2)
            try await world.store.offers.updateOne(
                ["job_id": .id(job.id), "provider_id": .id(providers[0].userID)], ["$set": ["state": "expired"]])
            _ = try await desk.setMode(.auto, of: .id(job.id), by: admin)
            await world.dispatch.settle()
            let seen = try await world.jobs.job(.id(job.id), for: customer)
            #expect(seen.status == .accepted && seen.assignedTo == providers[1].userID)
        }
    }

    @Test("dispatchers choose how a waiting job is searched for; a job that is held has no way any more")
    func setMode() async throws {
        try await JobsWorld.with(Self.mode(.manual)) { world in
            let (customer, admin) = (try await world.customer(), try await world.admin())
            let desk = DispatchDesk(world.dependencies, jobs: world.jobs, dispatch: world.dispatch)
            let provider = try await world.provider()
            let job = try await world.open(by: customer)
            let picked = try await refusalCode { _ = try await desk.setMode(.pick, of: .id(job.id), by: admin) }
            #expect(picked == .validation)
            let changed = try await desk.setMode(.broadcast, of: .id(job.id), by: admin)
            #expect(changed.version == job.version + 1)
            await world.dispatch.settle()
            #expect(try await world.offers(of: job) == [provider.userID: "offered"])
            _ = try await world.jobs.accept(.id(job.id), by: provider)
            let late = try await refusalCode { _ = try await desk.setMode(.manual, of: .id(job.id), by: admin) }
            #expect(late == .jobAlreadyTaken)
            let stranger = try await refusalCode { _ = try await desk.setMode(.auto, of: .id(job.id), by: customer) }
            #expect(stranger == .forbidden)
        }
    }
}
