public import BSON

/// The one error of the domain: a stable code, a text that may be shown to anybody, and a remark for the log only.
public struct RoadsideError: Error, Sendable {
    public var code: ErrorCode
    /// Safe for the client.
    public var message: String
    /// Every field that was wrong, in the order they were looked at.
    public var fields: [FieldIssue]
    /// Further members of the answer, such as `legal_next` of a refused transition or `retry_after` in seconds.
    public var details: [(String, JSON)]
    /// For the log; never leaves the server.
    public var underlying: String?

    public init(
        _ code: ErrorCode, _ message: String, fields: [FieldIssue] = [], details: [(String, JSON)] = [],
        underlying: String? = nil
    ) {
        self.code = code
        self.message = message
        self.fields = fields
        self.details = details
        self.underlying = underlying
    }

    /// The refusal of a body whose fields were looked at one by one.
    public static func validation(_ fields: [FieldIssue]) -> RoadsideError {
        RoadsideError(.validation, "Some fields are missing or wrong.", fields: fields)
    }

    /// An object that does not exist and an object of somebody else look alike.
    public static func notFound(_ what: String) -> RoadsideError {
        RoadsideError(.notFound, "\(what) not found.")
    }

    /// - Parameter number: of the one that is open.
    static func openJobExists(_ number: Int64?) -> RoadsideError {
        RoadsideError(
            .openJobExists, "You have an open request already; finish or cancel it first.",
            details: number.map { [("number", .int($0))] } ?? [])
    }

    public static let invalidToken = RoadsideError(.invalidToken, "Invalid or expired token.")
    public static let accountDisabled = RoadsideError(.accountDisabled, "This account has been disabled.")

    /// Nobody's fault but ours; `remark` goes to the log.
    static func broken(_ remark: String) -> RoadsideError {
        RoadsideError(.internalError, ourFault, underlying: remark)
    }
}

extension RoadsideError: CustomStringConvertible {
    /// Only what a client may see: an error that slips into an answer or a log line betrays nothing.
    public var description: String { "\(code.rawValue): \(message)" }
}
