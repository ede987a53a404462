/// The stable word of a failure: clients branch on it, so a raw value never changes. Its HTTP status is the web's.
public enum ErrorCode: String, CaseIterable, Sendable {
    // What was sent.
    case validation = "VALIDATION_ERROR"
    case malformedBody = "MALFORMED_BODY"
    case malformedRequest = "MALFORMED_REQUEST"
    case payloadTooLarge = "PAYLOAD_TOO_LARGE"
    case unsupportedMedia = "UNSUPPORTED_MEDIA_TYPE"
    case methodNotAllowed = "METHOD_NOT_ALLOWED"
    case notFound = "NOT_FOUND"

    // Who sent it.
    case invalidToken = "INVALID_TOKEN"
    case invalidCredentials = "INVALID_CREDENTIALS"
    case accountDisabled = "ACCOUNT_DISABLED"
    case forbidden = "FORBIDDEN"
    case emailTaken = "EMAIL_TAKEN"
    case phoneTaken = "PHONE_TAKEN"
    case codeInvalid = "CODE_INVALID"

    // The state of a job or an offer.
    case jobAlreadyTaken = "JOB_ALREADY_TAKEN"
    case jobCancelled = "JOB_CANCELLED"
    case jobExpired = "JOB_EXPIRED"
    case offerExpired = "OFFER_EXPIRED"
    case offerDeclined = "OFFER_DECLINED"
    case providerBusy = "PROVIDER_BUSY"
    case providerNotEligible = "PROVIDER_NOT_ELIGIBLE"
    case illegalTransition = "ILLEGAL_TRANSITION"
    case otpRequired = "OTP_REQUIRED"
    case otpInvalid = "OTP_INVALID"
    case otpLocked = "OTP_LOCKED"
    /// The time of a quote is over, or it has opened a job already.
    case quoteExpired = "QUOTE_EXPIRED"
    case quoteUsed = "QUOTE_USED"
    /// Another appointment keeps the provider's time.
    case holdOverlap = "HOLD_OVERLAP"
    case waitNotOver = "WAIT_NOT_OVER"
    case contactRequired = "CONTACT_REQUIRED"
    /// The provider's own positions say that he is elsewhere (T4).
    case notAtScene = "NOT_AT_SCENE"
    /// The job must be paid for first (K24).
    case paymentRequired = "PAYMENT_REQUIRED"
    /// The customer has a job open already, and may have one only (K46).
    case openJobExists = "OPEN_JOB_EXISTS"
    case conflict = "CONFLICT"
    case preconditionFailed = "PRECONDITION_FAILED"

    // The key under which a command was sent.
    case idempotencyKeyReused = "IDEMPOTENCY_KEY_REUSED"
    case idempotencyInProgress = "IDEMPOTENCY_IN_PROGRESS"
    case idempotencyAnswerLost = "IDEMPOTENCY_ANSWER_LOST"

    // The state of the server.
    case rateLimited = "RATE_LIMITED"
    case overloaded = "OVERLOADED"
    case databaseUnavailable = "DATABASE_UNAVAILABLE"
    case outcomeUnknown = "OUTCOME_UNKNOWN"
    case internalError = "INTERNAL"
}
