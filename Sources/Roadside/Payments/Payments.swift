import BSON
import FoundationEssentials
import Logging
import Mongo
public import RoadsideRules

/// What customers pay for jobs: by card through a gateway, or in cash to the provider. How much is the server's business
/// alone (K22): the estimate, and once the job is over its final price, less what has been paid.
///
/// A charge is written down before the gateway hears of it, under a key of its own, and one is under way for a job at a
/// time. Whoever does not hear the answer, or dies over it, leaves a timer behind: the gateway is asked what became of that
/// key, and never to charge again.
public struct Payments: Sendable {
    let dependencies: Dependencies
    let inbox: Inbox
    let dispatch: Dispatch
    /// nil where cards are not taken.
    let cards: (any CardGateway)?
    let reader: JobReader
    var store: Store { dependencies.store }

    init(_ dependencies: Dependencies, inbox: Inbox, dispatch: Dispatch, cards: (any CardGateway)?) {
        self.dependencies = dependencies
        self.inbox = inbox
        self.dispatch = dispatch
        self.cards = cards
        reader = JobReader(dependencies: dependencies)
    }

    /// Charges a card with what is due.
    ///
    /// - Parameter token: what the gateway gave the client for the card.
    /// - Returns: the payment: succeeded, failed, or still pending when the gateway has not answered; then both sides hear
    ///   what has become of it by a row of kind `payment`.
    /// - Throws: `VALIDATION_ERROR` for a token that is none, and where cards are not taken; `CONFLICT` when nothing is due
    ///   or a card is being charged already; `FORBIDDEN` for anybody but a customer; `NOT_FOUND`.
    public func pay(
        _ reference: Reference, with token: String, by caller: Caller
    ) async throws(RoadsideError) -> Payment {
        try caller.require(.customer, toDo: "pay by card")
        let cards = try Self.checked(token, cards)
        let payment = try await begin(.card, for: reference, by: caller)
        let outcome: CardOutcome
        do throws(CardGatewayError) {
            outcome = try await cards.charge(
                CardCharge(key: payment.id.hex, amount: payment.amount, token: token))
        } catch {
            dependencies.logger.warning(
                "A card gateway did not say what became of a payment",
                metadata: ["payment": "\(payment.id)", "error": "\(error.remark)"])
            return payment
        }
        return try await conclude(payment.id, outcome)
    }

    /// Cash, as either side says it: its customer announces it, its provider has it in his hand.
    ///
    /// - Throws: what ``promiseCash(for:by:)`` and ``collectCash(_:by:)`` throw.
    public func payCash(_ reference: Reference, by caller: Caller) async throws(RoadsideError) -> Payment {
        caller.role == .provider
            ? try await collectCash(reference, by: caller) : try await promiseCash(for: reference, by: caller)
    }

    /// Says that this customer will pay in cash. Saying it again changes nothing.
    ///
    /// - Throws: `CONFLICT` when nothing is due or a card is being charged; `FORBIDDEN` for anybody but a customer;
    ///   `NOT_FOUND`.
    public func promiseCash(for reference: Reference, by caller: Caller) async throws(RoadsideError) -> Payment {
        try caller.require(.customer, toDo: "pay in cash")
        return try await begin(.cash, for: reference, by: caller)
    }

    private func begin(
        _ method: PaymentMethod, for reference: Reference, by caller: Caller
    ) async throws(RoadsideError) -> Payment {
        let mine = caller.condition(on: .job)
        let payment = try await store.transaction { transaction -> Payment? in
            guard let job = try JobRecord.find(reference, mine, in: transaction) else {
                throw RoadsideError.jobNotFound
            }
            if try transaction.payments.findOne(Self.charging(job.id), projection: ["_id": 1]) != nil {
                throw RoadsideError.paymentUnderWay
            }
            guard let due = PaymentRules.due(job.payment.amount, paid: job.payment.paid) else {
                throw RoadsideError.nothingDue
            }
            let now = dependencies.now()
            if method == .cash, let promised = try self.promised(for: job.id, in: transaction) { return promised }
            let document = Payment.begun(
                method, due, for: job, at: now,
                next: method == .card ? now.addingTimeInterval(Self.patienceSeconds) : nil)
            try transaction.payments.insert(document)
            // Written, so that of two who pay or collect at once one sees the other.
            try transaction.services.updateOne(
                ["_id": .id(job.id)],
                ["$set": ["payment_method": .string(method.rawValue)], "$inc": ["payments": .int64(1)]])
            return Payment(document)
        }
        guard let payment else { throw .broken("a payment cannot be read as it was written") }
        return payment
    }

    func promised(for job: ObjectID, in transaction: MongoTransaction) throws -> Payment? {
        Payment(
            try transaction.payments.findOne(["job_id": .id(job), "method": "cash", "status": "pending"]))
    }

    /// The condition of a card that is being charged.
    static func charging(_ job: ObjectID) -> Document {
        ["job_id": .id(job), "method": "card", "status": "pending"]
    }

    private static func checked(_ token: String, _ cards: (any CardGateway)?) throws(RoadsideError) -> any CardGateway {
        guard let cards else {
            throw .validation([FieldIssue(name: "method", message: "Cards are not taken here; please pay in cash.")])
        }
        let isPlain = token.utf8.allSatisfy { 0x21...0x7E ~= $0 }
        guard (1...255).contains(token.utf8.count), isPlain else {
            throw .validation([FieldIssue(name: "token", message: "From 1 to 255 printable characters.")])
        }
        // Twelve to nineteen digits are a card's own number, which nobody here may ever hold.
        if token.filter(\.isNumber).count >= 12, !token.contains(where: \.isLetter) {
            throw .validation([FieldIssue(name: "token", message: "Send your gateway's token, never a card number.")])
        }
        return cards
    }

    /// After this long a gateway that has not answered is asked what became of a charge. Longer than a charge may take; ours.
    static let patienceSeconds = 30.0
}

extension RoadsideError {
    static let paymentUnderWay = RoadsideError(.conflict, "A payment for this job is under way.")
    static let nothingDue = RoadsideError(.conflict, "Nothing is to be paid for this job.")
}
