import BSON
import Foundation
import Mongo
import MongoTesting
import RoadsideRules
import Testing

@testable import Roadside

@Suite("What a dialect settles for its jobs (K20, K21, K22, K24, K28, K46)")
struct JobPolicyTests {
    private static func request(_ change: (inout JobRequest) -> Void) -> JobRequest {
        var request = JobsWorld.request()
        change(&request)
        return request
    }

    @Test("a policy, a claim and a reference are kept with the job; the claim changes no price")
    func kept() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let usual = try await world.open(by: customer)
            let policy = JobPolicy(
                plan: .nearby, prepay: .cashAtPickup, isSingleOpen: true, needsStartCode: true)
            let job = try await world.open(
                Self.request { request in
                    request.policy = policy
                    request.clientReference = "12345"
                    request.claim = JobClaim(distanceKm: 0.1, fare: Money(minorUnits: 1))
                    request.paymentMethod = .card
                }, by: customer)
            let seen = try await world.jobs.job(.id(job.id), for: customer)
            #expect(seen.policy == policy)
            #expect(seen.clientReference == "12345")
            #expect(seen.payment?.method == .card)
            #expect(seen.payment?.status == .pending)
            #expect(seen.payment?.amount == seen.estimate)
            #expect(seen.estimate == usual.estimate)
            #expect(usual.policy.plan == nil && usual.policy.prepay == .after)
            let claim: Document? = try await world.document(of: job).get("client_claim")
            #expect(claim?.get("distance_km") == 0.1)
        }
    }

    @Test("a plan of the dialect reaches as far as it says, as long as the job is searched for", arguments: [1.0, 0.5])
    func plan(factor: Double) async throws {
        try await JobsWorld.with({ $0.windowFactor = factor }) { world in
            let customer = try await world.customer()
            let near = try await world.provider("Near", km: 4, radiusKm: 100)
            let far = try await world.provider("Far", km: 8, radiusKm: 100)
            let job = try await world.open(
                Self.request { $0.policy.plan = .nearby }, by: customer)
            await world.dispatch.settle()
            #expect(try await world.offers(of: job) == [near.userID: "offered"])
            let record = try #require(JobRecord(try await world.document(of: job)))
            #expect(world.dependencies.plan(for: record).plan == SearchPlan.nearby.scaled(by: factor))
            let whole = record.search.deadline.timeIntervalSince(record.search.startedAt)
            #expect(abs(whole - 300 * factor) < 0.01)

            // Given back, it is searched for by the same plan: who is 8 km away is beyond its first ring still.
            _ = try await world.jobs.accept(.id(job.id), by: near)
            _ = try await world.jobs.cancel(.id(job.id), by: near)
            await world.dispatch.settle()
            #expect(try await world.offers(of: job, attempt: 2)[far.userID] == nil)
        }
    }

    @Test("K46: two opened at once are one job; the other is told its number, and may open when that is over")
    func singleOpen() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let request = Self.request { $0.policy.isSingleOpen = true }
            let results = await together(8) { _ in try await world.open(request, by: customer) }
            let opened = results.compactMap(\.value)
            #expect(opened.count == 1)
            #expect(results.compactMap(\.code) == Array(repeating: .openJobExists, count: 7))
            let job = try #require(opened.first)
            let refusal = try await failure { _ = try await world.open(request, by: customer) }
            let number = refusal?.details.first { $0.0 == "number" }?.1
            #expect(number == .int(job.number))
            // Of others, and of those who may have several, it is no business.
            _ = try await world.open(request, by: try await world.customer("Other"))
            _ = try await world.open(by: customer)

            _ = try await world.jobs.cancel(.id(job.id), by: customer)
            _ = try await world.open(request, by: customer)
        }
    }

    @Test("K28: however often a client says the same reference, at once or later, there is one job")
    func reference() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let request = Self.request {
                $0.clientReference = "12345"
                $0.policy.isSingleOpen = true
            }
            let results = await together(8) { _ in try await world.jobs.open(request, by: customer) }
            let opened = results.compactMap(\.value)
            #expect(opened.count == 8)
            #expect(Set(opened.map(\.job.id)).count == 1)
            #expect(opened.filter { !$0.isRepeated }.count == 1)
            #expect(try await world.store.services.count(["customer_id": .id(customer.userID)]) == 1)

            // Two customers who both say 12345 do not meet.
            let other = try await world.customer("Other")
            let theirs = try await world.jobs.open(request, by: other)
            #expect(!theirs.isRepeated)
            #expect(theirs.job.id != opened.first?.job.id)
            #expect(theirs.job.customerID == other.userID)
            let empty = try await refusalCode {
                _ = try await world.open(Self.request { $0.clientReference = "" }, by: customer)
            }
            #expect(empty == .validation)
        }
    }

    @Test("A29: nobody is asked about a job that waits for its card; when it is paid, everybody is")
    func cardFirst() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let provider = try await world.provider()
            let job = try await world.open(
                Self.request {
                    $0.policy.prepay = .cardBeforeOffer
                    $0.paymentMethod = .card
                }, by: customer)
            try await world.makeDue(job)
            await world.dispatch.settle()
            try await world.dispatch.offerOpenJobs(to: provider.userID)
            #expect(try await world.offers(of: job).isEmpty)
            let taken = try await refusalCode { _ = try await world.jobs.accept(.id(job.id), by: provider) }
            #expect(taken == .paymentRequired)
            let admin = try await world.admin()
            let given = try await refusalCode {
                _ = try await world.jobs.assign(.id(job.id), provider: .id(provider.userID), by: admin)
            }
            #expect(given == .paymentRequired)

            try await world.makeDue(job, ["payment_status": "paid"])
            await world.dispatch.settle()
            #expect(try await world.offers(of: job) == [provider.userID: "offered"])
        }
    }

    @Test("A24: cash at the pickup keeps the steps up to arrival, says where it stands, and lets go when it is paid")
    func cashAtPickup() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let provider = try await world.provider()
            let job = try await world.open(Self.request { $0.policy.prepay = .cashAtPickup }, by: customer)
            _ = try await world.jobs.accept(.id(job.id), by: provider)
            let refusal = try await failure {
                _ = try await world.jobs.advance(.id(job.id), to: .inProgress, by: provider)
            }
            #expect(refusal?.code == .paymentRequired)
            let stands = refusal?.details.first { $0.0 == "status" }?.1
            #expect(stands == .string("arrived"))
            #expect(try await world.status(of: job) == "arrived")
            try await world.makeDue(job, ["payment_status": "paid"])
            let started = try await world.jobs.advance(.id(job.id), to: .inProgress, by: provider)
            #expect(started.status == .inProgress)
        }
    }
}
