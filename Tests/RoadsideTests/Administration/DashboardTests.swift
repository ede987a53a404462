import BSON
import Foundation
import Mongo
import RoadsideRules
import Synchronization
import Testing

@testable import Roadside

@Suite("D14: the dashboard")
struct DashboardTests {
    @Test("D14: people and jobs are counted by what they are")
    func counts() async throws {
        try await AdministrationBench.with { bench in
            let customer = try await bench.world.customer()
            let provider = try await bench.world.provider()
            _ = try await bench.world.provider(isVerified: false)
            _ = try await bench.world.accepted(by: provider, for: customer)
            _ = try await bench.world.open(JobsWorld.request("towing"), by: customer)
            let gone = try await bench.world.open(by: customer)
            _ = try await bench.world.jobs.cancel(.id(gone.id), by: customer)

            let figures = try await bench.administration.dashboard(for: bench.admin).figures
            #expect(figures.users == 4 && figures.customers == 1 && figures.providers == 2 && figures.partners == 0)
            #expect(figures.jobs == 3 && figures.openJobs == 2)
            #expect(figures.availableProviders == 0, "one has a job, one is not vetted")
            #expect(figures.serviceTypes.map(\.code) == ["breakdown", "towing"])
            #expect(figures.serviceTypes.map(\.count) == [2, 1])
            #expect(figures.today == Dashboard.Takings(jobs: 0, revenue: Money(minorUnits: 0)))
        }
    }

    @Test("D14: service types that are equally frequent come in the order of the alphabet")
    func ties() async throws {
        try await AdministrationBench.with { bench in
            for type in ["towing", "lockout", "breakdown", "lockout", "towing"] {
                try await bench.closedJob(type, at: Date())
            }
            let figures = try await bench.administration.dashboard(for: bench.admin).figures
            #expect(figures.serviceTypes.map(\.code) == ["lockout", "towing", "breakdown"])
        }
    }

    @Test("D14: twelve months of the market, empty ones as zeros; only completed jobs of its currency bring revenue")
    func revenue() async throws {
        try await AdministrationBench.with { bench in
            let now = Date()
            let months = MarketCalendar.kenya.months(13, upTo: now)
            try await bench.closedJob(at: now, shillings: 1000)
            try await bench.closedJob(status: .cancelled, at: now)
            try await bench.closedJob(status: .failed, at: now)
            try await bench.closedJob(at: now, shillings: 999, currency: "USD")
            // The first moment of a month is in it, the last millisecond before is not.
            try await bench.closedJob(at: months[6].start, shillings: 20)
            try await bench.closedJob(at: months[6].start.addingTimeInterval(-0.001), shillings: 3)
            try await bench.closedJob(at: months[1].start, shillings: 7)
            try await bench.closedJob(at: months[1].start.addingTimeInterval(-0.001), shillings: 500_000)

            let figures = try await bench.administration.dashboard(for: bench.admin).figures
            #expect(figures.months.map(\.month) == Array(months.dropFirst()))
            let shillings = figures.months.map { $0.takings.revenue.minorUnits / 100 }
            #expect(shillings == [7, 0, 0, 0, 3, 20, 0, 0, 0, 0, 0, 1000])
            #expect(figures.months.map(\.takings.jobs) == [1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1])
            #expect(figures.today == Dashboard.Takings(jobs: 1, revenue: Money(minorUnits: 100_000)))
        }
    }

    @Test("D14: months that are over are summed once; the running one, and whatever it still takes in, each time")
    func finished() async throws {
        try await AdministrationBench.with { bench in
            let months = MarketCalendar.kenya.months(12, upTo: Date())
            func shillings() async throws -> [Int64] {
                let figures = try await bench.administration.dashboard(for: bench.admin).figures
                return figures.months.map { $0.takings.revenue.minorUnits / 100 }
            }
            try await bench.closedJob(at: months[3].start, shillings: 5)
            try await bench.closedJob(at: Date(), shillings: 1)
            #expect(try await shillings() == [0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 1])
            // Nothing can be completed in the past; if it could, it would show that the past is not walked again.
            try await bench.closedJob(at: months[3].start, shillings: 90)
            try await bench.closedJob(at: Date(), shillings: 2)
            #expect(try await shillings() == [0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 3])
        }
    }

