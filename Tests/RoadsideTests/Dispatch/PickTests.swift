import BSON
import Foundation
import Mongo
import MongoTesting
import RoadsideRules
import Testing

@testable import Roadside

@Suite("A customer who chooses himself (A16, A19, A28, K20)")
struct PickTests {
    private static func request(preferred: ObjectID? = nil) -> JobRequest {
        var request = JobsWorld.request(preferred: preferred)
        request.policy.plan = .pick
        return request
    }

    private func answers(to customer: Caller, in world: JobsWorld) async throws -> [InboxRow] {
        try await world.rows(of: customer).filter { $0.kind == .offerAnswer }
    }

    private func runOut(_ job: Job, in world: JobsWorld) async throws {
        try await world.store.offers.updateMany(
            ["job_id": .id(job.id), "state": "offered"],
            ["$set": ["expires_at": .date(Date().addingTimeInterval(-1))]])
        try await world.makeDue(job)
        await world.dispatch.settle()
    }

    @Test("nobody is asked before he has chosen, and then that one alone; those near are shown with the job")
    func choosing() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let providers = try await world.providers(3)
            let opened = try await world.jobs.open(Self.request(), by: customer)
            let job = opened.job
            #expect(Set(opened.nearby.map(\.id)) == Set(providers.map(\.userID)))
            try await world.makeDue(job)
            await world.dispatch.settle()
            for provider in providers { try await world.dispatch.offerOpenJobs(to: provider.userID) }
            await world.dispatch.settle()
            #expect(try await world.offers(of: job).isEmpty)
            let uninvited = try await refusalCode { _ = try await world.jobs.accept(.id(job.id), by: providers[0]) }
            #expect(uninvited == .notFound)

            _ = try await world.jobs.assign(.id(job.id), provider: .id(providers[1].userID), by: customer)
            #expect(try await world.offers(of: job) == [providers[1].userID: "offered"])
            let accepted = try await world.jobs.accept(.id(job.id), by: providers[1])
            #expect(accepted.assignedTo == providers[1].userID)
            #expect(try await answers(to: customer, in: world).isEmpty)
        }
    }

    @Test("A19: after silence he is told, nobody else is asked, and he may choose the same one again")
    func silence() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let providers = try await world.providers(2)
            let job = try await world.open(Self.request(), by: customer)
            _ = try await world.jobs.assign(.id(job.id), provider: .id(providers[0].userID), by: customer)
            try await runOut(job, in: world)
            try await world.makeDue(job)
            await world.dispatch.settle()
            #expect(try await world.offers(of: job) == [providers[0].userID: "expired"])
            let told = try await answers(to: customer, in: world)
            #expect(told.map(\.body.message) == ["offer.expired"])
            #expect(told.first?.body.provider?.id == providers[0].userID)
            #expect(told.first?.body.provider?.name == "Mechanic 0")
            #expect(told.first?.body.jobID == job.id)
            #expect(told.first?.body.jobNumber == job.number)
            #expect(told.first?.routes == [.customerJobs])

            _ = try await world.jobs.assign(.id(job.id), provider: .id(providers[0].userID), by: customer)
            #expect(try await world.offers(of: job) == [providers[0].userID: "offered"])
            _ = try await world.jobs.accept(.id(job.id), by: providers[0])
        }
    }

    @Test("A9: after a refusal he is told and may choose anybody else, at once")
    func refusal() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let providers = try await world.providers(2)
            let job = try await world.open(Self.request(), by: customer)
            _ = try await world.jobs.assign(.id(job.id), provider: .id(providers[0].userID), by: customer)
            try await world.jobs.decline(.id(job.id), by: providers[0])
            await world.dispatch.settle()
            #expect(try await answers(to: customer, in: world).map(\.body.message) == ["offer.declined"])
            #expect(try await world.offers(of: job) == [providers[0].userID: "declined"])
            let again = try await refusalCode {
                _ = try await world.jobs.assign(.id(job.id), provider: .id(providers[0].userID), by: customer)
            }
            #expect(again == .providerNotEligible)
            _ = try await world.jobs.assign(.id(job.id), provider: .id(providers[1].userID), by: customer)
            #expect(try await world.offers(of: job)[providers[1].userID] == "offered")
        }
    }

    @Test("an offer that has just run out and was not swept yet stands in the way of no other choice")
    func notSwept() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let providers = try await world.providers(2)
            let job = try await world.open(Self.request(), by: customer)
            _ = try await world.jobs.assign(.id(job.id), provider: .id(providers[0].userID), by: customer)
            try await world.store.offers.updateMany(
                ["job_id": .id(job.id)], ["$set": ["expires_at": .date(Date().addingTimeInterval(-1))]])
            _ = try await world.jobs.assign(.id(job.id), provider: .id(providers[1].userID), by: customer)
            #expect(
                try await world.offers(of: job) == [
                    providers[0].userID: "expired", providers[1].userID: "offered",
                ])
            #expect(try await answers(to: customer, in: world).map(\.body.message) == ["offer.expired"])
        }
    }

    @Test("whom he named with the request is asked at once; one who cannot come is told to him once")
    func named() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let free = try await world.provider("Free")
            let away = try await world.provider("Away", availability: .offline)
            let job = try await world.open(Self.request(preferred: free.userID), by: customer)
            await world.dispatch.settle()
            #expect(try await world.offers(of: job) == [free.userID: "offered"])
            _ = try await world.jobs.cancel(.id(job.id), by: customer)

            let other = try await world.open(Self.request(preferred: away.userID), by: customer)
            for _ in 0..<2 {
                try await world.makeDue(other)
                await world.dispatch.settle()
            }
            #expect(try await world.offers(of: other).isEmpty)
            #expect(try await answers(to: customer, in: world).map(\.body.message) == ["offer.unavailable"])
        }
    }

    @Test("who does not choose in time has a job that expires like any other")
    func tooLate() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let job = try await world.open(Self.request(), by: customer)
            try await world.makeDue(job, ["dispatch.deadline": .date(Date().addingTimeInterval(-1))])
            await world.dispatch.settle()
            #expect(try await world.status(of: job) == "expired")
        }
    }
}
