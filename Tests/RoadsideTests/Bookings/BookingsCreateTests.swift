import BSON
import Foundation
import Mongo
import MongoTesting
import RoadsideRules
import Testing

@testable import Roadside

@Suite("Making a booking")
struct BookingsCreateTests {
    @Test("D10: a booking far ahead waits as scheduled; its search begins half an hour before it and ends in work")
    func wholeLife() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = try await (world.customer(), world.provider())
            let time = JobsWorld.ahead(7200)
            let booking = try await world.book(at: time, notes: " Blue gate ", by: customer)
            #expect(booking.job.status == .scheduled)
            #expect(booking.scheduledTime == time)
            #expect(booking.estimatedMinutes == 60)
            #expect(booking.notes == "Blue gate")
            #expect(booking.job.bookingID == booking.id)
            #expect(try await world.search(of: booking)?.nextTimerAt == time.addingTimeInterval(-1800))
            #expect(await world.dispatch.settle() == 0)
            #expect(try await world.offers(of: booking.job).isEmpty)

            try await world.bringNear(booking)
            #expect(try await world.bookings.booking(.id(booking.id), for: customer).job.status == .matching)
            #expect(try await world.offers(of: booking.job) == [provider.userID: "offered"])
            _ = try await world.bookings.accept(.id(booking.id), by: provider)
            let code = try #require(try await world.bookings.booking(.id(booking.id), for: customer).job.startOTP)
            _ = try await world.bookings.start(.id(booking.id), otp: code, by: provider)
            let done = try await world.bookings.complete(.id(booking.id), by: provider)
            #expect(done.job.status == .completed)
            #expect(done.cancelledAt == nil)
            // The code has served and is told no more.
            #expect(
                try await world.messages(to: customer, about: booking.job) == [
                    "job.scheduled", "job.matching", "job.accepted", "job.en_route", "job.arrived", "job.in_progress",
                    "job.completed",
                ])
            #expect(
                done.job.events.map(\.status) == [
                    .scheduled, .requested, .matching, .accepted, .enRoute, .arrived, .inProgress, .completed,
                ])
        }
    }

    @Test("D10: without a time, or with one inside the lead, the search begins at once", arguments: [nil, 60, 1799])
    func atOnce(seconds: Double?) async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = try await (world.customer(), world.provider())
            let booking = try await world.book(at: seconds.map(JobsWorld.ahead), by: customer)
            #expect(booking.job.status == .matching)
            await world.dispatch.settle()
            #expect(try await world.offers(of: booking.job) == [provider.userID: "offered"])
            #expect(try await world.messages(to: customer, about: booking.job) == ["job.opened"])
        }
    }

    @Test("the lead is a setting")
    func lead() async throws {
        try await JobsWorld.with({ $0.bookingLead = .seconds(10) }) { world in
            let customer = try await world.customer()
            let time = JobsWorld.ahead(60)
            let booking = try await world.book(at: time, by: customer)
            #expect(booking.job.status == .scheduled)
            #expect(try await world.search(of: booking)?.nextTimerAt == time.addingTimeInterval(-10))
        }
    }

    @Test("the mechanic who was named is asked first and alone, once the search begins")
    func preferred() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let chosen = try await world.provider("Chosen", km: 5)
            let near = try await world.provider("Near", km: 1)
            let booking = try await world.book(preferred: chosen.userID, by: customer)
            try await world.bringNear(booking)
            #expect(try await world.offers(of: booking.job) == [chosen.userID: "offered"])
            try await world.jobs.decline(.id(booking.job.id), by: chosen)
            await world.dispatch.settle()
            #expect(
                try await world.offers(of: booking.job) == [chosen.userID: "declined", near.userID: "offered"])
        }
    }

    @Test("D10: job and booking are written together or not at all")
    func allOrNothing() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let number = try await world.store.nextNumber(.jobs) + 1
            try await world.store.bookings.insert(["number": .int64(number), "job_id": .id(ObjectID())])
            let refused = try await refusalCode { _ = try await world.book(by: customer) }
            #expect(refused == .conflict)
            #expect(try await world.store.services.count() == 0)
            #expect(try await world.rows(of: customer).isEmpty)
        }
    }

    @Test("D10: of several bookings of one job made at once, one is made and the others are conflicts")
    func attachRace() async throws {
        try await JobsWorld.with(workers: 16) { world in
            let customer = try await world.customer()
            for round in 1...10 {
                let job = try await world.open(by: customer)
                let time = round.isMultiple(of: 2) ? JobsWorld.ahead(7200) : nil
                let results = await together(4) { _ in try await world.book(job, at: time, by: customer) }
                #expect(results.compactMap(\.value).count == 1)
                #expect(results.compactMap(\.code) == [.conflict, .conflict, .conflict])
                #expect(try await world.store.bookings.count(["job_id": .id(job.id)]) == 1)
                let made = try #require(results.compactMap(\.value).first)
                #expect(try await world.document(of: job).get("appointment", as: Document.self)?.get("_id") == made.id)
            }
        }
    }

    @Test("D10: booking a service that is being searched for leaves the search alone, and asks the mechanic it names")
    func attach() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let near = try await world.provider("Near", km: 1)
            let far = try await world.provider("Far", km: 15)
            let job = try await world.open(by: customer)
            await world.dispatch.settle()
            let booking = try await world.book(job, provider: far.userID, by: customer)
            #expect(booking.job.id == job.id)
            #expect(booking.number != job.number)
            #expect(booking.job.status == .matching)
            #expect(try await world.offers(of: job) == [near.userID: "offered", far.userID: "offered"])
            #expect(try await world.messages(to: customer, about: job) == ["job.opened", "booking.created"])
            let told = try #require(try await world.rows(of: customer).last)
            #expect(told.routes.isEmpty, "a status frame would tell no news")
        }
    }

    @Test("D10: booking a service for later takes its offers back and puts it off")
    func attachLater() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = try await (world.customer(), world.provider())
            let job = try await world.open(by: customer)
            await world.dispatch.settle()
            let time = JobsWorld.ahead(86_400)
            let booking = try await world.book(job, at: time, provider: provider.userID, by: customer)
            #expect(booking.job.status == .scheduled)
            await world.dispatch.settle()
            #expect(try await world.offers(of: job) == [provider.userID: "withdrawn"])
            #expect(try await world.search(of: booking)?.nextTimerAt == time.addingTimeInterval(-1800))
            try await world.bringNear(booking)
            #expect(try await world.offers(of: job, attempt: 2) == [provider.userID: "offered"])
            #expect(try await world.search(of: booking)?.mode == .pick)
        }
    }

    @Test("D10: a service that is held can be booked, but neither for another time nor for another mechanic")
    func attachHeld() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = try await (world.customer(), world.provider())
            let other = try await world.provider("Other")
            let (job, _) = try await world.accepted(by: provider, for: customer)
            let timed = try await refusalCode {
                _ = try await world.book(job, at: JobsWorld.ahead(7200), by: customer)
            }
            #expect(timed == .illegalTransition)
            let another = try await refusalCode {
                _ = try await world.book(job, provider: other.userID, by: customer)
            }
            #expect(another == .jobAlreadyTaken)
            #expect(try await world.store.bookings.count() == 0)
            let booking = try await world.book(job, provider: provider.userID, by: customer)
            #expect(booking.job.assignedTo == provider.userID)
            #expect(try await world.bookings.history(provider, .page(1)).items.map(\.id) == [booking.id])
        }
    }

    @Test("D10: foreign, unknown and finished services are not booked")
    func attachRefused() async throws {
        try await JobsWorld.with { world in
            let (customer, stranger) = try await (world.customer(), world.customer())
            let job = try await world.open(by: customer)
            let foreign = try await refusalCode { _ = try await world.book(job, by: stranger) }
            #expect(foreign == .notFound)
            let unknown = try await refusalCode {
                _ = try await world.bookings.create(
                    BookingRequest(.job(.number(99), provider: nil), BookingDetails()), by: customer)
            }
            #expect(unknown == .notFound)
            let nobody = try await failure { _ = try await world.book(job, provider: ObjectID(), by: customer) }
            #expect(nobody?.fields.map(\.name) == ["provider_id"])
            _ = try await world.jobs.cancel(.id(job.id), by: customer)
            let cancelled = try await refusalCode { _ = try await world.book(job, by: customer) }
            #expect(cancelled == .jobCancelled)
            let provider = try await world.provider()
            let forbidden = try await refusalCode { _ = try await world.book(by: provider) }
            #expect(forbidden == .forbidden)
        }
    }

    @Test("every wrong field is told at once, the service's and the booking's")
    func wrongFields() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let refused = try await failure {
                _ = try await world.bookings.create(
                    BookingRequest(
                        .newJob(JobsWorld.request("spaceship")),
                        BookingDetails(
                            scheduledTime: JobsWorld.ahead(-60), estimatedMinutes: 0,
                            notes: String(repeating: "a", count: 2001))), by: customer)
            }
            #expect(
                refused?.fields.map(\.name) == ["service_type", "scheduled_time", "estimated_duration", "notes"])
            let late = try await failure { _ = try await world.book(at: JobsWorld.ahead(366 * 86_400), by: customer) }
            #expect(late?.fields.map(\.message) == ["At most a year ahead."])
        }
    }
}
