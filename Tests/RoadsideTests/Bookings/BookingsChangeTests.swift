import BSON
import Foundation
import Mongo
import MongoTesting
import RoadsideRules
import Testing

@testable import Roadside

@Suite("Changing and cancelling a booking")
struct BookingsChangeTests {
    @Test("F6: a new time moves the timer, forwards and backwards, and is told")
    func reschedule() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let booking = try await world.book(by: customer)
            for hours in [48.0, 4, 720] {
                let time = JobsWorld.ahead(hours * 3600)
                let moved = try await world.bookings.change(
                    .id(booking.id), BookingDetails(scheduledTime: time), by: customer)
                #expect(moved.scheduledTime == time)
                #expect(moved.job.status == .scheduled)
                #expect(moved.estimatedMinutes == 60)
                await world.dispatch.settle()
                #expect(try await world.search(of: booking)?.nextTimerAt == time.addingTimeInterval(-1800))
            }
            #expect(
                try await world.messages(to: customer, about: booking.job)
                    == Array(repeating: "job.scheduled", count: 4))
        }
    }

    @Test("F6: a time inside the lead begins the search at once")
    func sooner() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = try await (world.customer(), world.provider())
            let booking = try await world.book(by: customer)
            _ = try await world.bookings.change(
                .id(booking.id), BookingDetails(scheduledTime: JobsWorld.ahead(300)), by: customer)
            await world.dispatch.settle()
            try await world.bringNear(booking)
            #expect(try await world.offers(of: booking.job) == [provider.userID: "offered"])
        }
    }

    @Test("F6: postponing a search takes every offer back; the next one asks the silent again, not the unwilling (U3)")
    func postpone() async throws {
        try await JobsWorld.with(JobsWorld.asksAllAtOnce) { world in
            let customer = try await world.customer()
            let providers = try await world.providers(7)
            let booking = try await world.book(at: nil, by: customer)
            await world.dispatch.settle()
            try await world.jobs.decline(.id(booking.job.id), by: providers[0])
            let admin = try await world.admin()
            let moved = try await world.bookings.change(
                .id(booking.id), BookingDetails(scheduledTime: JobsWorld.ahead(7200)), by: admin)
            #expect(moved.job.status == .scheduled)
            #expect(moved.job.events.last?.by == .admin)
            await world.dispatch.settle()
            let states = try await world.offers(of: booking.job)
            #expect(states[providers[0].userID] == "declined")
            let withdrawn = providers.dropFirst().allSatisfy { states[$0.userID] == "withdrawn" }
            #expect(withdrawn)
            #expect(try await world.rows(of: providers[1]).last?.body.message == "offer.withdrawn")
            let late = try await refusalCode { _ = try await world.jobs.accept(.id(booking.job.id), by: providers[1]) }
            #expect(late == .illegalTransition)

            try await world.bringNear(booking)
            let again = try await world.offers(of: booking.job, attempt: 2)
            #expect(Set(again.keys) == Set(providers.dropFirst().map(\.userID)))
        }
    }

    @Test("F6: postponing against accepting leaves one of the two, and the loser is told")
    func postponeAgainstAccept() async throws {
        try await JobsWorld.with(workers: 16) { world in
            let customer = try await world.customer()
            var (accepted, postponed) = (0, 0)
            for round in 1...24 {
                let provider = try await world.provider()
                let booking = try await world.book(at: nil, by: customer)
                if round.isMultiple(of: 2) { await world.dispatch.settle() }
                let time = JobsWorld.ahead(7200)
                let results = await together(2) { index in
                    index == 0
                        ? try await world.bookings.accept(.id(booking.id), by: provider)
                        : try await world.bookings.change(
                            .id(booking.id), BookingDetails(scheduledTime: time), by: customer)
                }
                try #require(results.compactMap(\.value).count == 1, "\(results.compactMap(\.code))")
                #expect(results.compactMap(\.code) == [.illegalTransition])
                await world.dispatch.settle()
                let now = try await world.bookings.booking(.id(booking.id), for: customer)
                let document = try await world.store.bookings.findOne(["_id": .id(booking.id)])
                if results[0].value != nil {
                    accepted += 1
                    #expect(now.job.status == .accepted)
                    #expect(now.scheduledTime == nil)
                    #expect(document?.get("mechanic_id") == provider.userID)
                } else {
                    postponed += 1
                    #expect(now.job.status == .scheduled)
                    #expect(now.scheduledTime == time)
                    #expect(now.job.assignedTo == nil)
                    #expect(document?["mechanic_id"] == nil)
                    let open = try await world.offers(of: booking.job).values.filter { $0 == "offered" }
                    #expect(open.isEmpty)
                }
                _ = try await world.bookings.cancel(.id(booking.id), by: customer)
                // Out of the next round's reach.
                try await world.tracking.setAvailability(.offline, by: provider)
            }
            #expect(accepted + postponed == 24)
        }
    }

    @Test("F6: once somebody holds the job its time stands, its notes may change, and both sides are told")
    func held() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = try await (world.customer(), world.provider())
            let booking = try await world.book(at: JobsWorld.ahead(600), by: customer)
            _ = try await world.bookings.accept(.id(booking.id), by: provider)
            let moving = try await failure {
                _ = try await world.bookings.change(
                    .id(booking.id), BookingDetails(scheduledTime: JobsWorld.ahead(7200), notes: "Later"), by: customer)
            }
            #expect(moving?.code == .illegalTransition)
            #expect(moving?.message == "The job is accepted: its time can no longer be changed.")
            // What was shown may come back with the change.
            let changed = try await world.bookings.change(
                .id(booking.id),
                BookingDetails(scheduledTime: booking.scheduledTime, estimatedMinutes: 90, notes: "Bring a jack"),
                by: customer)
            #expect(changed.notes == "Bring a jack")
            #expect(changed.estimatedMinutes == 90)
            #expect(changed.job.version == booking.job.version + 2)
            for caller in [customer, provider] {
                #expect(try await world.messages(to: caller, about: booking.job).last == "booking.changed")
            }
            let seen = try await world.bookings.booking(.id(booking.id), for: provider)
            #expect(seen.notes == "Bring a jack")
        }
    }

    @Test("F6: what changes nothing is no change, and tells nobody")
    func nothingNew() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let booking = try await world.book(notes: "Gate", by: customer)
            for change in [
                BookingDetails(),
                BookingDetails(scheduledTime: booking.scheduledTime, estimatedMinutes: 60, notes: " Gate "),
            ] {
                let same = try await world.bookings.change(.id(booking.id), change, by: customer)
                #expect(same.job.version == booking.job.version)
            }
            #expect(try await world.rows(of: customer).count == 1)
            let emptied = try await world.bookings.change(.id(booking.id), BookingDetails(notes: ""), by: customer)
            #expect(emptied.notes.isEmpty)
        }
    }

    @Test("F6: a new time must lie ahead; the old one may come back when it has passed")
    func pastTimes() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let booking = try await world.book(by: customer)
            let wrong = try await failure {
                _ = try await world.bookings.change(
                    .id(booking.id), BookingDetails(scheduledTime: JobsWorld.ahead(-1), estimatedMinutes: 1441),
                    by: customer)
            }
            #expect(wrong?.fields.map(\.name) == ["scheduled_time", "estimated_duration"])
            let passed = JobsWorld.ahead(-3600)
            try await world.store.services.updateOne(
                ["_id": .id(booking.job.id)], ["$set": ["appointment.scheduled_time": .date(passed)]])
            let noted = try await world.bookings.change(
                .id(booking.id), BookingDetails(scheduledTime: passed, notes: "Still here"), by: customer)
            #expect(noted.notes == "Still here")
            #expect(noted.scheduledTime == passed)
        }
    }

    @Test("F6: a finished booking stays as it is; strangers and providers change none")
    func refused() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = try await (world.customer(), world.provider())
            let stranger = try await world.customer("Stranger")
            let booking = try await world.book(at: nil, by: customer)
            await world.dispatch.settle()
            let change = BookingDetails(notes: "x")
            let foreign = try await refusalCode {
                _ = try await world.bookings.change(.id(booking.id), change, by: stranger)
            }
            #expect(foreign == .notFound)
            let forbidden = try await refusalCode {
                _ = try await world.bookings.change(.id(booking.id), change, by: provider)
            }
            #expect(forbidden == .forbidden)
            _ = try await world.jobs.cancel(.id(booking.job.id), by: customer)
            for change in [change, BookingDetails(scheduledTime: JobsWorld.ahead(7200)), BookingDetails()] {
                let late = try await refusalCode {
                    _ = try await world.bookings.change(.id(booking.id), change, by: customer)
                }
                #expect(late == .jobCancelled)
            }
            // A job that nobody made a booking of has nothing to change.
            let plain = try await world.open(by: customer)
            let none = try await refusalCode {
                _ = try await world.bookings.change(.id(plain.id), change, by: customer)
            }
            #expect(none == .notFound)
        }
    }

    @Test("D12: whoever is cancelled, booking or service, both are, with one reason and one moment")
    func cancel() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            for byBooking in [true, false] {
                let booking = try await world.book(by: customer)
                if byBooking {
                    _ = try await world.bookings.cancel(.id(booking.id), reason: "It starts again", by: customer)
                } else {
                    _ = try await world.jobs.cancel(.id(booking.job.id), reason: "It starts again", by: customer)
                }
                let seen = try await world.bookings.booking(.id(booking.id), for: customer)
                #expect(seen.job.status == .cancelled)
                #expect(seen.cancellationReason == "It starts again")
                let document = try await world.document(of: booking.job)
                #expect(seen.cancelledAt == document.get("closed_at"))
                let again = try await refusalCode { _ = try await world.bookings.cancel(.id(booking.id), by: customer) }
                #expect(again == .jobCancelled)
                await world.dispatch.settle()
                #expect(try await world.search(of: booking)?.nextTimerAt == nil)
            }
        }
    }

    @Test("D12: cancelling against accepting: the booking is cancelled in the end, and nobody is left busy")
    func cancelAgainstAccept() async throws {
        try await JobsWorld.with(workers: 16) { world in
            let customer = try await world.customer()
            for _ in 1...15 {
                let provider = try await world.provider()
                let booking = try await world.book(at: nil, by: customer)
                let results = await together(2) { index in
                    index == 0
                        ? try await world.bookings.accept(.id(booking.id), by: provider)
                        : try await world.bookings.cancel(.id(booking.id), by: customer)
                }
                #expect(results[1].value != nil)
                #expect(results[0].value != nil || results[0].code == .jobCancelled)
                let seen = try await world.bookings.booking(.id(booking.id), for: customer)
                #expect(seen.job.status == .cancelled)
                #expect(seen.cancelledAt != nil)
                let document = try await world.store.bookings.findOne(["_id": .id(booking.id)])
                #expect(document?.get("mechanic_id") == seen.job.assignedTo)
                let profile = try await world.store.mechanics.findOne(["_id": .id(provider.userID)])
                #expect(profile?.get("availability") == "available")
            }
        }
    }
}
