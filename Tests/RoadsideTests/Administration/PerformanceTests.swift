import BSON
import Foundation
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

@Suite("D14: how well the platform does its work")
struct PerformanceTests {
    private func accepted(
        _ bench: AdministrationBench, after milliseconds: Int64?, at moment: Date
    ) async throws {
        var job: Document = [
            "_id": .id(ObjectID()), "number": .int64(try await bench.store.nextNumber(.jobs)), "version": 1,
            "status": "in_progress", "customer_id": .id(ObjectID()), "location": .document(JobsWorld.center.geoJSON),
            "created_at": .date(moment.addingTimeInterval(-9000)), "accepted_at": .date(moment),
        ]
        if let milliseconds {
            job.append("dispatch", ["started_at": .date(moment.addingTimeInterval(-Double(milliseconds) / 1000))])
        }
        try await bench.store.services.insert(job)
    }

    @Test("D14: the figures of a set that was calculated by hand")
    func byHand() async throws {
        let clock = MovableClock()
        // Noon of yesterday: no day ends on the way, and nothing is ahead of the machine's own clock.
        let yesterday = try #require(MarketCalendar.kenya.days(2, upTo: clock.now).first)
        clock.set(yesterday.start.addingTimeInterval(12 * 3600))
        try await AdministrationBench.with(clock: clock) { bench in
            let now = clock.now
            let days = MarketCalendar.kenya.days(8, upTo: now)
            let first = days[1].start
            // Whole seconds, rounded down: 3 5 8 13 21 34 55 89 144 233; the fifth is the median, the ninth the p90.
            for milliseconds in [3999, 5000, 8001, 13_500, 21_999, 34_000, 55_000, 89_000, 144_000, 233_000] as [Int64]
            {
                try await accepted(bench, after: milliseconds, at: first.addingTimeInterval(1))
            }
            try await accepted(bench, after: nil, at: now)
            // The day before the first, and a clock that ran back.
            try await accepted(bench, after: 1, at: first.addingTimeInterval(-0.001))
            try await accepted(bench, after: 9999, at: days[0].start)

            // Five of eight were completed; what ended before the first day counts nowhere.
            try await bench.closedJob(at: first, shillings: 100)
            try await bench.closedJob(at: days[2].start.addingTimeInterval(-0.001), shillings: 50)
            try await bench.closedJob(at: days[5].start, shillings: 7)
            try await bench.closedJob(at: now, shillings: 1000)
            try await bench.closedJob(at: now, shillings: 999, currency: "USD")
            for status in [JobStatus.cancelled, .expired, .failed] {
                try await bench.closedJob(status: status, at: now)
            }
            try await bench.closedJob(at: first.addingTimeInterval(-0.001), shillings: 500_000)
            try await bench.closedJob(status: .cancelled, at: days[0].start)

            let performance = try await bench.administration.dashboard(over: 7, for: bench.admin).performance
            #expect(performance.days == 7 && performance.since == first)
            #expect(performance.secondsToAccept.total == 10)
            #expect(performance.secondsToAccept.percentile(50) == 21)
            #expect(performance.secondsToAccept.percentile(90) == 144)
            #expect(performance.ended == 8 && performance.completed == 5)
            #expect(performance.completionRate == 0.625)
            #expect(performance.takings.map(\.day) == Array(days.dropFirst()))
            let shillings = performance.takings.map { $0.takings.revenue.minorUnits / 100 }
            #expect(shillings == [150, 0, 0, 0, 7, 0, 1000])
            #expect(performance.takings.map(\.takings.jobs) == [2, 0, 0, 0, 1, 0, 1])

            let today = try await bench.administration.dashboard(over: 1, for: bench.admin).performance
            #expect(today.ended == 5 && today.completed == 2 && today.secondsToAccept.total == 0)
            #expect(today.secondsToAccept.percentile(50) == nil)
        }
    }

    @Test("D14: a service that was taken and done counts, from the beginning of its search")
    func real() async throws {
        try await AdministrationBench.with { bench in
            let (customer, provider) = (try await bench.world.customer(), try await bench.world.provider())
            let (job, _) = try await bench.world.accepted(by: provider, for: customer)
            for status in [JobStatus.arrived, .inProgress, .completed] {
                _ = try await bench.world.jobs.advance(.id(job.id), to: status, by: provider)
            }
            let performance = try await bench.administration.dashboard(for: bench.admin).performance
            #expect(performance.secondsToAccept.total == 1)
            #expect(performance.ended == 1 && performance.completionRate == 1)
            let none = Dashboard.Performance(
                days: 1, since: Date(), secondsToAccept: Tally([:]), ended: 0, completed: 0, takings: [])
            #expect(none.completionRate == nil)
        }
    }

    @Test("D14: the figures are read from indexes alone")
    func plans() async throws {
        try await AdministrationBench.with { bench in
            try await accepted(bench, after: 5000, at: Date())
            try await bench.closedJob(at: Date())
            try await bench.store.client.run(["profile": 2])
            _ = try await bench.administration.performance(over: 30)
            try await bench.store.client.run(["profile": 0])
            let log = try await bench.store.client.collection("system.profile").find([
                "command.aggregate": "services"
            ])
            #expect(log.count == 3)
            let read = log.map { $0.get("docsExamined", as: Int.self) }
            #expect(read == [0, 0, 0])
            let times = log.compactMap { $0.value(at: ["command", "maxTimeMS"]) }
            #expect(times.count == 3)
            let plans = Set(log.compactMap { $0.get("planSummary", as: String.self) })
            let areIndexed = plans.allSatisfy { $0.hasPrefix("IXSCAN") }
            #expect(plans.count == 3 && areIndexed, "\(plans)")
        }
    }
}
