import BSON
import RoadsideRules

extension RoadsideError {
    static let ourFault = "Something went wrong on our side."
    static let jobNotFound = RoadsideError.notFound("Job")
    static let foreignCursor = RoadsideError.validation([
        FieldIssue(name: "cursor", message: "This cursor is none of ours.")
    ])

    /// What the rules refused, in the words of an answer. Somebody else's job looks like one that does not exist.
    init(_ refusal: Refusal) {
        switch refusal.code {
        case .notYours:
            self = .jobNotFound
            return
        case .roleNotAllowed: self.init(.forbidden, refusal.message)
        case .illegalTransition: self.init(.illegalTransition, refusal.message)
        case .jobAlreadyTaken: self.init(.jobAlreadyTaken, refusal.message)
        case .jobCancelled: self.init(.jobCancelled, refusal.message)
        case .jobExpired: self.init(.jobExpired, refusal.message)
        case .otpRequired: self.init(.otpRequired, refusal.message)
        case .otpInvalid: self.init(.otpInvalid, refusal.message)
        case .otpLocked: self.init(.otpLocked, refusal.message)
        case .providerBusy: self.init(.providerBusy, refusal.message)
        case .providerNotEligible: self.init(.providerNotEligible, refusal.message)
        case .offerExpired: self.init(.offerExpired, refusal.message)
        case .waitNotOver: self.init(.waitNotOver, refusal.message)
        case .contactRequired: self.init(.contactRequired, refusal.message)
        case .paymentRequired: self.init(.paymentRequired, refusal.message)
        case .notAtScene: self.init(.notAtScene, refusal.message)
        }
        details.append(("legal_next", .array(refusal.legalNext.map { .string($0.rawValue) })))
    }
}

extension Result where Failure == Refusal {
    /// The decision, or the refusal as an error of this module.
    func orThrow() throws(RoadsideError) -> Success {
        switch self {
        case .success(let decision): return decision
        case .failure(let refusal): throw RoadsideError(refusal)
        }
    }
}
