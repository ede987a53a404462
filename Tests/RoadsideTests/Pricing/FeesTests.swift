import BSON
import Foundation
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

@Suite("Fees: shown before, and written when the job ends (U19)")
struct FeesTests {
    @Test("what is shown is what is charged: free, then a quarter, half, and the whole call-out")
    func schedule() async throws {
        try await JobsWorld.with { world in
            for (stage, shillings, reason) in [
                ("grace", 0, .grace), ("accepted", 375, .accepted), ("near", 375, .near), ("far", 750, .far),
                ("arrived", 1500, .arrived), ("late", 0, .promiseBroken), ("stalled", 0, .providerStalled),
            ] as [(String, Int64, CancellationFee.Reason)] {
                let customer = try await world.customer()
                let provider = try await world.provider(km: 2)
                let (job, _) = try await world.accepted(by: provider, for: customer)
                if stage != "grace" { try await world.age(job, by: 600) }
                if stage == "late" { try await world.age(job, by: 600, promise: Date().addingTimeInterval(-1)) }
                if !["grace", "accepted"].contains(stage) {
                    _ = try await world.jobs.advance(.id(job.id), to: .enRoute, by: provider)
                    try await world.move(provider, km: stage == "near" ? 1.5 : 0.5)
                }
                if stage == "arrived" { _ = try await world.jobs.advance(.id(job.id), to: .arrived, by: provider) }
                if stage == "stalled" {
                    let (begun, heard) = (Date().addingTimeInterval(-600), Date().addingTimeInterval(-121))
                    try await world.store.services.updateOne(
                        ["_id": .id(job.id)], ["$set": ["watch.started_at": .date(begun)]])
                    try await world.store.mechanics.updateOne(
                        ["_id": .id(provider.userID)], ["$set": ["fix_at": .date(heard)]])
                }
                let admin = try await world.admin()
                for viewer in [customer, admin] {
                    let shown = try await world.fee(of: job, for: viewer)
                    #expect(shown?.amount.minorUnits == shillings * 100, "\(stage)")
                    #expect(shown?.reason == reason, "\(stage)")
                    #expect((shown?.freeUntil != nil) == (stage == "grace"))
                }
                #expect(try await world.fee(of: job, for: provider) == nil)

                let cancelled = try await world.jobs.cancel(.id(job.id), by: customer)
                #expect(cancelled.status == .cancelled && cancelled.cancellationFee == nil)
                #expect(
                    cancelled.fees.map(\.amount.minorUnits) == (shillings == 0 ? [] : [shillings * 100]), "\(stage)")
                #expect(cancelled.finalPrice?.total.minorUnits == shillings * 100)
                #expect(cancelled.finalPrice?.lines == cancelled.fees)
                #expect(cancelled.estimate.amount == "1500.00")
            }
        }
    }

    @Test("before anybody has accepted it costs nothing, a booked job as well")
    func unaccepted() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let booking = try await world.book(by: customer)
            #expect(booking.job.cancellationFee?.reason == .notAccepted)
            let cancelled = try await world.bookings.cancel(.id(booking.id), by: customer)
            #expect(cancelled.job.finalPrice == FinalPrice(lines: [], total: Money(minorUnits: 0)))
        }
    }

    @Test("staff charge as the customer would be, or let it pass; nobody else may")
    func waiver() async throws {
        try await JobsWorld.with { world in
            let (customer, admin) = try await (world.customer(), world.admin())
            for isWaived in [false, true] {
                let provider = try await world.provider()
                let (job, _) = try await world.accepted(by: provider, for: customer)
                try await world.age(job, by: 600)
                for other in [customer, provider] {
                    let refused = try await refusalCode {
                        _ = try await world.jobs.cancel(.id(job.id), waivingFee: true, by: other)
                    }
                    #expect(refused == .forbidden)
                }
                let cancelled = try await world.jobs.cancel(.id(job.id), waivingFee: isWaived, by: admin)
                #expect(cancelled.finalPrice?.total.minorUnits == (isWaived ? 0 : 37_500))
                #expect(cancelled.fees.isEmpty == isWaived)
            }
        }
    }

    @Test("a provider who leaves costs nothing, and the next one's minutes are counted anew")
    func reallocated() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let (first, second) = try await (world.provider("First", km: 2), world.provider("Second", km: 4))
            let (job, _) = try await world.accepted(by: first, for: customer)
            try await world.age(job, by: 600)
            _ = try await world.jobs.cancel(.id(job.id), by: first)
            #expect(try await world.fee(of: job, for: customer)?.reason == .notAccepted)
            await world.dispatch.settle()
            let taken = try await world.jobs.accept(.id(job.id), by: second)
            #expect(taken.fees.isEmpty)
            #expect(try await world.fee(of: job, for: customer)?.reason == .grace)
            let way = try #require(try await world.document(of: job).get("way_metres", as: Double.self))
            #expect(abs(way - 4000) < 1)
        }
    }

    @Test("nobody at the scene costs the call-out; help that failed costs nothing", arguments: JobFailure.allCases)
    func failures(kind: JobFailure) async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = try await (world.customer(), world.provider("Tower", ["towing"]))
            let garage = Place(point: JobsWorld.north(5), address: "Garage")
            let job = try await world.open(JobsWorld.request("towing", destination: garage), by: customer)
            _ = try await world.jobs.accept(.id(job.id), by: provider)
            let stage: JobStatus = kind == .destinationRefused ? .atDestination : .arrived
            _ = try await world.jobs.advance(.id(job.id), to: stage, by: provider)
            _ = try await world.jobs.fail(.id(job.id), as: kind, by: world.admin())
            let seen = try await world.jobs.job(.id(job.id), for: customer)
            #expect(seen.status == .failed)
            #expect(seen.finalPrice?.total.amount == (kind == .unsuccessful ? "0.00" : "1500.00"))
            #expect(seen.finalPrice?.lines == seen.fees)
        }
    }

    @Test("waiting beyond the free minutes becomes a line when the work starts, and is part of the final price")
    func waiting() async throws {
        try await AdministrationBench.with { bench in
            let world = bench.world
            for (minutes, shillings) in [(9.5, 0), (15.5, 100)] as [(Double, Int64)] {
                let (customer, provider) = try await (world.customer(), world.provider())
                let (job, code) = try await world.accepted(by: provider, for: customer)
                _ = try await world.jobs.advance(.id(job.id), to: .arrived, by: provider)
                try await world.ageEvents(of: job, by: minutes * 60)
                let started = try await world.jobs.start(.id(job.id), otp: code, by: provider)
                #expect(started.fees.map(\.amount.minorUnits) == (shillings == 0 ? [] : [shillings * 100]))
                #expect(started.finalPrice == nil)
                let done = try await world.jobs.complete(.id(job.id), by: provider)
                #expect(done.finalPrice?.total.minorUnits == 150_000 + shillings * 100)
                #expect(done.finalPrice?.lines == done.quote + done.fees)
                #expect(done.estimate.amount == "1500.00")
            }
            let today = try await bench.administration.dashboard(for: bench.admin).figures.today
            #expect(today == Dashboard.Takings(jobs: 2, revenue: Money(minorUnits: 310_000)))
        }
    }

    @Test("a start that says arrival, too, has waited for nobody")
    func noWaiting() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = try await (world.customer(), world.provider())
            let (job, code) = try await world.accepted(by: provider, for: customer)
            try await world.ageEvents(of: job, by: 7200)
            #expect(try await world.jobs.start(.id(job.id), otp: code, by: provider).fees.isEmpty)
        }
    }

    @Test("a job keeps the fees it was opened under; one from before there were any has none")
    func terms() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let (first, second) = try await (world.provider(), world.provider())
            let (old, _) = try await world.accepted(by: first, for: customer)
            try await world.store.services.updateOne(
                ["_id": .id(old.id)], ["$unset": ["fee_terms": "", "quote": ""]])
            let (kept, _) = try await world.accepted(by: second, for: customer)
            try await ReferenceDesk.with { desk in
                try desk.changePricing(to: 9) { rules in
                    let schedule = rules["cancellation"] ?? [:]
                    return rules.adding("cancellation", schedule.adding("accepted_basis_points", 9999))
                }
                try await world.catalog.install(try desk.folder())
            }
            for job in [old, kept] { try await world.age(job, by: 600) }
            #expect(try await world.fee(of: old, for: customer)?.reason == .noTerms)
            #expect(try await world.fee(of: kept, for: customer)?.amount.minorUnits == 37_500)
            _ = try await world.jobs.advance(.id(old.id), to: .inProgress, by: first)
            let done = try await world.jobs.complete(.id(old.id), by: first)
            #expect(done.finalPrice?.total.amount == "1500.00")
            #expect(done.finalPrice?.lines.map(\.code) == ["estimate"])
        }
    }
}
