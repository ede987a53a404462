public import BSON
public import FoundationEssentials

/// What a provider asks for beyond the price: a part, a second tyre. Charged only when the customer has approved it.
public struct ExtraCharge: Sendable, Hashable {
    /// Raw values are stored and shown.
    public enum State: String, CaseIterable, Sendable, Hashable {
        case proposed, approved, rejected
        /// The job ended before its customer had said anything.
        case lapsed
    }

    public let id: ObjectID
    public let code: String
    public let title: String
    public let amount: Money
    public let reason: String
    /// Photos of the job that show why.
    public let photoIDs: [ObjectID]
    public var state: State
    public let proposedAt: Date
    public var decidedAt: Date?

    public init(
        id: ObjectID, code: String, title: String, amount: Money, reason: String, photoIDs: [ObjectID] = [],
        state: State = .proposed, proposedAt: Date, decidedAt: Date? = nil
    ) {
        self.id = id
        self.code = code
        self.title = title
        self.amount = amount
        self.reason = reason
        self.photoIDs = photoIDs
        self.state = state
        self.proposedAt = proposedAt
        self.decidedAt = decidedAt
    }

    /// As a line of the final price.
    public var line: PriceLine { PriceLine(code: code, title: title, amount: amount) }
}

/// Who may ask for more, and who may grant it.
public enum ExtraChargeRules {
    /// Why this actor may not propose a charge on this job; nil means he may: the provider who holds it, from arrival on.
    public static func proposalRefusal(_ facts: JobFacts, by actor: Actor) -> Refusal? {
        guard actor.role == .provider, actor.userID == facts.assignedTo else {
            return Refusal(code: .notYours, message: "There is no such job of yours.")
        }
        switch facts.status {
        case .arrived, .inProgress, .towing, .atDestination: return nil
        default:
            return Refusal(
                code: .illegalTransition,
                message: "The job is \(facts.status.spoken): a charge can be added from arrival to completion only.")
        }
    }

    /// Why this actor may not decide about a charge on this job; nil means he may: its customer, while it is open.
    public static func decisionRefusal(_ facts: JobFacts, by actor: Actor) -> Refusal? {
        guard actor.role == .customer, actor.userID == facts.customerID else {
            return Refusal(code: .notYours, message: "There is no such job of yours.")
        }
        if facts.status.isLive { return nil }
        return Refusal(
            code: facts.status == .cancelled ? .jobCancelled : .illegalTransition,
            message: "The job is \(facts.status.spoken): its charges are decided.")
    }

    /// Whether a charge becomes what its customer wants it to be.
    public enum Verdict: Sendable, Hashable {
        case changed
        /// It is that already.
        case unchanged
        /// It has been decided the other way.
        case tooLate
    }

    public static func verdict(on state: ExtraCharge.State, wanted: ExtraCharge.State) -> Verdict {
        if state == wanted { return .unchanged }
        return state == .proposed ? .changed : .tooLate
    }
}
