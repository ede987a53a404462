import BSON
import Foundation
import Gateways
import Mongo
import MongoTesting
import RoadsideRules
import Testing

@testable import Roadside

@Suite("Payments: cards charged once, cash collected once (A24, A25, A29, K22, K24)")
struct PaymentsTests {
    /// One of these towns, where cards are taken.
    struct Till {
        let world: JobsWorld
        let gateway = TestCardGateway()
        let payments: Payments
        let customer: Caller
        let provider: Caller

        init(_ world: JobsWorld) async throws {
            self.world = world
            payments = Payments(world.dependencies, inbox: world.inbox, dispatch: world.dispatch, cards: gateway)
            customer = try await world.customer()
            provider = try await world.provider()
        }

        func open(_ prepay: Prepay = .after, _ method: PaymentMethod = .cash) async throws -> Job {
            var request = JobsWorld.request()
            request.policy.prepay = prepay
            request.paymentMethod = method
            return try await world.open(request, by: customer)
        }

        func seen(_ job: Job) async throws -> Job { try await world.jobs.job(.id(job.id), for: customer) }

        func told(_ caller: Caller) async throws -> [String] {
            try await world.rows(of: caller).filter { $0.kind == .payment }.map(\.body.message)
        }

        /// As if so much time had passed that whoever did not answer is asked.
        func later() async throws {
            let past: Document = ["$set": ["next_at": .date(Date(timeIntervalSince1970: 0))]]
            try await world.store.payments.updateMany(["next_at": ["$exists": true]], .document(past))
            try await payments.settle()
        }
    }

    private static func with(_ story: (Till) async throws -> Void) async throws {
        try await JobsWorld.with { world in try await story(try await Till(world)) }
    }

    @Test("A29: a card that is charged starts the search; the amount is the server's, and both sides hear of it")
    func cardFirst() async throws {
        try await Self.with { till in
            let job = try await till.open(.cardBeforeOffer, .card)
            let payment = try await till.payments.pay(.id(job.id), with: "test_ok", by: till.customer)
            #expect(payment.state == .succeeded)
            #expect(payment.amount == job.estimate)
            #expect(till.gateway.moves(under: payment.id.hex) == 1)
            let paid = try await till.seen(job)
            #expect(paid.payment?.status == .paid && paid.payment?.paid == job.estimate)
            #expect(paid.version > job.version)
            await till.world.dispatch.settle()
            #expect(try await till.world.offers(of: job) == [till.provider.userID: "offered"])
            #expect(try await till.told(till.customer) == ["payment.succeeded"])

            _ = try await till.world.jobs.accept(.id(job.id), by: till.provider)
            let his = try await till.payments.payments(of: .id(job.id), for: till.provider)
            #expect(his.map(\.id) == [payment.id])
            let again = try await refusalCode {
                _ = try await till.payments.pay(.id(job.id), with: "test_ok", by: till.customer)
            }
            #expect(again == .conflict)
        }
    }

    @Test("a refused card is told, nobody is asked, and another one may be tried")
    func declined() async throws {
        try await Self.with { till in
            let job = try await till.open(.cardBeforeOffer, .card)
            let refused = try await till.payments.pay(.id(job.id), with: "test_declined", by: till.customer)
            #expect(refused.state == .failed && refused.failure == "declined")
            #expect(try await till.seen(job).payment?.status == .failed)
            #expect(try await till.told(till.customer) == ["payment.failed"])
            try await till.world.makeDue(job)
            await till.world.dispatch.settle()
            #expect(try await till.world.offers(of: job).isEmpty)
            let paid = try await till.payments.pay(.id(job.id), with: "test_ok", by: till.customer)
            #expect(paid.state == .succeeded)
            #expect(try await till.seen(job).payment?.status == .paid)
        }
    }

    @Test("an answer that is lost is asked for later: charged once, whoever asks and however often")
    func lostAnswer() async throws {
        try await Self.with { till in
            let job = try await till.open()
            let payment = try await till.payments.pay(.id(job.id), with: "test_timeout", by: till.customer)
            #expect(payment.state == .pending)
            let impatient = try await refusalCode {
                _ = try await till.payments.pay(.id(job.id), with: "test_ok", by: till.customer)
            }
            #expect(impatient == .conflict)
            // Not before its time is over: the charge may be on its way.
            try await till.payments.settle()
            #expect(try await till.payments.payment(.id(payment.id), for: till.customer).state == .pending)

            till.gateway.setAway(true)
            try await till.later()
            #expect(try await till.payments.payment(.id(payment.id), for: till.customer).state == .pending)
            till.gateway.setAway(false)
            for _ in 0..<2 { try await till.later() }
            #expect(try await till.payments.payment(.id(payment.id), for: till.customer).state == .succeeded)
            #expect(till.gateway.moves(under: payment.id.hex) == 1)
            #expect(try await till.seen(job).payment?.paid == job.estimate)
            #expect(try await till.told(till.customer) == ["payment.succeeded"])
        }
    }

