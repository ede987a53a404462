import BSON
public import Blueprint
public import HTTPTypes
public import Hummingbird
public import Logging
public import NIOCore
public import Roadside
import RoadsideRules
public import Telemetry

/// What is known about one request while it is served: who asks, from where, under which id, since when.
public struct WebContext: BlueprintContext {
    public var coreContext: CoreRequestContextStorage
    public var routing = Routing()
    /// What is found out about the request, for its access line.
    public private(set) var record: RequestRecord
    /// Set by ``BearerAuth`` once the token has been verified; nil on public routes.
    public var caller: Caller? {
        didSet { if let caller { record.note(user: caller.userID.hex, role: caller.role.rawValue) } }
    }
    /// What ``RequestLimits`` has left the caller; nil where he is not counted.
    public var allowance: Allowance?
    /// Whether the request is one of those that ``LoadShed`` counts.
    var takesPlace = false
    /// The connection, where an answer may take as long as it likes to leave; nil while an upgrade is being decided, since
    /// the answer is gathered then before it is sent. Set by the server.
    public var connection: (any Channel)?
    /// Why the server wants the request refused whatever it asks for, in the words of the dialect whose path it is. Set by
    /// the server.
    public var refusal: RoadsideError?
    /// The client's address without a port, `unknown` for channels that have none: the peer's, or what a trusted proxy
    /// says.
    public private(set) var remoteAddress: String
    /// When the request reached us; access logs measure from here.
    public let started: ContinuousClock.Instant
    /// The server's; what is logged while a request is served names it by itself.
    public let logger: Logger

    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        remoteAddress = source.channel.remoteAddress?.ipAddress ?? "unknown"
        started = .now
        record = RequestRecord()
        logger = source.logger
    }

    /// The id that ties an answer, its log line and its stored events together; sent back as `X-Request-Id`.
    public var requestID: String { record.requestID }

    /// Where the request comes from, as what it changes will say.
    public var origin: RequestOrigin { RequestOrigin(requestID: requestID, address: remoteAddress) }

    /// The connection, for an answer that takes its time.
    ///
    /// - Throws: `MALFORMED_REQUEST` for a request that asks for a WebSocket where there is none.
    public func requireConnection() throws(RoadsideError) -> any Channel {
        guard let connection else { throw RoadsideError(.malformedRequest, "There is no WebSocket at this address.") }
        return connection
    }

    /// Keeps for the access line why the request is refused, by the code of its answer.
    public func note(refusal code: String) { record.note(code: code) }

    /// Keeps the client's own id when it is one we can safely log and echo, and goes on with his trace when he names one
    /// properly; otherwise the fresh ones stay (operations.md §5.2).
    mutating func adopt(from headers: HTTPFields) {
        let offered = headers[.requestID].flatMap { Self.isValidRequestID($0) ? $0 : nil }
        let parents = headers[values: .traceparent]
        let trace = parents.count == 1 ? parents.first.flatMap(TraceContext.init(traceparent:)) : nil
        guard offered != nil || trace != nil else { return }
        record = RequestRecord(requestID: offered ?? record.requestID, trace: trace ?? record.trace)
    }

    /// Believes what a proxy of ours says about where the request comes from.
    mutating func adoptAddress(from headers: HTTPFields, trusting proxies: TrustedProxies) {
        if let client = proxies.client(behind: remoteAddress, headers) { remoteAddress = client }
    }

    /// 8 to 64 of `A–Z a–z 0–9 . _ -`: nothing that could break a log line, a header or a database key.
    static func isValidRequestID(_ text: String) -> Bool {
        (8...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

extension RequestRecord.Notes {
    /// Whether an admin or a dispatcher asks.
    var isStaff: Bool { role.flatMap(Role.init(rawValue:))?.isStaff ?? false }
}

extension HTTPField.Name {
    public static let requestID = HTTPField.Name("X-Request-Id")!
    /// W3C Trace Context.
    static let traceparent = HTTPField.Name("traceparent")!
}
