/// What became of one call, in city seconds since the beginning.
public struct CallTrace: Sendable, Hashable {
    public enum Outcome: String, Sendable, CaseIterable {
        case completed
        /// Nobody was found in the time of the search.
        case expired
        /// The caller gave up.
        case cancelled
        /// The work came to nothing.
        case failed
        /// The server took no request, or was not there.
        case refused
        /// Not over when the simulation ended.
        case open
    }

    /// The moment the request was sent.
    public var requestedAt: Double?
    /// The first alert on any provider's socket.
    public var offeredAt: Double?
    /// The moment its provider knew that the job was his; of the last one, when it was given to another.
    public var acceptedAt: Double?
    public var arrivedAt: Double?
    public var outcome: Outcome = .open
    public var provider: Int?
    /// Straight, from where he was when he got the job.
    public var pickupMetres: Double?
    /// Alerts on providers' sockets.
    public var offers = 0
    /// Providers who said no, and who said yes too late.
    public var declines = 0
    public var tooLate = 0
    /// The code that starts the work, as the caller heard it.
    var code: String?

    public init() {}
}