    @Test("D14: the ten newest jobs, the newest first, and no start code among what staff see")
    func recent() async throws {
        try await AdministrationBench.with { bench in
            let start = Date().addingTimeInterval(-1000)
            for index in 0..<12 { try await bench.closedJob(at: start.addingTimeInterval(Double(index))) }
            let (job, code) = try await bench.world.accepted(
                by: try await bench.world.provider(), for: try await bench.world.customer())
            #expect(!code.isEmpty)
            let recent = try await bench.administration.dashboard(for: bench.admin).recent
            #expect(recent.count == 10)
            #expect(recent.first?.id == job.id)
            #expect(recent.map(\.createdAt) == recent.map(\.createdAt).sorted(by: >))
            let codes = recent.compactMap(\.startOTP)
            #expect(codes.isEmpty)
        }
    }

    @Test("D14: staff look, nobody else does")
    func roles() async throws {
        try await AdministrationBench.with { bench in
            for role in Role.allCases {
                let caller = Caller(
                    userID: ObjectID(), role: role, sessionID: ObjectID(), sessionVersion: 0, expiresAt: Date())
                let refused = try await refusalCode { _ = try await bench.administration.dashboard(for: caller) }
                #expect(refused == (role.isStaff ? nil : .forbidden), "\(role)")
            }
        }
    }

    @Test("D14, D15, D17: figures and lists walk indexes, never a whole collection")
    func plans() async throws {
        try await AdministrationBench.with { bench in
            let customer = try await bench.world.customer()
            for _ in 0..<3 { _ = try await bench.world.open(by: customer) }
            try await bench.closedJob(at: Date())
            try await bench.store.client.run(["profile": 2])
            _ = try await bench.administration.dashboard(for: bench.admin)
            for filter in [
                AccountFilter(), AccountFilter(role: .customer), AccountFilter(isActive: true),
                AccountFilter(role: .customer, isActive: false), AccountFilter(search: "ami ot"),
                AccountFilter(isContactVerified: true), AccountFilter(isContactVerified: false),
                AccountFilter(isContactVerified: true, search: "a"),
                AccountFilter(role: .admin, isActive: true, search: "a"),
            ] {
                let first = try await bench.administration.users(filter, .page(1, perPage: 1), for: bench.admin)
                _ = try await bench.administration.users(
                    filter, .after(first.nextCursor, limit: 1), for: bench.admin)
            }
            for filter in [
                JobFilter(), JobFilter(statuses: [.matching, .requested]), JobFilter(serviceType: "breakdown"),
                JobFilter(statuses: [.completed], serviceType: "breakdown"),
            ] {
                let first = try await bench.world.jobs.history(bench.admin, .page(1, perPage: 1), filter: filter)
                _ = try await bench.world.jobs.history(
                    bench.admin, .after(first.nextCursor, limit: 1), filter: filter)
            }
            try await bench.store.client.run(["profile": 0])
            let log = try await bench.store.client.collection("system.profile").find()
            let plans = log.compactMap { entry -> String? in
                guard let plan: String = entry.get("planSummary") else { return nil }
                return "\(entry.get("ns", as: String.self) ?? "") \(plan)"
            }
            let usesTakings = plans.contains { $0.contains("estimate.currency: 1, closed_at: 1") }
            #expect(usesTakings, "\(plans)")
            let scans = plans.filter { $0.contains("COLLSCAN") }
            #expect(scans.isEmpty)
            // The sums over jobs read the index alone.
            let sums = log.filter {
                $0.value(at: ["command", "pipeline", "0", "$match", "estimate.currency"]) == "KES"
            }
            let read = sums.map { $0.get("docsExamined", as: Int.self) }
            #expect(read == Array(repeating: 0, count: 14), "twelve months, today, and the days")
        }
    }

    @Test("a failure is told to all who waited and is not kept; a value is made once for all and kept for its time")
    func shared() async throws {
        let value = SharedValue<Int>()
        let made = Mutex(0)
        let start = Date(timeIntervalSince1970: 1000)
        @Sendable func ask(at seconds: Double, failing: Bool = false) async throws -> Int {
            try await value.value(at: start.addingTimeInterval(seconds), lifetime: .seconds(5)) {
                () async throws(RoadsideError) -> Int in
                let number = made.withLock { count in
                    count += 1
                    return count
                }
                // Lets the others in while it is being made.
                for _ in 0..<50 { await Task.yield() }
                if failing { throw RoadsideError(.databaseUnavailable, "away") }
                return number
            }
        }
        let failed = await together(8) { _ in try await ask(at: 0, failing: true) }
        #expect(failed.compactMap(\.code).count == 8)
        let before = made.withLock { $0 }
        let values = await together(8) { _ in try await ask(at: 0) }.compactMap(\.value)
        #expect(values == Array(repeating: before + 1, count: 8))
        #expect(try await ask(at: 4.9) == before + 1)
        #expect(try await ask(at: 5) == before + 2)
        #expect(try await ask(at: -1) == before + 3, "a clock that was set back keeps nothing alive")
    }
}
