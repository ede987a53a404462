import BSON
import Foundation
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

@Suite("Holds: a provider's time is kept once (U20)")
struct BookingsHoldTests {
    private func holds(of provider: Caller, in world: JobsWorld) async throws -> [ProviderHold] {
        let profile = try #require(try await world.store.mechanics.findOne(["_id": .id(provider.userID)]))
        return try ProviderProfile(profile).holds.sorted { $0.from < $1.from }
    }

    @Test("of twenty bookings of one provider at once, exactly those stand that do not meet another")
    func race() async throws {
        try await JobsWorld.with(workers: 16) { world in
            let provider = try await world.provider()
            let customers = try await (world.customer(), world.customer("Second"))
            // Five times, two hours from each other, four bookings for each.
            let times = (0..<5).map { JobsWorld.ahead(86_400 + Double($0) * 7200) }
            let results = await together(20) { index in
                try await world.book(
                    at: times[index % 5], preferred: provider.userID, by: index % 2 == 0 ? customers.0 : customers.1)
            }
            let made = results.compactMap(\.value)
            #expect(made.compactMap(\.scheduledTime).sorted() == times)
            #expect(results.compactMap(\.code) == Array(repeating: .holdOverlap, count: 15))
            #expect(try await world.store.services.count() == 5)
            #expect(try await world.store.bookings.count() == 5)
            let holds = try await holds(of: provider, in: world)
            #expect(holds.map(\.from) == times.map { $0.addingTimeInterval(-1800) })
            #expect(holds.map(\.to) == times.map { $0.addingTimeInterval(3600) })
            #expect(Set(holds.map(\.jobID)) == Set(made.map(\.job.id)))
            for (one, next) in zip(holds, holds.dropFirst()) { #expect(one.to <= next.from) }
        }
    }

    @Test("a booking that meets another says which time is taken, and opens nothing; one that only touches it stands")
    func overlap() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = try await (world.customer(), world.provider())
            let time = JobsWorld.ahead(86_400)
            _ = try await world.book(at: time, preferred: provider.userID, by: customer)
            // The way of half an hour, the work of one.
            for (seconds, stands) in [(0.0, false), (5399, false), (-5399, false), (5400, true), (-5400, true)] {
                var error: RoadsideError?
                do {
                    _ = try await world.book(
                        at: time.addingTimeInterval(seconds), preferred: provider.userID, by: customer)
                } catch let refused as RoadsideError { error = refused }
                #expect((error == nil) == stands, "\(seconds)")
                guard !stands else { continue }
                #expect(error?.code == .holdOverlap)
                let from = error?.details.first { $0.0 == "held_from" }?.1.string
                #expect(from == ISO8601.seconds(time.addingTimeInterval(-1800)))
            }
            #expect(try await world.store.services.count() == 3)
        }
    }

    @Test("the hold goes where the appointment goes, and is given back when it is cancelled or he declines")
    func life() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = try await (world.customer(), world.provider())
            let (time, later) = (JobsWorld.ahead(86_400), JobsWorld.ahead(90_000))
            let booking = try await world.book(at: time, preferred: provider.userID, by: customer)
            let blocker = try await world.book(
                at: time.addingTimeInterval(20_000), preferred: provider.userID, by: customer)
            _ = try await world.bookings.change(
                .id(booking.id), BookingDetails(scheduledTime: later, estimatedMinutes: 90), by: customer)
            #expect(try await holds(of: provider, in: world).first?.to == later.addingTimeInterval(5400))
            let kept = try await world.store.bookings.findOne(["_id": .id(booking.id)])
            #expect(kept?.value(at: ["hold", "provider_id"]) == .id(provider.userID))
            #expect(kept?.value(at: ["hold", "to"]) == .date(later.addingTimeInterval(5400)))

            let refused = try await refusalCode {
                _ = try await world.bookings.change(
                    .id(booking.id), BookingDetails(scheduledTime: time.addingTimeInterval(19_000)), by: customer)
            }
            #expect(refused == .holdOverlap)
            #expect(try await world.bookings.booking(.id(booking.id), for: customer).scheduledTime == later)

            _ = try await world.bookings.cancel(.id(blocker.id), by: customer)
            #expect(try await holds(of: provider, in: world).map(\.jobID) == [booking.job.id])
            try await world.bringNear(booking)
            try await world.jobs.decline(.id(booking.job.id), by: provider)
            #expect(try await holds(of: provider, in: world).isEmpty)
            let released = try await world.store.bookings.findOne(["_id": .id(booking.id)])
            #expect(released?["hold"] == nil)
        }
    }

    @Test("who accepts takes the hold over, and it ends with the work")
    func accepted() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let (named, taker) = try await (world.provider("Named"), world.provider("Taker", km: 2))
            let booking = try await world.book(preferred: named.userID, by: customer)
            try await world.bringNear(booking)
            // Asked alone first, and silent: then everybody is asked.
            try await world.store.offers.updateMany(
                ["job_id": .id(booking.job.id)], ["$set": ["expires_at": .date(Date(timeIntervalSince1970: 0))]])
            try await world.bringNear(booking)
            _ = try await world.bookings.accept(.id(booking.id), by: taker)
            #expect(try await holds(of: named, in: world).isEmpty)
            #expect(try await holds(of: taker, in: world).map(\.jobID) == [booking.job.id])
            _ = try await world.jobs.advance(.id(booking.job.id), to: .inProgress, by: taker)
            _ = try await world.bookings.complete(.id(booking.id), by: taker)
            #expect(try await holds(of: taker, in: world).isEmpty)
        }
    }

    @Test("nobody accepts an appointment that meets one of his own")
    func notTwice() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = try await (world.customer(), world.provider())
            let time = JobsWorld.ahead(3 * 3600)
            _ = try await world.book(at: time, preferred: provider.userID, by: customer)
            let other = try await world.book(at: time.addingTimeInterval(1800), by: customer)
            try await world.bringNear(other)
            let refused = try await refusalCode { _ = try await world.bookings.accept(.id(other.id), by: provider) }
            #expect(refused == .holdOverlap)
            #expect(try await world.status(of: other.job) == "matching")
            #expect(try await holds(of: provider, in: world).count == 1)
        }
    }

    @Test("whose appointment is near is asked about nothing else, but about that")
    func dispatch() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let (held, free) = try await (world.provider("Held"), world.provider("Free", km: 2))
            let booking = try await world.book(at: JobsWorld.ahead(5000), preferred: held.userID, by: customer)
            let urgent = try await world.open(by: customer)
            let picked = try await world.open(JobsWorld.request(preferred: held.userID), by: customer)
            await world.dispatch.settle()
            try await world.dispatch.offerOpenJobs(to: held.userID)
            #expect(Set(try await world.offers(of: urgent).keys) == [free.userID])
            #expect(try await world.offers(of: picked)[held.userID] == nil)
            try await world.bringNear(booking)
            #expect(try await world.offers(of: booking.job)[held.userID] == "offered")

            // A hold that lies further off, or is over, keeps nobody.
            for seconds in [86_400.0, -86_400] {
                let from = Date().addingTimeInterval(seconds)
                let hold = ProviderHold(jobID: ObjectID(), from: from, to: from.addingTimeInterval(5400))
                try await world.store.mechanics.updateOne(
                    ["_id": .id(free.userID)], ["$set": ["holds": [.document(hold.document)]]])
                let job = try await world.open(by: customer)
                await world.dispatch.settle()
                #expect(try await world.offers(of: job)[free.userID] == "offered", "\(seconds)")
            }
        }
    }

    @Test("a booking of a job that exists keeps the chosen one's time as well")
    func attached() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = try await (world.customer(), world.provider())
            let time = JobsWorld.ahead(86_400)
            let job = try await world.open(by: customer)
            _ = try await world.book(job, at: time, provider: provider.userID, by: customer)
            #expect(try await holds(of: provider, in: world).map(\.jobID) == [job.id])
            let second = try await world.open(by: customer)
            let refused = try await refusalCode {
                _ = try await world.book(second, at: time, provider: provider.userID, by: customer)
            }
            #expect(refused == .holdOverlap)
            #expect(try await world.status(of: second) == "matching")
        }
    }

    @Test("the rules name the reason: another appointment, while it lasts")
    func exclusion() {
        let now = Date()
        var facts = ProviderFacts(
            isVerified: true, isActive: true, availability: .available, capabilities: ["breakdown"])
        let need = JobNeed(capability: "breakdown")
        #expect(EligibilityRules.exclusions(facts, for: need, at: now).isEmpty)
        facts.heldUntil = now.addingTimeInterval(1)
        #expect(EligibilityRules.exclusions(facts, for: need, at: now) == [.held])
        facts.heldUntil = now
        #expect(EligibilityRules.exclusions(facts, for: need, at: now).isEmpty)
    }
}
