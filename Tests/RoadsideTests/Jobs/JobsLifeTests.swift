import BSON
import Foundation
import Mongo
import MongoTesting
import RoadsideRules
import Testing

@testable import Roadside

@Suite("The life of a job")
struct JobsLifeTests {
    @Test("a call for help opens a job in the search, with an estimate and the nearest five (D5)")
    func open() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let nearest = try await world.providers(6)
            let opened = try await world.jobs.open(JobsWorld.request("Breakdown"), by: customer)
            #expect(opened.job.status == .matching)
            #expect(opened.job.serviceType == "breakdown")
            #expect(opened.job.estimate == Money(minorUnits: 150_000))
            #expect(opened.job.paymentStatus == "pending")
            #expect(opened.job.number > 0)
            #expect(opened.nearby.map(\.id) == nearest.prefix(5).map(\.userID))
            #expect(opened.nearby.first?.distanceKm == 1.0)
            #expect(opened.nearby.first?.phone.contains("•") == true)
            let rows = try await world.rows(of: customer)
            #expect(rows.map(\.body.status) == [.matching])
            #expect(rows.first?.body.estimate == Money(minorUnits: 150_000))
        }
    }

    @Test("what is wrong with a request is said all at once, and nothing is opened")
    func badRequests() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            var request = JobsWorld.request("teleportation")
            request.description = String(repeating: "x", count: 2001)
            request.address = String(repeating: "y", count: 301)
            let error = try await failure { _ = try await world.jobs.open(request, by: customer) }
            #expect(error?.code == .validation)
            let named = error.map { Set($0.fields.map(\.name)) }
            #expect(named == ["service_type", "description", "address"])
            let provider = try await world.provider()
            let forbidden = try await refusalCode { _ = try await world.jobs.open(JobsWorld.request(), by: provider) }
            #expect(forbidden == .forbidden)
            let unknown = JobsWorld.request(preferred: ObjectID())
            let refused = try await refusalCode { _ = try await world.jobs.open(unknown, by: customer) }
            #expect(refused == .validation)
            #expect(try await world.store.services.count() == 0)
        }
    }

    @Test("a towed vehicle passes every station, and each is told to both sides")
    func towing() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let provider = try await world.provider("Tower", ["towing"])
            let garage = Place(point: JobsWorld.north(12), address: "Thika Road")
            let job = try await world.open(JobsWorld.request("towing", destination: garage), by: customer)
            // 1 500 for coming, 50 for each of the 12 kilometres loaded.
            #expect(job.estimate == Money(minorUnits: 210_000))
            _ = try await world.jobs.accept(.id(job.id), by: provider)
            for step in [JobStatus.enRoute, .arrived, .inProgress, .towing, .atDestination, .completed] {
                #expect(try await world.jobs.advance(.id(job.id), to: step, by: provider).status == step)
            }
            let heard = try await world.rows(of: provider).filter { $0.body.jobID == job.id }.map(\.body.status)
            #expect(heard == [.accepted, .enRoute, .arrived, .inProgress, .towing, .atDestination, .completed])
            let tooLate = try await refusalCode { _ = try await world.jobs.cancel(.id(job.id), by: customer) }
            #expect(tooLate == .illegalTransition)
        }
    }

    @Test("a refused step says what would be legal")
    func legalNext() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let provider = try await world.provider()
            let (job, _) = try await world.accepted(by: provider, for: customer)
            let error = try await failure { _ = try await world.jobs.advance(.id(job.id), to: .towing, by: provider) }
            #expect(error?.code == .illegalTransition)
            let next = error?.details.first { $0.0 == "legal_next" }?.1.array?.compactMap(\.string)
            #expect(next?.contains("en_route") == true)
            #expect(next?.contains("towing") == false)
        }
    }

    @Test("contact data is for the two parties of a live job (decision 14)")
    func privacy() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let provider = try await world.provider()
            let job = try await world.open(by: customer)
            await world.dispatch.settle()
            let offered = try await world.jobs.job(.id(job.id), for: provider)
            #expect(offered.customer.phone.contains("•"))
            #expect(offered.customer.email.contains("•"))
            #expect(offered.distanceKm == 1.0)

            let live = try await world.jobs.accept(.id(job.id), by: provider)
            #expect(!live.customer.phone.contains("•"))
            let seen = try await world.jobs.job(.id(job.id), for: customer)
            #expect(seen.provider?.phone == "+254712345678")
            #expect(seen.provider?.location == JobsWorld.north(1))
            #expect(seen.estimatedArrival != nil)

            _ = try await world.jobs.cancel(.id(job.id), by: customer)
            let over = try await world.jobs.job(.id(job.id), for: customer)
            #expect(over.provider?.phone.contains("•") == true)
            #expect(over.provider?.location == nil)
            #expect(try await world.jobs.job(.id(job.id), for: provider).customer.phone.contains("•"))
        }
    }

    @Test("a customer's cancellation tells the provider and frees him; the code dies with the job")
    func customerCancels() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let provider = try await world.provider()
            let (job, _) = try await world.accepted(by: provider, for: customer)
            let gone = try await world.jobs.cancel(.id(job.id), reason: "Started by itself", by: customer)
            #expect(gone.status == .cancelled)
            let told = try #require(try await world.rows(of: provider).last)
            #expect(told.body.status == .cancelled)
            #expect(told.body.reason == "Started by itself")
            #expect(told.body.actor == .customer)
            let left = try await world.inbox.unreceipted(recipient: customer.userID, route: .customerJobs)
            let codeLeft = left.contains { $0.kind == .jobOTP }
            #expect(!codeLeft)
            #expect(try await world.offers(of: job) == [provider.userID: "released"])
        }
    }

    @Test("a provider who gives a job back never gets it again, and the search begins anew (U3, U4)")
    func reallocation() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let quitter = try await world.provider("Quitter", km: 1)
            let next = try await world.provider("Next", km: 2)
            let job = try await world.open(by: customer)
            await world.dispatch.settle()
            _ = try await world.jobs.accept(.id(job.id), by: quitter)
            await world.dispatch.settle()
            #expect(try await world.offers(of: job)[next.userID] == "withdrawn")

            let seen = try await world.jobs.cancel(.id(job.id), reason: "Flat tyre myself", by: quitter)
            #expect(seen.status == .matching)
            let document = try await world.document(of: job)
            #expect(document["assigned_to"] == nil && document["provider_slot"] == nil && document["otp"] == nil)
            #expect(try await world.offers(of: job)[quitter.userID] == "released")
            #expect(try await world.messages(to: customer, about: job).last == "job.reallocated")
            #expect(try await world.messages(to: quitter, about: job).last == "job.released")

            await world.dispatch.settle()
            #expect(try await world.offers(of: job, attempt: 2) == [next.userID: "offered"])
            let again = try await refusalCode { _ = try await world.jobs.accept(.id(job.id), by: quitter) }
            #expect(again == .providerNotEligible)
            #expect(try await world.jobs.accept(.id(job.id), by: next).assignedTo == next.userID)
        }
    }

    @Test("after five changes of provider the sixth ends the job")
    func reallocationsEnd() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let job = try await world.open(by: customer)
            for round in 1...6 {
                let provider = try await world.provider("Provider \(round)")
                _ = try await world.jobs.accept(.id(job.id), by: provider)
                let after = try? await world.jobs.cancel(.id(job.id), by: provider)
                #expect(round == 6 || after?.status == .matching)
            }
            #expect(try await world.status(of: job) == "expired")
        }
    }

    @Test("staff assign at once, a customer's choice is an offer, nobody else may assign (D7, decision 21)")
    func assign() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let first = try await world.provider("First", km: 30, radiusKm: 50)
            let job = try await world.open(by: customer)
            let stranger = try await world.customer("Stranger")
            let byStranger = try await refusalCode {
                _ = try await world.jobs.assign(.id(job.id), provider: .id(first.userID), by: stranger)
            }
            #expect(byStranger == .notFound)
            let byProvider = try await refusalCode {
                _ = try await world.jobs.assign(.id(job.id), provider: .id(first.userID), by: first)
            }
            #expect(byProvider == .notFound)

            let asked = try await world.jobs.assign(.id(job.id), provider: .id(first.userID), by: customer)
            #expect(asked.status == .matching)
            #expect(try await world.offers(of: job) == [first.userID: "offered"])
            #expect(try await world.rows(of: first).map(\.kind) == [.offerNew])
            _ = try await world.jobs.assign(.id(job.id), provider: .id(first.userID), by: customer)
            #expect(try await world.rows(of: first).count == 1, "who is considering it already is not asked twice")

            let admin = try await world.admin()
            let second = try await world.provider("Second")
            let claimed = try await world.jobs.assign(.id(job.id), provider: .id(second.userID), by: admin)
            #expect(claimed.status == .accepted)
            #expect(claimed.assignedTo == second.userID)
            await world.dispatch.settle()
            #expect(try await world.offers(of: job) == [first.userID: "withdrawn", second.userID: "accepted"])
            let taken = try await refusalCode {
                _ = try await world.jobs.assign(.id(job.id), provider: .id(second.userID), by: customer)
            }
            #expect(taken == .jobAlreadyTaken)
            let other = try await world.open(by: customer)
            let busy = try await refusalCode {
                _ = try await world.jobs.assign(.id(other.id), provider: .id(second.userID), by: admin)
            }
            #expect(busy == .providerBusy)
        }
    }

    @Test("a history is one's own, newest first, page by page and by cursor (D9)")
    func history() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let provider = try await world.provider()
            var numbers: [Int64] = []
            for _ in 1...7 { numbers.append(try await world.open(by: customer).number) }
            let other = try await world.customer("Other")
            _ = try await world.open(by: other)

            let first = try await world.jobs.history(customer, .page(1, perPage: 3))
            #expect(first.items.map(\.number) == numbers.suffix(3).reversed())
            #expect(first.total == 7 && first.pages == 3)
            let last = try await world.jobs.history(customer, .page(3, perPage: 3))
            #expect(last.items.map(\.number) == [numbers[0]])
            #expect(last.nextCursor == nil)

            var walked: [Int64] = []
            var cursor: String?
            repeat {
                let slice = try await world.jobs.history(customer, .after(cursor, limit: 2))
                walked += slice.items.map(\.number)
                cursor = slice.nextCursor
            } while cursor != nil
            #expect(walked == numbers.reversed())
            let refused = try await refusalCode {
                _ = try await world.jobs.history(customer, .after("garbage", limit: 2))
            }
            #expect(refused == .validation)

            #expect(try await world.jobs.history(provider, .page(1)).items.isEmpty)
            _ = try await world.jobs.accept(.number(numbers[2]), by: provider)
            #expect(try await world.jobs.history(provider, .page(1)).items.map(\.number) == [numbers[2]])
            let admin = try await world.admin()
            #expect(try await world.jobs.history(admin, .page(1)).total == 8)
            let taken = JobFilter(statuses: [.accepted])
            #expect(try await world.jobs.history(customer, .page(1), filter: taken).items.map(\.number) == [numbers[2]])
        }
    }
}
