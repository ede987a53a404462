import BSON
import Foundation
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

@Suite("Extra charges: nothing is charged that its customer has not approved")
struct ExtraChargesTests {
    @Test("approved ones are paid; rejected and undecided ones are not, and the latter lapse; each side is told")
    func story() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = try await (world.customer(), world.provider())
            let job = try await world.working(by: provider, for: customer)
            var charges: [ExtraCharge] = []
            for shillings in [9500, 300, 40] as [Int64] {
                charges.append(try #require(try await world.propose(shillings, on: job, by: provider)))
            }
            let told = try await world.rows(of: customer).filter { $0.body.message == "charge.proposed" }
            #expect(told.map(\.body.text) == ["KES 9500.00", "KES 300.00", "KES 40.00"])
            #expect(told.allSatisfy { $0.routes.isEmpty && $0.body.jobID == job.id })
            _ = try await world.jobs.decideCharge(charges[0].id, on: .id(job.id), approve: true, by: customer)
            _ = try await world.jobs.decideCharge(charges[1].id, on: .id(job.id), approve: false, by: customer)
            let heard = try await world.messages(to: provider, about: job).suffix(2)
            #expect(Array(heard) == ["charge.approved", "charge.rejected"])

            let done = try await world.jobs.complete(.id(job.id), by: provider)
            #expect(done.extraCharges.map(\.state) == [.approved, .rejected, .lapsed])
            #expect(done.finalPrice?.lines.map(\.code) == ["call_out", "battery"])
            #expect(done.finalPrice?.total.amount == "11000.00")
            let late = try await refusalCode {
                _ = try await world.jobs.decideCharge(charges[2].id, on: .id(job.id), approve: true, by: customer)
            }
            #expect(late == .illegalTransition)
        }
    }

    @Test("saying it again changes nothing and tells nobody; a word is not taken back")
    func again() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = try await (world.customer(), world.provider())
            let job = try await world.working(by: provider, for: customer)
            let charge = try #require(try await world.propose(100, on: job, by: provider))
            let results = await together(6) { _ in
                try await world.jobs.decideCharge(charge.id, on: .id(job.id), approve: true, by: customer).version
            }
            #expect(Set(results.compactMap(\.value)).count == 1 && results.allSatisfy { $0.value != nil })
            let heard = try await world.messages(to: provider, about: job).filter { $0 == "charge.approved" }
            #expect(heard.count == 1)
            let taken = try await refusalCode {
                _ = try await world.jobs.decideCharge(charge.id, on: .id(job.id), approve: false, by: customer)
            }
            #expect(taken == .conflict)
        }
    }

    @Test("approving against completing: it is paid or it has lapsed, and whoever approved knows which")
    func race() async throws {
        try await JobsWorld.with(workers: 16) { world in
            let customer = try await world.customer()
            for _ in 1...15 {
                let provider = try await world.provider()
                let job = try await world.working(by: provider, for: customer)
                let charge = try #require(try await world.propose(500, on: job, by: provider))
                let results = await together(2) { index in
                    index == 0
                        ? try await world.jobs.decideCharge(charge.id, on: .id(job.id), approve: true, by: customer)
                        : try await world.jobs.complete(.id(job.id), by: provider)
                }
                #expect(results[1].value != nil)
                let approved = results[0].value != nil
                #expect(approved || results[0].code == .illegalTransition)
                let seen = try await world.jobs.job(.id(job.id), for: customer)
                #expect(seen.extraCharges.map(\.state) == [approved ? .approved : .lapsed])
                #expect(seen.finalPrice?.total.minorUnits == (approved ? 200_000 : 150_000))
                let sum = seen.finalPrice?.lines.reduce(0) { $0 + $1.amount.minorUnits }
                #expect(sum == seen.finalPrice?.total.minorUnits)
            }
        }
    }

    @Test("only the provider who holds the job asks, from arrival on; only its customer grants")
    func refused() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = try await (world.customer(), world.provider())
            let (stranger, other, admin) = try await (
                world.customer("Stranger"), world.provider("Other"), world.admin()
            )
            let (job, code) = try await world.accepted(by: provider, for: customer)
            let early = try await refusalCode { _ = try await world.propose(1, on: job, by: provider) }
            #expect(early == .illegalTransition)
            _ = try await world.jobs.start(.id(job.id), otp: code, by: provider)
            for (caller, expected) in [(other, .notFound), (customer, .forbidden), (admin, .forbidden)]
                as [(Caller, ErrorCode)]
            {
                let refused = try await refusalCode { _ = try await world.propose(1, on: job, by: caller) }
                #expect(refused == expected)
            }
            let charge = try #require(try await world.propose(1, on: job, by: provider))
            for (caller, id, expected) in [
                (stranger, charge.id, .notFound), (customer, ObjectID(), .notFound), (provider, charge.id, .forbidden),
                (admin, charge.id, .forbidden),
            ] as [(Caller, ObjectID, ErrorCode)] {
                let refused = try await refusalCode {
                    _ = try await world.jobs.decideCharge(id, on: .id(job.id), approve: true, by: caller)
                }
                #expect(refused == expected)
            }
            let seen = try await world.jobs.job(.id(job.id), for: customer)
            #expect(seen.extraCharges.map(\.state) == [.proposed])
        }
    }

    @Test("a charge has a title, a reason and an amount within bounds; a job has only so many")
    func limits() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = try await (world.customer(), world.provider())
            let job = try await world.working(by: provider, for: customer)
            let greatest = world.catalog.current.pricing.greatestExtraCharge.minorUnits
            for minorUnits in [0, -1, greatest + 1, Int64.max] {
                let draft = ExtraChargeDraft(
                    code: "Ω", title: " ", amount: Money(minorUnits: minorUnits),
                    reason: String(repeating: "x", count: 501))
                let error = try await failure {
                    _ = try await world.jobs.proposeCharge(on: .id(job.id), draft, by: provider)
                }
                #expect(error?.fields.map(\.name) == ["code", "title", "amount", "reason"])
            }
            let most = world.catalog.current.pricing.extraCharges
            let results = await together(most + 5) { _ in try await world.propose(1, on: job, by: provider) != nil }
            #expect(results.compactMap(\.value).count == most)
            #expect(results.compactMap(\.code).allSatisfy { $0 == .conflict })
            #expect(try await world.jobs.job(.id(job.id), for: customer).extraCharges.count == most)
        }
    }
}
