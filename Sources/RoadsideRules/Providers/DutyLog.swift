public import FoundationEssentials

/// When a provider was on duty, as far as it still counts.
public struct DutyLog: Sendable, Hashable {
    /// One stretch of duty that is over.
    public struct Period: Sendable, Hashable {
        public var from: Date
        public var to: Date

        public init(from: Date, to: Date) {
            self.from = from
            self.to = to
        }
    }

    /// Since when he is on duty; nil for one who is not, or of whom it is not known.
    public var since: Date?
    /// Oldest first; what no longer reaches into the window of ``DutyRules`` has fallen off.
    public var closed: [Period]

    public init(since: Date? = nil, closed: [Period] = []) {
        self.since = since
        self.closed = closed
    }
}

extension DutyLog {
    /// Goes on duty; nothing changes for one who is. A rest shorter than ``DutyRules/shortestRest`` is none: the period
    /// before it goes on, so that no number of short breaks makes the log long or the duty short.
    public mutating func begin(at now: Date) {
        guard since == nil else { return }
        let edge = now.addingTimeInterval(-DutyRules.shortestRest)
        since = closed.filter { $0.to > edge }.map(\.from).min() ?? now
        closed.removeAll { $0.to > edge }
    }

    /// Goes off duty; nothing changes for one who is not on it.
    ///
    /// - Parameter end: when his duty was over, should that have been before now.
    public mutating func end(at now: Date, asOf end: Date? = nil) {
        guard let since else { return }
        closed.removeAll { $0.to <= now.addingTimeInterval(-DutyRules.window) }
        closed.append(Period(from: since, to: max(since, end ?? now)))
        self.since = nil
    }
}
