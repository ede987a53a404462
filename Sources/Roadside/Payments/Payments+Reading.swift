import BSON
import FoundationEssentials
import Mongo
public import RoadsideRules

extension Payments {
    /// One payment, for who pays, for the provider who held its job, and for staff.
    ///
    /// - Throws: `NOT_FOUND` for everybody else.
    public func payment(_ reference: Reference, for caller: Caller) async throws(RoadsideError) -> Payment {
        // Payments have no small number.
        guard case .id(let id) = reference else { throw .notFound("Payment") }
        let this: Document = ["_id": .id(id)]
        let mine = this.and(caller.condition(on: .payment))
        let document = try await store.database { () async throws(MongoError) in
            try await store.payments.findOne(mine)
        }
        guard let payment = Payment(document) else { throw .notFound("Payment") }
        return payment
    }

    /// The payments of one job, newest first, for its parties and staff.
    ///
    /// - Throws: `NOT_FOUND`.
    public func payments(of job: Reference, for caller: Caller) async throws(RoadsideError) -> [Payment] {
        let record = try await reader.record(job, for: caller)
        let his: Document = ["job_id": .id(record.id)]
        let mine = his.and(caller.condition(on: .payment))
        return try await store.database { () async throws(MongoError) in
            try await store.payments.find(mine, sort: ["created_at": -1, "_id": -1], limit: Self.mostOfJob)
        }.compactMap(Payment.init)
    }

    /// The caller's own, everybody's for staff; newest first.
    ///
    /// - Throws: `FORBIDDEN` for partners; `VALIDATION_ERROR` for a cursor that is none of ours.
    public func list(_ request: PageRequest, for caller: Caller) async throws(RoadsideError) -> Page<Payment> {
        let mine = try caller.listCondition(on: .payment, toDo: "see payments")
        let page = try await store.page(store.payments, mine, request)
        return page.replacing(page.items.compactMap(Payment.init))
    }

    private static let mostOfJob = 100
}
