import BSON
import Foundation
import MongoTesting
import RoadsideRules
import Testing

@testable import Roadside

@Suite("The end of a search")
struct ClosedSearchTests {
    @Test("is told to the others by the very claim; nobody has to take the job up for it")
    func taken() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let (winner, others) = (try await world.provider("Winner"), try await world.providers(3, km: 2))
            let job = try await world.open(by: customer)
            _ = try await world.jobs.accept(.id(job.id), by: winner)
            let states = try await world.offers(of: job)
            #expect(states[winner.userID] == "accepted")
            for other in others {
                #expect(states[other.userID] == "withdrawn")
                #expect(try await world.messages(to: other, about: job) == ["offer.taken"])
                let told = try await world.inbox.unreceipted(recipient: other.userID, route: .providerOffers)
                #expect(told.map(\.body.message) == ["offer.taken"])
            }
            let his = try await world.inbox.unreceipted(recipient: winner.userID, route: .providerOffers)
            #expect(his.isEmpty, "his alert is no news any more")
            let record = try #require(JobRecord(try await world.document(of: job)))
            #expect(record.search.nextTimerAt == nil)
            #expect(await world.dispatch.settle() == 0)
        }
    }

    @Test("is told by the customer who takes the job back, too")
    func cancelled() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = (try await world.customer(), try await world.provider())
            let job = try await world.open(by: customer)
            _ = try await world.jobs.cancel(.id(job.id), by: customer)
            #expect(try await world.offers(of: job) == [provider.userID: "withdrawn"])
            #expect(try await world.messages(to: provider, about: job) == ["offer.cancelled"])
        }
    }

    @Test("does not keep the winner waiting when somebody else is writing to one of the others")
    func conflict() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let (winner, rival) = (try await world.provider("Winner"), try await world.provider("Rival", km: 2))
            let job = try await world.open(by: customer)
            let writing = try await world.writing(to: rival.userID)
            #expect(try await world.jobs.accept(.id(job.id), by: winner).status == .accepted)
            #expect(
                try await world.offers(of: job) == [winner.userID: "accepted", rival.userID: "offered"])
            let record = try #require(JobRecord(try await world.document(of: job)))
            #expect(try #require(record.search.nextTimerAt) <= Date(), "should this process die now")
            let his = try await world.inbox.unreceipted(recipient: winner.userID, route: .providerOffers)
            #expect(his.isEmpty)

            try await writing.commit()
            await world.dispatch.settle()
            #expect(
                try await world.offers(of: job) == [winner.userID: "accepted", rival.userID: "withdrawn"])
            #expect(try await world.messages(to: rival, about: job) == ["offer.taken"])
        }
    }

    @Test("is told a batch at a time where more than one was asked")
    func many() async throws {
        try await JobsWorld.with(JobsWorld.asksAllAtOnce) { world in
            let (customer, providers) = (try await world.customer(), try await world.providers(7))
            let job = try await world.open(by: customer)
            await world.dispatch.settle()
            _ = try await world.jobs.accept(.id(job.id), by: providers[0])
            #expect(try await world.offers(of: job).values.filter { $0 == "offered" }.count == 6)
            await world.dispatch.settle()
            #expect(try await world.offers(of: job).values.filter { $0 == "withdrawn" }.count == 6)
            for other in providers.dropFirst() {
                #expect(try await world.messages(to: other, about: job) == ["offer.taken"])
            }
        }
    }
}
