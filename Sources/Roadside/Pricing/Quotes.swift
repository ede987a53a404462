import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

/// Prices that were promised to a customer: each for one request, once, and for a while (domain §4.6).
struct Quotes: Sendable {
    let dependencies: Dependencies
    private var store: Store { dependencies.store }

    /// Keeps a quote for this customer.
    ///
    /// - Parameter lifetime: seconds, of the rules it was made by.
    func keep(
        _ quote: Quote, for inputs: QuoteInputs, of customer: ObjectID, lifetime: Int64
    ) async throws(RoadsideError) -> Quote {
        let now = dependencies.now()
        var kept = quote
        let id = ObjectID()
        // Whole seconds, as answers show them.
        let expiry = Date(timeIntervalSince1970: (now.timeIntervalSince1970 + Double(lifetime)).rounded(.down))
        (kept.id, kept.expiresAt) = (id, expiry)
        let document: Document = [
            "_id": .id(id), "customer_id": .id(customer), "inputs": .string(inputs.hash),
            "service_type": .string(quote.serviceType),
            "lines": .array(quote.lines.map { .document($0.document) }), "total": .document(quote.total.document),
            "fee_terms": .document(quote.fees.document), "prices_version": .string(quote.pricesVersion),
            "created_at": .date(now), "expires_at": .date(expiry),
            // Longer than it holds, so that its customer is told that it has run out rather than that there is none.
            "purge_at": .date(expiry.addingTimeInterval(Self.afterlifeSeconds)),
        ]
        try await store.database { () async throws(MongoError) in try await store.quotes.insert(document) }
        return kept
    }

    /// Uses a quote up for this job, in the transaction that opens it.
    ///
    /// - Throws: `QUOTE_EXPIRED` when the database's clock says so, `QUOTE_USED`; `VALIDATION_ERROR` for one that is not
    ///   his, or was made for something else.
    func redeem(
        _ reference: Reference, of customer: ObjectID, for inputs: QuoteInputs, job: ObjectID,
        in transaction: MongoTransaction
    ) throws -> JobPrice {
        guard case .id(let id) = reference else { throw Self.none }
        let his: Document = ["_id": .id(id), "customer_id": .id(customer)]
        let live: Document = [
            "inputs": .string(inputs.hash), "used_by": ["$exists": false],
            "$expr": ["$gt": ["$expires_at", "$$NOW"]],
        ]
        let used = try transaction.quotes.findOneAndUpdate(
            his.and(live), ["$set": ["used_by": .id(job), "used_at": .date(dependencies.now())]], returning: .after)
        if let price = used.flatMap(JobPrice.init(quote:)) { return price }
        guard let quote = try transaction.quotes.findOne(his) else { throw Self.none }
        guard quote.get("inputs") == inputs.hash else {
            throw RoadsideError.validation([
                FieldIssue(name: "quote_id", message: "This quote was made for something else; ask for a new one.")
            ])
        }
        if quote["used_by"] != nil { throw RoadsideError(.quoteUsed, "This quote has been used already.") }
        throw RoadsideError(.quoteExpired, "This quote has run out; ask for a new one.")
    }

    private static let none = RoadsideError.validation([
        FieldIssue(name: "quote_id", message: "There is no such quote of yours.")
    ])
    private static let afterlifeSeconds = 24.0 * 3600
}
