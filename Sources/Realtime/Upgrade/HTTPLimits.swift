import NIOCore

/// The bounds of a connection while it speaks HTTP/1.1; NIO's own defaults allow far more.
public struct HTTPLimits: Sendable {
    /// Bytes of one header field, name and value.
    public var headerFieldBytes = 8 * 1024
    /// Bytes of all header fields of one request.
    public var headerListBytes = 32 * 1024
    /// Header fields of one request.
    public var headerFields = 100
    /// From the opening of the connection, or from the first byte of a later request, to the end of its header.
    public var headerDeadline = Duration.seconds(10)
    /// From the end of the header to the end of the body: a body which drips in is cut. It is also how long a large one
    /// may go on between two looks at whether it still arrives.
    public var requestDeadline = Duration.seconds(30)
    /// What has arrived of a body by its deadline buys it time at so many bytes a second, so that a large one may come
    /// over a slow network (trust.md §1.10). One that stays below a quarter of that between two looks has stopped
    /// coming.
    public var bodyBytesPerSecond = 8 * 1024
    /// Bytes of a body that is invited by 100: the greatest upload and what its form adds. A larger one finds no route
    /// that takes it.
    public var invitedBodyBytes = 11 << 20
    /// However fast it comes, a body has no longer.
    public var longestBody = Duration.seconds(600)
    /// Silence between two requests of one connection.
    public var idleTimeout = Duration.seconds(60)
    /// How long a response may wait for a peer which does not read.
    public var writeStall = Duration.seconds(20)
    /// How long a closed connection still listens, so that the last response is not lost to a reset.
    public var lingerTime = Duration.seconds(2)
    /// How long the decision about an upgrade may take before it is refused with 503.
    public var decisionDeadline = Duration.seconds(10)

    public init() {}

    /// The defaults with some of them changed.
    public init(_ change: (inout HTTPLimits) -> Void) {
        change(&self)
    }
}

extension TimeAmount {
    /// Never below a nanosecond; for the deadlines of this module.
    init(positive duration: Duration) {
        self = Swift.max(TimeAmount(duration), .nanoseconds(1))
    }
}