    @Test("a charge that never arrived is closed by asking for it, so that it cannot arrive later")
    func neverArrived() async throws {
        try await Self.with { till in
            let job = try await till.open()
            let payment = try await till.payments.pay(.id(job.id), with: "test_lost", by: till.customer)
            try await till.later()
            #expect(try await till.payments.payment(.id(payment.id), for: till.customer).state == .failed)
            let late = try await till.gateway.charge(
                CardCharge(key: payment.id.hex, amount: payment.amount, token: "test_ok"))
            #expect(late == .declined(reason: "not_received"))
            #expect(till.gateway.moves(under: payment.id.hex) == 0)
        }
    }

    @Test("T31: of eight who pay for one job at once one is charged")
    func raced() async throws {
        try await Self.with { till in
            let job = try await till.open()
            let results = await together(8) { _ in
                try await till.payments.pay(.id(job.id), with: "test_ok", by: till.customer)
            }
            #expect(results.compactMap(\.value).filter { $0.state == .succeeded }.count == 1)
            #expect(results.compactMap(\.code) == Array(repeating: .conflict, count: 7))
            #expect(try await till.world.store.payments.count(["job_id": .id(job.id)]) == 1)
            #expect(try await till.seen(job).payment?.paid == job.estimate)
        }
    }

    @Test("A24: cash is collected from arrival on, once, by the job's provider alone; then the work may start")
    func cash() async throws {
        try await Self.with { till in
            let job = try await till.open(.cashAtPickup)
            let promised = try await till.payments.payCash(.id(job.id), by: till.customer)
            #expect(promised.state == .pending)
            #expect(try await till.payments.payCash(.id(job.id), by: till.customer).id == promised.id)
            _ = try await till.world.jobs.accept(.id(job.id), by: till.provider)
            let early = try await refusalCode {
                _ = try await till.payments.collectCash(.id(job.id), by: till.provider)
            }
            #expect(early == .illegalTransition)
            let stopped = try await refusalCode {
                _ = try await till.world.jobs.advance(.id(job.id), to: .inProgress, by: till.provider)
            }
            #expect(stopped == .paymentRequired)
            let stranger = try await till.world.provider("Stranger")
            let foreign = try await refusalCode {
                _ = try await till.payments.collectCash(.id(job.id), by: stranger)
            }
            #expect(foreign == .notFound)

            let results = await together(4) { _ in
                try await till.payments.collectCash(payment: .id(promised.id), by: till.provider)
            }
            #expect(results.compactMap(\.value).map(\.id) == Array(repeating: promised.id, count: 4))
            #expect(results.compactMap(\.value).allSatisfy { $0.state == .succeeded && $0.amount == job.estimate })
            #expect(try await till.seen(job).payment?.paid == job.estimate)
            #expect(try await till.told(till.customer) == ["payment.collected"])
            #expect(try await till.told(till.provider) == ["payment.collected"])
            let started = try await till.world.jobs.advance(.id(job.id), to: .inProgress, by: till.provider)
            #expect(started.status == .inProgress)
        }
    }

    @Test("cash that was announced ends with a job that came to nothing; what its customer owes then is announced anew")
    func announcedInVain() async throws {
        try await Self.with { till in
            let job = try await till.open(.cashAtPickup)
            let promised = try await till.payments.payCash(.id(job.id), by: till.customer)
            _ = try await till.world.jobs.accept(.id(job.id), by: till.provider)
            #expect(try await till.payments.payment(.id(promised.id), for: till.provider).state == .pending)
            try await till.world.age(job, by: 3600)
            let fee = try #require(try await till.world.jobs.cancel(.id(job.id), by: till.customer).finalPrice?.total)
            #expect(try await till.payments.payment(.id(promised.id), for: till.customer).state == .cancelled)
            let due = try await till.payments.payCash(.id(job.id), by: till.customer)
            #expect(due.id != promised.id && due.state == .pending && due.amount == fee)

            // What is done is still to be paid for.
            let done = try await till.open()
            let cash = try await till.payments.payCash(.id(done.id), by: till.customer)
            _ = try await till.world.jobs.accept(.id(done.id), by: till.provider)
            _ = try await till.world.jobs.advance(.id(done.id), to: .inProgress, by: till.provider)
            _ = try await till.world.jobs.complete(.id(done.id), by: till.provider)
            #expect(try await till.payments.payment(.id(cash.id), for: till.customer).state == .pending)
        }
    }

