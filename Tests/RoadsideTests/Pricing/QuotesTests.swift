import BSON
import Foundation
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

@Suite("Quotes: a price that is promised once, for one request, for a while")
struct QuotesTests {
    private func request(quote: Quote?) -> JobRequest {
        var request = JobsWorld.request()
        request.quote = quote?.id.map(Reference.id)
        return request
    }

    private func raisePrices(in world: JobsWorld) async throws {
        try await ReferenceDesk.with { desk in
            try desk.setVersion(.serviceTypes, 40)
            try desk.edit(.serviceTypes, "\"call_out\": \"1500.00\"", "\"call_out\": \"1600.00\"")
            try await world.catalog.install(try desk.folder())
        }
    }

    @Test("the job is opened at the quoted price, whatever prices have become, and keeps it when its provider leaves")
    func promise() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = try await (world.customer(), world.provider())
            let quote = try await world.jobs.quote(JobsWorld.request(), by: customer)
            #expect(quote.total.amount == "1500.00" && quote.id != nil)
            let expiry = try #require(quote.expiresAt)
            #expect(abs(expiry.timeIntervalSinceNow - 900) < 60)
            try await raisePrices(in: world)
            #expect(try await world.open(by: customer).estimate.amount == "1600.00")

            let job = try await world.open(request(quote: quote), by: customer)
            #expect(job.estimate == quote.total && job.quote == quote.lines)
            #expect(job.pricesVersion == quote.pricesVersion)
            let document = try await world.document(of: job)
            #expect(document.get("quote_id") == quote.id)
            await world.dispatch.settle()
            _ = try await world.jobs.accept(.id(job.id), by: provider)
            let back = try await world.jobs.cancel(.id(job.id), by: provider)
            #expect(back.estimate == quote.total && back.quote == quote.lines)
            #expect(try await world.document(of: job).get("fees", as: [Document].self) == nil)
        }
    }

    @Test("of several requests that name one quote at once, one is opened", arguments: [2, 8])
    func once(rivals: Int) async throws {
        try await JobsWorld.with(workers: 16) { world in
            let customer = try await world.customer()
            for round in 1...5 {
                let quote = try await world.jobs.quote(JobsWorld.request(), by: customer)
                let results = await together(rivals) { _ in
                    try await world.jobs.open(request(quote: quote), by: customer).job.id
                }
                let opened = results.compactMap(\.value)
                #expect(opened.count == 1)
                #expect(results.compactMap(\.code) == Array(repeating: .quoteUsed, count: rivals - 1))
                #expect(try await world.store.services.count() == round)
                let kept = try await world.store.quotes.findOne(["_id": .id(try #require(quote.id))])
                #expect(kept?.get("used_by") == opened.first)
            }
        }
    }

    @Test("one that has run out by the database's clock is refused, and nothing is opened")
    func expired() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let quote = try await world.jobs.quote(JobsWorld.request(), by: customer)
            try await world.store.quotes.updateOne(
                ["_id": .id(try #require(quote.id))], ["$set": ["expires_at": .date(Date().addingTimeInterval(-1))]])
            let refused = try await refusalCode { _ = try await world.open(request(quote: quote), by: customer) }
            #expect(refused == .quoteExpired)
            #expect(try await world.store.services.count() == 0)
        }
    }

    @Test("one of somebody else, for something else, or that never was, is a wrong field")
    func foreign() async throws {
        try await JobsWorld.with { world in
            let (customer, other) = try await (world.customer(), world.customer("Other"))
            let quote = try await world.jobs.quote(JobsWorld.request(), by: customer)
            var requests: [(JobRequest, Caller)] = [(request(quote: quote), other)]
            var moved = JobsWorld.request(km: 0.001)
            var different = JobsWorld.request("lockout")
            var unknown = JobsWorld.request()
            var numbered = JobsWorld.request()
            (moved.quote, different.quote) = (quote.id.map(Reference.id), quote.id.map(Reference.id))
            (unknown.quote, numbered.quote) = (.id(ObjectID()), .number(1))
            requests += [moved, different, unknown, numbered].map { ($0, customer) }
            for (request, caller) in requests {
                let error = try await failure { _ = try await world.open(request, by: caller) }
                #expect(error?.code == .validation)
                #expect(error?.fields.map(\.name) == ["quote_id"])
            }
            #expect(try await world.store.services.count() == 0)
            // None of that has used it up.
            #expect(try await world.open(request(quote: quote), by: customer).estimate == quote.total)
        }
    }

    @Test("only a customer's is kept; a request of wrong fields has none")
    func kept() async throws {
        try await JobsWorld.with { world in
            for caller in [try await world.provider(), try await world.admin()] {
                let quote = try await world.jobs.quote(JobsWorld.request(), by: caller)
                #expect(quote.id == nil && quote.expiresAt == nil && quote.total.amount == "1500.00")
            }
            let customer = try await world.customer()
            var past = JobsWorld.request("teleportation")
            past.serviceTime = JobsWorld.ahead(-60)
            let wrong = past
            let error = try await failure { _ = try await world.jobs.quote(wrong, by: customer) }
            #expect(error?.fields.map(\.name) == ["service_type", "scheduled_time"])
            #expect(try await world.store.quotes.count() == 0)
        }
    }

    @Test("another time is a difference beneath what was promised, and goes again when the time comes back")
    func moved() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let soon = Int64((Date().timeIntervalSince1970 / 60).rounded(.down)) % 1440
            let hour = (soon + 180 + 240) % 1440
            try await ReferenceDesk.with { desk in
                // The hour that begins in four hours, by the clocks of Nairobi.
                try desk.changePricing(to: 2) { rules in
                    rules.adding(
                        "hours",
                        [
                            [
                                "code": "rush", "title": "Rush", "from_minute": .int(hour),
                                "to_minute": .int((hour + 60) % 1440), "basis_points": 12_000,
                            ]
                        ])
                }
                try await world.catalog.install(try desk.folder())
            }
            let (calm, rush) = (JobsWorld.ahead(8 * 3600), JobsWorld.ahead(4.5 * 3600))
            let booking = try await world.book(at: calm, by: customer)
            #expect(booking.job.estimate.amount == "1500.00")
            for (time, lines) in [
                (rush, ["call_out", "another_time"]), (calm, ["call_out"]), (rush, ["call_out", "another_time"]),
                (rush.addingTimeInterval(60), ["call_out", "another_time"]),
            ] {
                let moved = try await world.bookings.change(
                    .id(booking.id), BookingDetails(scheduledTime: time), by: customer)
                #expect(moved.job.quote.map(\.code) == lines)
                #expect(moved.job.estimate.amount == (lines.count == 2 ? "1800.00" : "1500.00"))
                #expect(moved.job.quote.reduce(0) { $0 + $1.amount.minorUnits } == moved.job.estimate.minorUnits)
            }
            // Asked for now, and booked for then.
            let job = try await world.open(by: customer)
            let attached = try await world.book(job, at: rush, by: customer)
            #expect(attached.job.estimate.amount == "1800.00")
        }
    }

    @Test("an appointment costs what its own hour costs, by the zone's clocks, and so does its quote")
    func appointment() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            try await ReferenceDesk.with { desk in
                let path = "\(JobsWorld.repository)/\(ReferenceFile.pricing.name)"
                let repository = try JSON.parse(try Data(contentsOf: URL(fileURLWithPath: path)))
                try desk.changePricing(to: 2) { _ in repository }
                try await world.catalog.install(try desk.folder())
            }
            // Seven in the evening of the day after tomorrow in London is ten at night in Nairobi.
            let midnight = Date(
                timeIntervalSince1970: (Date().timeIntervalSince1970 / 86_400).rounded(.down) * 86_400 + 2 * 86_400)
            for (hour, factored) in [(9.0, false), (19.0, true), (2.9, true)] {
                let time = midnight.addingTimeInterval(hour * 3600)
                // A holiday has a price of its own.
                if !factored, MarketCalendar.kenya.isHoliday(time, in: world.catalog.current) { continue }
                var asked = JobsWorld.request()
                asked.serviceTime = time
                let quote = try await world.jobs.quote(asked, by: customer)
                #expect(quote.total.amount == (factored ? "1875.00" : "1500.00"), "\(hour)")
                var help = JobsWorld.request()
                help.quote = quote.id.map(Reference.id)
                let (request, later) = (help, time.addingTimeInterval(60))
                let other = try await failure {
                    _ = try await world.bookings.create(
                        BookingRequest(.newJob(request), BookingDetails(scheduledTime: later)), by: customer)
                }
                #expect(other?.fields.map(\.name) == ["quote_id"])
                let booking = try await world.bookings.create(
                    BookingRequest(.newJob(request), BookingDetails(scheduledTime: time)), by: customer)
                #expect(booking.job.estimate == quote.total && booking.job.quote == quote.lines)
                let plain = try await world.book(at: time, by: customer)
                #expect(plain.job.quote == quote.lines)
            }
        }
    }
}

extension MarketCalendar {
    fileprivate func isHoliday(_ moment: Date, in reference: ReferenceData) -> Bool {
        let day = monthAndDay(moment)
        return reference.pricing.holidays.contains { $0.month == day.month && $0.day == day.day }
    }
}
