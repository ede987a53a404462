import BSON
import Foundation
import Mongo
import MongoTesting
import RoadsideRules
import Testing

@testable import Roadside

@Suite("Accepting a job")
struct JobsAcceptTests {
    @Test("fault 5: of twenty providers who accept one job at once, fifty times over, exactly one wins (U1)")
    func oneWinner() async throws {
        try await JobsWorld.with(workers: 16) { world in
            let customer = try await world.customer()
            let providers = try await world.providers(20)
            for round in 1...50 {
                let job = try await world.open(by: customer)
                if round.isMultiple(of: 2) { await world.dispatch.settle() }
                let results = await together(providers.count) { index in
                    try await world.jobs.accept(.id(job.id), by: providers[index])
                }
                let winners = results.indices.filter { results[$0].value != nil }
                try #require(winners.count == 1, "round \(round): \(results.compactMap(\.code))")
                #expect(results.compactMap(\.code) == Array(repeating: .jobAlreadyTaken, count: 19))

                let winner = providers[winners[0]]
                let document = try await world.document(of: job)
                #expect(document.get("assigned_to") == winner.userID)
                await world.dispatch.settle()
                let offers = try await world.offers(of: job)
                let accepted = offers.filter { $0.value == "accepted" }.map(\.key)
                #expect(accepted == [winner.userID])
                #expect(Set(offers.values).isSubset(of: ["accepted", "withdrawn"]))
                for (loser, state) in offers where state == "withdrawn" {
                    let rows = try await world.inbox.rows(recipient: loser, after: 0).filter { $0.body.jobID == job.id }
                    #expect(rows.map(\.kind) == [.offerWithdrawn], "the alert is retired, its end is told")
                    #expect(rows.first?.body.message == "offer.taken")
                }
                _ = try await world.jobs.cancel(.id(job.id), by: customer)
            }
        }
    }

