/// The bounds of one socket and of all sockets together; the defaults are those of the design.
public struct SocketLimits: Sendable {
    /// Bytes of one inbound message over all its fragments; above it the socket closes with 1009.
    public var messageBytes = 16 * 1024
    /// Frames of one inbound message.
    public var fragments = 64
    /// Off: a binary frame closes the socket with 1003.
    public var allowsBinary = false
    /// Bytes which may wait to be sent while the peer does not read; above it the socket closes with 4008.
    public var pendingBytes = 256 * 1024
    /// How long a socket may stay unable to send; after it the socket closes with 4008.
    public var writeStall = Duration.seconds(10)
    /// Mean time between server pings, each varied by ± 20 % so that sockets of one storm drift apart.
    public var pingInterval = Duration.seconds(20)
    /// Silence allowed after a ping has left; any inbound byte counts as life. After it the socket closes with 4009.
    public var pongDeadline = Duration.seconds(8)
    /// Inbound messages and pings a second, sustained.
    public var messageRate = 20.0
    /// Inbound messages and pings at once.
    public var messageBurst = 40
    /// Messages over the rate which are dropped with a warning; the next closes the socket with 4029.
    public var rateWarnings = 3
    /// How long the peer may take to answer our closing frame before the connection is cut.
    public var closeDeadline = Duration.seconds(5)
    /// Handshakes a second, of which a second's worth may come at once; further ones are refused with 503.
    public var handshakeRate = 2000.0
    /// Refused handshakes of one address a second, and at once; further ones are refused with 429 without a look. A rate
    /// of 0 counts none, for a server behind a proxy, to which all clients have the proxy's address.
    public var failureRate = 20.0
    public var failureBurst = 100
    /// So many sockets of a server that stops are closed at once, and so long after them the next.
    public var drainBatch = 500
    public var drainPause = Duration.milliseconds(250)
    /// Sockets of the whole server; an upgrade above it is refused with 503.
    public var sockets = 19_000

    public init() {}

    /// The defaults with some of them changed.
    public init(_ change: (inout SocketLimits) -> Void) {
        change(&self)
    }
}