    @Test("T31: a card and cash for one job at once are one payment")
    func bothWays() async throws {
        try await Self.with { till in
            let job = try await till.open()
            _ = try await till.world.jobs.accept(.id(job.id), by: till.provider)
            _ = try await till.world.jobs.advance(.id(job.id), to: .arrived, by: till.provider)
            _ = await together(2) { index in
                index == 0
                    ? try await till.payments.pay(.id(job.id), with: "test_ok", by: till.customer)
                    : try await till.payments.collectCash(.id(job.id), by: till.provider)
            }
            let succeeded = try await till.world.store.payments.count([
                "job_id": .id(job.id), "status": "succeeded",
            ])
            #expect(succeeded == 1)
            #expect(try await till.seen(job).payment?.paid == job.estimate)
        }
    }

    @Test(
        "a job cancelled after its card was charged is given back but for its fee, once, whenever the gateway answers")
    func refund() async throws {
        try await Self.with { till in
            let job = try await till.open(.cardBeforeOffer, .card)
            let payment = try await till.payments.pay(.id(job.id), with: "test_ok", by: till.customer)
            _ = try await till.world.jobs.accept(.id(job.id), by: till.provider)
            try await till.world.age(job, by: 3600)
            let cancelled = try await till.world.jobs.cancel(.id(job.id), by: till.customer)
            let fee = try #require(cancelled.finalPrice?.total)
            #expect(fee.minorUnits > 0 && fee.minorUnits < job.estimate.minorUnits)

            till.gateway.setAway(true)
            try await till.payments.settle()
            #expect(try await till.seen(job).payment?.status == .paid)
            till.gateway.setAway(false)
            for _ in 0..<2 {
                try await till.world.store.services.updateMany(
                    ["refund_at": ["$exists": true]], ["$set": ["refund_at": .date(Date(timeIntervalSince1970: 0))]])
                try await till.payments.settle()
            }
            let key = "refund:\(payment.id.hex)"
            #expect(till.gateway.moves(under: key) == 1)
            let back = till.gateway.refunded(under: key)?.amount.minorUnits
            #expect(back == job.estimate.minorUnits - fee.minorUnits)
            let after = try await till.seen(job)
            #expect(after.payment?.status == .refunded && after.payment?.paid == fee)
            let seen = try await till.payments.payment(.id(payment.id), for: till.customer)
            #expect(seen.state == .refunded && seen.refunded?.minorUnits == back)
            #expect(try await till.told(till.customer) == ["payment.succeeded", "payment.refunded"])
        }
    }

    @Test("a charge that comes through after its job was cancelled is given back whole")
    func tooLate() async throws {
        try await Self.with { till in
            let job = try await till.open(.cardBeforeOffer, .card)
            let payment = try await till.payments.pay(.id(job.id), with: "test_timeout", by: till.customer)
            _ = try await till.world.jobs.cancel(.id(job.id), by: till.customer)
            try await till.later()
            #expect(till.gateway.refunded(under: "refund:\(payment.id.hex)")?.amount == payment.amount)
            #expect(try await till.seen(job).payment?.paid.minorUnits == 0)
        }
    }

    @Test("a card's number is refused, an account sees its own payments only, and without a gateway there are no cards")
    func refusals() async throws {
        try await Self.with { till in
            let job = try await till.open()
            for token in ["4111 1111 1111 1111", "4111111111111111", "4111-1111-1111-1111", ""] {
                let code = try await refusalCode {
                    _ = try await till.payments.pay(.id(job.id), with: token, by: till.customer)
                }
                #expect(code == .validation, "\(token)")
            }
            let cashOnly = Payments(
                till.world.dependencies, inbox: till.world.inbox, dispatch: till.world.dispatch, cards: nil)
            let closed = try await refusalCode {
                _ = try await cashOnly.pay(.id(job.id), with: "test_ok", by: till.customer)
            }
            #expect(closed == .validation)
            let payment = try await till.payments.pay(.id(job.id), with: "test_ok", by: till.customer)
            let other = try await till.world.customer("Other")
            let foreign = try await refusalCode { _ = try await till.payments.pay(.id(job.id), with: "x1", by: other) }
            #expect(foreign == .notFound)
            let hidden = try await refusalCode { _ = try await till.payments.payment(.id(payment.id), for: other) }
            #expect(hidden == .notFound)
            let page = PageRequest.after(nil, limit: 10)
            #expect(try await till.payments.list(page, for: other).items.isEmpty)
            #expect(try await till.payments.list(page, for: till.customer).items.map(\.id) == [payment.id])
            let admin = try await till.world.admin()
            #expect(try await till.payments.list(page, for: admin).items.map(\.id) == [payment.id])
        }
    }
}