    @Test("a provider who accepts two jobs at once gets one of them and PROVIDER_BUSY for the other")
    func oneJobAtATime() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            for _ in 1...10 {
                let provider = try await world.provider()
                let jobs = [try await world.open(by: customer), try await world.open(by: customer)]
                let results = await together(2) { try await world.jobs.accept(.id(jobs[$0].id), by: provider) }
                #expect(results.compactMap(\.value).count == 1)
                #expect(results.compactMap(\.code) == [.providerBusy])
            }
        }
    }

    @Test("fault 5: the unique index holds one current job for a provider even against a careless writer")
    func indexIsTheLastWord() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let provider = try await world.provider()
            let (job, _) = try await world.accepted(by: provider, for: customer)
            let other = try await world.open(by: customer)
            #expect(try await world.status(of: job) == "accepted")
            let refused = try await failure(as: MongoError.self) {
                try await world.store.services.updateOne(
                    ["_id": .id(other.id)], ["$set": ["assigned_to": .id(provider.userID), "provider_slot": "current"]])
            }
            #expect(refused != nil)
        }
    }

    @Test("accepting against the customer's cancellation leaves one of the two, and the loser is told which")
    func acceptAgainstCancel() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            for _ in 1...20 {
                let provider = try await world.provider()
                let job = try await world.open(by: customer)
                let results = await together(2) { index in
                    index == 0
                        ? try await world.jobs.accept(.id(job.id), by: provider)
                        : try await world.jobs.cancel(.id(job.id), by: customer)
                }
                let status = try await world.status(of: job)
                // The cancellation always goes through: before the acceptance, or after it.
                #expect(status == "cancelled")
                #expect(results[1].value != nil)
                #expect(results[0].value != nil || results[0].code == .jobCancelled)
                let document = try await world.document(of: job)
                #expect(document["provider_slot"] == nil)
                let profile = try await world.store.mechanics.findOne(["_id": .id(provider.userID)])
                #expect(profile?.get("availability") == "available")
                #expect(profile?.get("dispatchable") == true)
            }
        }
    }

    @Test("fault 11: accepting again returns the job to its holder and changes nothing")
    func idempotent() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let provider = try await world.provider()
            let (job, _) = try await world.accepted(by: provider, for: customer)
            let again = try await world.jobs.accept(.number(job.number), by: provider)
            #expect(again.id == job.id)
            #expect(again.version == job.version)
            #expect(try await world.messages(to: customer, about: job) == ["job.opened", "job.accepted", "job.otp"])
        }
    }

    @Test("both sides are told in the same transaction; only the customer is given the code (E5, E6)")
    func rowsOfBothSides() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let provider = try await world.provider()
            let (job, code) = try await world.accepted(by: provider, for: customer)
            let told = try await world.rows(of: customer).filter { $0.body.jobID == job.id }
            #expect(told.map(\.kind) == [.jobStatus, .jobStatus, .jobOTP])
            #expect(told.last?.otp == code)
            #expect(code.count == 6)
            #expect(told[1].body.provider?.name == "Juma Mwangi")
            #expect(told[1].body.actor == .provider)
            let heard = try await world.rows(of: provider).filter { $0.body.jobID == job.id }
            #expect(heard.map(\.routes) == [[.providerJobs]])
            let hidden = heard.allSatisfy { $0.otp == nil }
            #expect(hidden)
            #expect(heard.first?.body.customer?.name == "Amina Otieno")
            #expect(heard.first?.body.pickup?.address == "Kenyatta Avenue")
        }
    }

    @Test("an offer that has run out by the database's clock is refused, though the job is still open (U7)")
    func lateAccept() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let provider = try await world.provider()
            let job = try await world.open(by: customer)
            await world.dispatch.settle()
            try await world.store.offers.updateMany(
                ["job_id": .id(job.id)], ["$set": ["expires_at": .date(Date(timeIntervalSince1970: 0))]])
            let late = try await refusalCode { _ = try await world.jobs.accept(.id(job.id), by: provider) }
            #expect(late == .offerExpired)
            #expect(try await world.status(of: job) == "matching")
        }
    }

    @Test("who has no business with a job does not learn that it exists")
    func strangers() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let job = try await world.open(JobsWorld.request("lockout"), by: customer)
            let tower = try await world.provider(km: 1, ["towing"])
            let distant = try await world.provider(km: 25, radiusKm: 50)
            let homely = try await world.provider(km: 5, radiusKm: 2)
            for provider in [tower, distant, homely] {
                let unaccepted = try await refusalCode { _ = try await world.jobs.accept(.id(job.id), by: provider) }
                #expect(unaccepted == .notFound)
                let undeclined = try await refusalCode { try await world.jobs.decline(.id(job.id), by: provider) }
                #expect(undeclined == .notFound)
            }
            let forbidden = try await refusalCode { _ = try await world.jobs.accept(.id(job.id), by: customer) }
            #expect(forbidden == .forbidden)
            let unknown = try await refusalCode { _ = try await world.jobs.accept(.id(ObjectID()), by: tower) }
            #expect(unknown == .notFound)
        }
    }

    @Test("a provider who is not approved may not take what he finds")
    func unapproved() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let newcomer = try await world.provider(isVerified: false)
            let job = try await world.open(by: customer)
            let refused = try await refusalCode { _ = try await world.jobs.accept(.id(job.id), by: newcomer) }
            #expect(refused == .providerNotEligible)
        }
    }

    @Test("an acceptance occupies the provider, and the end of the job frees him")
    func occupiesAndFrees() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let provider = try await world.provider()
            let (job, code) = try await world.accepted(by: provider, for: customer)
            var profile = try await world.store.mechanics.findOne(["_id": .id(provider.userID)])
            #expect(profile?.get("availability") == "busy")
            #expect(profile?.get("dispatchable") == false)
            let refused = try await refusalCode { try await world.tracking.setAvailability(.offline, by: provider) }
            #expect(refused == .providerBusy)

            _ = try await world.jobs.start(.id(job.id), otp: code, by: provider)
            _ = try await world.jobs.complete(.id(job.id), by: provider)
            profile = try await world.store.mechanics.findOne(["_id": .id(provider.userID)])
            #expect(profile?.get("availability") == "available")
            #expect(profile?.get("dispatchable") == true)
            try await world.tracking.setAvailability(.offline, by: provider)
            #expect(try await world.document(of: job).get("assigned_to") == provider.userID)
        }
    }
}
