import Synchronization

/// What is found out about one request while it is served, for its one access line and for whatever is logged on the way.
public final class RequestRecord: Sendable {
    /// The request that the current task serves; nil in work that no request has begun.
    @TaskLocal public static var current: RequestRecord?

    /// Ties an answer, its log lines and its trace together.
    public let requestID: String
    public let trace: TraceContext
    private let waited = Atomic<Int>(0)
    private let worked = Atomic<Int>(0)
    private let notes = Mutex(Notes())

    /// What handlers find out.
    public struct Notes: Sendable {
        /// An opaque id.
        public var user: String?
        public var role: String?
        /// Why it was refused, by the code of the answer.
        public var code: String?

        public init() {}
    }

    public init(requestID: String = ULID.make(), trace: TraceContext = TraceContext()) {
        self.requestID = requestID
        self.trace = trace
    }

    /// Adds a call of the database: how long it waited for its turn and how long it took.
    public func ended(waited: Duration, worked: Duration) {
        self.waited.add(waited.nanoseconds, ordering: .relaxed)
        self.worked.add(worked.nanoseconds, ordering: .relaxed)
    }

    /// Who asks.
    public func note(user: String, role: String) {
        notes.withLock { ($0.user, $0.role) = (user, role) }
    }

    /// Why it was refused.
    public func note(code: String) {
        notes.withLock { $0.code = code }
    }

    /// Everything so far; times in nanoseconds, nil where the database was not asked.
    public var summary: (notes: Notes, waited: Int?, worked: Int?) {
        let (waited, worked) = (waited.load(ordering: .relaxed), worked.load(ordering: .relaxed))
        return (notes.withLock { $0 }, worked == 0 ? nil : waited, worked == 0 ? nil : worked)
    }
}

extension Duration {
    /// Whole nanoseconds.
    public var nanoseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
    }
}
