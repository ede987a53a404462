import BSON
import Foundation
import Mongo
import MongoTesting
import RoadsideRules
import Testing

@testable import Roadside

@Suite("The timer of a booking")
struct BookingsTimerTests {
    @Test("it fires once, however many dispatchers turn, and everybody is asked once")
    func once() async throws {
        try await JobsWorld.with(workers: 16) { world in
            let customer = try await world.customer()
            let providers = try await world.providers(4)
            var bookings: [Booking] = []
            for _ in 1...5 { bookings.append(try await world.book(by: customer)) }
            for booking in bookings { try await world.makeDue(booking.job) }
            _ = await together(4) { _ in await Dispatch(world.dependencies, inbox: world.inbox).settle() }
            for booking in bookings {
                let seen = try await world.bookings.booking(.id(booking.id), for: customer)
                #expect(seen.job.events.map(\.status) == [.scheduled, .requested, .matching])
                #expect(
                    try await world.messages(to: customer, about: booking.job) == ["job.scheduled", "job.matching"])
            }
            for provider in providers { #expect(try await world.rows(of: provider).count == 5) }
        }
    }

    @Test("a process that dies with the timer in hand loses nothing: the next one serves it")
    func restart() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = try await (world.customer(), world.provider())
            let booking = try await world.book(by: customer)
            // As a process left it that took the timer up and died.
            try await world.store.services.updateOne(
                ["_id": .id(booking.job.id)],
                ["$set": ["dispatch.next_timer_at": .date(Date().addingTimeInterval(600))]])
            let next = Dispatch(world.dependencies, inbox: Inbox(world.dependencies))
            #expect(await next.settle() == 0)
            try await world.makeDue(booking.job)
            await next.settle()
            #expect(try await world.offers(of: booking.job) == [provider.userID: "offered"])
        }
    }

    @Test("a process that dies between postponing and taking the offers back leaves both to the next")
    func restartAfterPostponing() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = try await (world.customer(), world.provider())
            let booking = try await world.book(at: nil, by: customer)
            await world.dispatch.settle()
            let time = JobsWorld.ahead(7200)
            _ = try await world.bookings.change(.id(booking.id), BookingDetails(scheduledTime: time), by: customer)
            let search = try #require(try await world.search(of: booking))
            #expect(search.resumeAt == time.addingTimeInterval(-1800))
            // The first turn died with the timer in hand.
            try await world.makeDue(booking.job)
            await Dispatch(world.dependencies, inbox: Inbox(world.dependencies)).settle()
            #expect(try await world.offers(of: booking.job) == [provider.userID: "withdrawn"])
            let after = try #require(try await world.search(of: booking))
            #expect(after.nextTimerAt == time.addingTimeInterval(-1800))
            #expect(after.resumeAt == nil)
            #expect(try await world.status(of: booking.job) == "scheduled")
        }
    }

    @Test("postponing in the moment in which the search begins: it is put off, or it begins and then is put off")
    func postponeAgainstTimer() async throws {
        try await JobsWorld.with(workers: 16) { world in
            let customer = try await world.customer()
            _ = try await world.provider()
            for _ in 1...15 {
                let booking = try await world.book(by: customer)
                try await world.makeDue(booking.job)
                let time = JobsWorld.ahead(86_400)
                let results = await together(3) { index in
                    if index < 2 {
                        await world.dispatch.settle()
                    } else {
                        _ = try await world.bookings.change(
                            .id(booking.id), BookingDetails(scheduledTime: time), by: customer)
                    }
                }
                try #require(results[2].value != nil, "\(results.compactMap(\.code))")
                await world.dispatch.settle()
                #expect(try await world.status(of: booking.job) == "scheduled")
                #expect(try await world.search(of: booking)?.nextTimerAt == time.addingTimeInterval(-1800))
                #expect(Set(try await world.offers(of: booking.job).values).isSubset(of: ["withdrawn"]))
            }
        }
    }

    @Test("a turn that began before the booking was put off, and comes last, does not begin the search")
    func staleTurn() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            _ = try await world.provider()
            let booking = try await world.book(by: customer)
            // Its timer is in somebody's hand, who stops there.
            let lease = Date().addingTimeInterval(15).truncatedToMilliseconds
            try await world.store.services.updateOne(
                ["_id": .id(booking.job.id)], ["$set": ["dispatch.next_timer_at": .date(lease)]])
            let held = try #require(JobRecord(try await world.document(of: booking.job)))
            let time = JobsWorld.ahead(86_400)
            _ = try await world.bookings.change(.id(booking.id), BookingDetails(scheduledTime: time), by: customer)
            await world.dispatch.settle()
            _ = try await world.dispatch.attend(to: held, lease: lease)
            #expect(try await world.status(of: booking.job) == "scheduled")
            #expect(try await world.search(of: booking)?.nextTimerAt == time.addingTimeInterval(-1800))
            #expect(try await world.offers(of: booking.job).isEmpty)
        }
    }

    @Test("a search that finds nobody ends the booking, and nobody has cancelled it")
    func expired() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let booking = try await world.book(by: customer)
            try await world.bringNear(booking)
            try await world.makeDue(booking.job, ["dispatch.deadline": .date(Date(timeIntervalSince1970: 0))])
            await world.dispatch.settle()
            let seen = try await world.bookings.booking(.id(booking.id), for: customer)
            #expect(seen.job.status == .expired)
            #expect(seen.cancelledAt == nil)
        }
    }
}
