import BSON
import Foundation
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

@Suite("The story of a job")
struct TimelineTests {
    /// Every slice from the beginning.
    private func story(
        of job: Job, for caller: Caller, limit: Int, in world: JobsWorld,
        between slices: (Int) async throws -> Void = { _ in }
    ) async throws -> [TimelineEntry] {
        var entries: [TimelineEntry] = []
        var cursor: String?
        repeat {
            let page = try await world.jobs.timeline(.id(job.id), .after(cursor, limit: limit), for: caller)
            entries += page.items
            cursor = page.nextCursor
            try await slices(entries.count)
        } while cursor != nil
        return entries
    }

    @Test("every step is told once, in order, with who made it and why; offers are for staff")
    func told() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = (try await world.customer(), try await world.provider())
            let other = try await world.provider("Otieno", km: 2)
            let job = try await world.open(by: customer)
            await world.dispatch.settle()
            try await world.jobs.decline(.id(job.id), reason: "Too far away", by: other)
            _ = try await world.jobs.accept(.id(job.id), by: provider)
            _ = try await world.jobs.cancel(.id(job.id), reason: "Flat tyre", by: provider)
            await world.dispatch.settle()
            _ = try await world.jobs.cancel(.id(job.id), reason: "Friend came", by: customer)
            await world.dispatch.settle()

            let story = try await story(of: job, for: customer, limit: 2, in: world)
            #expect(story.map(\.event.seq) == Array(1...story.count))
            #expect(story.map(\.event.status) == [.requested, .matching, .accepted, .matching, .cancelled])
            #expect(story.map(\.event.by) == [.customer, .customer, .provider, .provider, .customer])
            #expect(story.map(\.event.reason) == [nil, nil, nil, "Flat tyre", "Friend came"])
            #expect(story.allSatisfy { $0.offers == nil })

            let told = try await self.story(of: job, for: try await world.admin(), limit: 3, in: world)
            #expect(told.map(\.event) == story.map(\.event))
            #expect(told.map { $0.offers == nil } == [true, false, true, false, true])
            let first = try #require(told[1].offers)
            #expect(first.map(\.provider) == [provider.userID, other.userID])
            #expect(first.map(\.state) == ["released", "declined"])
            #expect(first[1].reason == "Too far away" && first[1].settledAt != nil)
            // Neither who refused nor who left is asked in the second search.
            #expect(told[3].offers == [])
        }
    }

    @Test("a story of more than its document keeps is whole, whatever happens between two slices")
    func long() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let booking = try await world.book(by: customer)
            let job = booking.job
            var changes = 0
            func change() async throws {
                changes += 1
                let time = JobsWorld.ahead(7200 + Double(changes) * 60)
                _ = try await world.bookings.change(
                    .id(booking.id), BookingDetails(scheduledTime: time), by: customer)
            }
            for _ in 1...70 { try await change() }
            let kept = try #require(try await world.document(of: job).get("events", as: [Document].self))
            #expect(kept.count == JobUpdate.keptEvents)
            let early = try await world.store.jobEvents.count(["job_id": .id(job.id)])
            #expect(early == 71 - JobUpdate.keptEvents)

            for limit in [1, 7, 50, 100] {
                var added = 0
                let story = try await story(of: job, for: customer, limit: limit, in: world) { told in
                    guard told.isMultiple(of: 14), added < 3 else { return }
                    added += 1
                    try await change()
                }
                let count = changes + 1
                #expect(story.map(\.event.seq) == Array(1...count), "limit \(limit)")
            }
        }
    }

    @Test("events that were written before there were numbers are told in their order, and new ones follow")
    func unnumbered() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let job = try await world.open(by: customer)
            try await world.store.services.updateOne(
                ["_id": .id(job.id)], ["$unset": ["events.0.seq": "", "events.1.seq": ""]])
            _ = try await world.jobs.cancel(.id(job.id), by: customer)
            let story = try await story(of: job, for: customer, limit: 10, in: world)
            #expect(story.map(\.event.seq) == [1, 2, 3])
            #expect(story.map(\.event.status) == [.requested, .matching, .cancelled])
        }
    }

    @Test("a story is for whom its job is for, and a cursor is one of ours")
    func refused() async throws {
        try await JobsWorld.with { world in
            let (customer, stranger) = (try await world.customer(), try await world.customer())
            let job = try await world.open(by: customer)
            let foreign = try await refusalCode {
                _ = try await world.jobs.timeline(.id(job.id), .after(nil), for: stranger)
            }
            #expect(foreign == .notFound)
            for cursor in ["", "x", "-1", "+1", "01", "1.5", "99999999999999999999"] {
                let refused = try await refusalCode {
                    _ = try await world.jobs.timeline(.id(job.id), .after(cursor), for: customer)
                }
                #expect(refused == .validation, "\(cursor)")
            }
            let beyond = try await world.jobs.timeline(.id(job.id), .after("999"), for: customer)
            #expect(beyond.items.isEmpty && beyond.nextCursor == nil)
        }
    }
}
