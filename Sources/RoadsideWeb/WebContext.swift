import BSON
public import Blueprint
public import HTTPTypes
public import Hummingbird
public import Logging
public import NIOCore
public import Roadside

/// What is known about one request while it is served: who asks, from where, under which id, since when.
public struct WebContext: BlueprintContext {
    public var coreContext: CoreRequestContextStorage
    public var routing = Routing()
    /// The id that ties an answer, its log line and its stored events together; sent back as `X-Request-Id`.
    public private(set) var requestID: String
    /// Set by ``BearerAuth`` once the token has been verified; nil on public routes.
    public var caller: Caller?
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
    private let baseLogger: Logger

    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        remoteAddress = source.channel.remoteAddress?.ipAddress ?? "unknown"
        started = .now
        requestID = ObjectID().hex
        baseLogger = source.logger
    }

    /// Tells the request's id with every line. It is made when something is to be said, since most requests say nothing.
    public var logger: Logger {
        var logger = baseLogger
        logger[metadataKey: "request_id"] = .string(requestID)
        return logger
    }

    /// The connection, for an answer that takes its time.
    ///
    /// - Throws: `MALFORMED_REQUEST` for a request that asks for a WebSocket where there is none.
    public func requireConnection() throws(RoadsideError) -> any Channel {
        guard let connection else { throw RoadsideError(.malformedRequest, "There is no WebSocket at this address.") }
        return connection
    }

    /// Keeps the caller's own id when it is one we can safely log and echo; otherwise the fresh one stays.
    public mutating func adoptRequestID(from headers: HTTPFields) {
        guard let offered = headers[.requestID], Self.isValidRequestID(offered) else { return }
        requestID = offered
    }

    /// Believes what a proxy of ours says about where the request comes from.
    mutating func adoptAddress(from headers: HTTPFields, trusting proxies: TrustedProxies) {
        if let client = proxies.client(behind: remoteAddress, headers) { remoteAddress = client }
    }

    /// 1 to 64 of `A–Z a–z 0–9 . _ -`: nothing that could break a log line, a header or a database key.
    static func isValidRequestID(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
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

extension HTTPField.Name {
    public static let requestID = HTTPField.Name("X-Request-Id")!
}
