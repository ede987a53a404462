import BSON
import Foundation
import Mongo
import MongoTesting
import RoadsideRules
import Testing

@testable import Roadside

@Suite("The first batch of a broadcast")
struct FirstBatchTests {
    @Test("is asked by the request itself; nobody has to take the job up for it")
    func together() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let providers = try await world.providers(7)
            let job = try await world.open(by: customer)
            let first = providers.prefix(5).map(\.userID)
            #expect(Set(try await world.offers(of: job).keys) == Set(first))
            for provider in providers {
                let told = try await world.messages(to: provider, about: job)
                #expect(told == (first.contains(provider.userID) ? ["offer.new"] : []))
            }
            #expect(try await world.messages(to: customer, about: job) == ["job.opened"])
            let record = try #require(JobRecord(try await world.document(of: job)))
            #expect(record.search.offersMade == 5)
            // The next batch, as the plan says.
            #expect(record.search.nextTimerAt == record.search.startedAt.addingTimeInterval(5))

            await world.dispatch.settle()
            #expect(Set(try await world.offers(of: job).keys) == Set(first))
            let traces = try await DispatchTraces(world.dependencies).traces(of: job.id, after: nil, limit: 10)
            #expect(traces.map(\.chosen) == [first], "the nearest first")
        }
    }

    @Test("is one transaction's worth; where more may be asked at once, the job's first turn asks the others")
    func more() async throws {
        try await JobsWorld.with(JobsWorld.asksAllAtOnce) { world in
            let customer = try await world.customer()
            let providers = try await world.providers(7)
            let job = try await world.open(by: customer)
            #expect(try await world.offers(of: job).count == 5)
            let record = try #require(JobRecord(try await world.document(of: job)))
            let due = try #require(record.search.nextTimerAt)
            #expect(due <= record.search.startedAt.addingTimeInterval(2), "should this process die now")

            await world.dispatch.settle()
            #expect(try await world.offers(of: job).count == 7)
            for provider in providers {
                #expect(try await world.messages(to: provider, about: job) == ["offer.new"])
            }
        }
    }

    @Test("does not keep the customer waiting when somebody else is writing to one of its providers")
    func conflict() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let providers = try await world.providers(2)
            let busy = providers[1].userID
            let writing = try await world.writing(to: busy)
            let job = try await world.open(by: customer)
            #expect(try await world.offers(of: job).isEmpty)
            #expect(try await world.messages(to: customer, about: job) == ["job.opened"])
            let record = try #require(JobRecord(try await world.document(of: job)))
            #expect(record.search.offersMade == 0)

            try await writing.commit()
            await world.dispatch.settle()
            #expect(Set(try await world.offers(of: job).keys) == Set(providers.map(\.userID)))
            for provider in providers {
                #expect(try await world.messages(to: provider, about: job) == ["offer.new"])
            }
        }
    }

    @Test("is left to the search where the job asks in another way, later, or nobody is near")
    func notNow() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let lonely = try await world.open(JobsWorld.request(km: 300), by: customer)
            #expect(try await world.offers(of: lonely).isEmpty)
            let wanted = try await world.provider("Wanted", km: 5)
            _ = try await world.provider("Near", km: 1)
            let job = try await world.open(JobsWorld.request(preferred: wanted.userID), by: customer)
            #expect(try await world.offers(of: job).isEmpty)
            await world.dispatch.settle()
            #expect(try await world.offers(of: job) == [wanted.userID: "offered"])
        }
    }
}
