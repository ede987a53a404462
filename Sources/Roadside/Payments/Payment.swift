public import BSON
public import FoundationEssentials
public import RoadsideRules

/// One payment for a job: a document of `payments`.
public struct Payment: Sendable, Hashable {
    public let id: ObjectID
    public let jobID: ObjectID
    public let jobNumber: Int64
    /// Who pays.
    public let customerID: ObjectID
    /// Who held the job when it was paid for; nil when nobody did.
    public let providerID: ObjectID?
    public let method: PaymentMethod
    public let state: PaymentState
    public let amount: Money
    /// What of it was given back.
    public let refunded: Money?
    /// Why a card was refused, in the gateway's word.
    public let failure: String?
    public let createdAt: Date
    public let updatedAt: Date
    /// The gateway's own name of the charge. For nobody outside.
    let reference: String?
}

extension Payment {
    init?(_ document: Document?) {
        guard let document, let id: ObjectID = document.get("_id"), let jobID: ObjectID = document.get("job_id"),
            let customerID: ObjectID = document.get("customer_id"),
            let method = document.get("method").flatMap(PaymentMethod.init(rawValue:)),
            let state = document.get("status").flatMap(PaymentState.init(rawValue:)),
            let amount = Money(document.get("amount")), let createdAt: Date = document.get("created_at")
        else { return nil }
        self.id = id
        self.jobID = jobID
        jobNumber = document.get("job_number") ?? 0
        self.customerID = customerID
        providerID = document.get("provider_id")
        self.method = method
        self.state = state
        self.amount = amount
        refunded = Money(document.get("refunded"))
        failure = document.get("failure")
        self.createdAt = createdAt
        updatedAt = document.get("updated_at") ?? createdAt
        reference = document.get("provider_ref")
    }

    /// A new one, under way.
    ///
    /// - Parameter next: when its gateway is asked what has become of it.
    static func begun(
        _ method: PaymentMethod, _ amount: Money, for job: JobRecord, at now: Date, next: Date?
    ) -> Document {
        var document: Document = [
            "_id": .id(ObjectID()), "job_id": .id(job.id), "job_number": .int64(job.number),
            "customer_id": .id(job.customerID), "method": .string(method.rawValue),
            "status": .string(PaymentState.pending.rawValue), "amount": .document(amount.document),
            "attempts": [["at": .date(now), "what": "begun"]], "created_at": .date(now), "updated_at": .date(now),
        ]
        document.append("provider_id", ifPresent: job.assignedTo)
        document.append("next_at", ifPresent: next)
        return document
    }
}
