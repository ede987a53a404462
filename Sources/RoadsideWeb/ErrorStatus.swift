import BSON
public import HTTPTypes
public import Roadside

/// Which HTTP status an error code is answered with: one table for all dialects, in which a dialect may override rows
/// (K10: a validation failure is 422 in FixOnCall, 400 elsewhere).
public struct ErrorStatus: Sendable {
    private let overrides: [ErrorCode: HTTPResponse.Status]

    public init(overriding overrides: [ErrorCode: HTTPResponse.Status] = [:]) {
        self.overrides = overrides
    }

    public subscript(_ code: ErrorCode) -> HTTPResponse.Status {
        overrides[code] ?? Self.status(of: code)
    }

    /// The common row. Exhaustive on purpose: a new code does not compile until somebody has chosen its status.
    public static func status(of code: ErrorCode) -> HTTPResponse.Status {
        switch code {
        case .validation, .malformedBody, .malformedRequest, .codeInvalid: .badRequest
        case .invalidToken, .invalidCredentials: .unauthorized
        case .forbidden, .accountDisabled: .forbidden
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .payloadTooLarge: .contentTooLarge
        case .unsupportedMedia: .unsupportedMediaType
        case .emailTaken, .phoneTaken, .conflict: .conflict
        // Every conflict of state is 409 (README decision 24, K40).
        case .jobAlreadyTaken, .jobCancelled, .jobExpired, .offerExpired, .offerDeclined, .providerBusy,
            .illegalTransition,
            .providerNotEligible, .idempotencyInProgress, .idempotencyAnswerLost, .quoteExpired, .quoteUsed,
            .holdOverlap, .waitNotOver, .contactRequired, .notAtScene, .paymentRequired, .openJobExists:
            .conflict
        case .preconditionFailed: .preconditionFailed
        // Understood and allowed, but what it carries proves nothing.
        case .otpRequired, .otpInvalid, .idempotencyKeyReused: .unprocessableContent
        case .otpLocked, .rateLimited: .tooManyRequests
        case .overloaded, .databaseUnavailable, .outcomeUnknown: .serviceUnavailable
        case .internalError: .internalServerError
        }
    }
}

extension RoadsideError {
    /// Whole seconds after which asking again makes sense; nil for errors that do not pass by waiting.
    public var retryAfter: Int? {
        if let told = details.last(where: { $0.0 == "retry_after" })?.1.int { return max(1, Int(clamping: told)) }
        return switch ErrorStatus.status(of: code) {
        case .serviceUnavailable: 2
        case .tooManyRequests: 60
        default: nil
        }
    }
}
