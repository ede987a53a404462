/// Why a command was refused, and what the one who asked may do instead.
public struct Refusal: Error, Sendable, Hashable {
    public let code: RefusalCode
    /// One English sentence, safe to show.
    public let message: String
    /// Every status this actor may lead the job to from where it is; empty when it is none of his business.
    public let legalNext: [JobStatus]

    public init(code: RefusalCode, message: String, legalNext: [JobStatus] = []) {
        self.code = code
        self.message = message
        self.legalNext = legalNext
    }
}

/// Stable words; the raw value is the error code on the wire.
public enum RefusalCode: String, CaseIterable, Sendable, Hashable {
    case illegalTransition = "ILLEGAL_TRANSITION"
    case jobAlreadyTaken = "JOB_ALREADY_TAKEN"
    case jobCancelled = "JOB_CANCELLED"
    case jobExpired = "JOB_EXPIRED"
    /// Somebody else's job; answered as if it did not exist.
    case notYours = "NOT_YOURS"
    case roleNotAllowed = "ROLE_NOT_ALLOWED"
    case otpRequired = "OTP_REQUIRED"
    case otpInvalid = "OTP_INVALID"
    case otpLocked = "OTP_LOCKED"
    case providerBusy = "PROVIDER_BUSY"
    case providerNotEligible = "PROVIDER_NOT_ELIGIBLE"
    case offerExpired = "OFFER_EXPIRED"
    case waitNotOver = "WAIT_NOT_OVER"
    case contactRequired = "CONTACT_REQUIRED"
    case paymentRequired = "PAYMENT_REQUIRED"
    case notAtScene = "NOT_AT_SCENE"
}
