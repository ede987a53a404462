public import FoundationEssentials

/// How long a provider may be on duty (U17). A break is rest; waiting for jobs is not.
public enum DutyRules {
    /// Duty is counted over so many seconds back from now: a day that moves along.
    public static let window = 24.0 * 3600
    /// Seconds of rest below which duty has not been interrupted. Ours: it is shorter than a meal, and bounds a day's log
    /// at 288 periods.
    public static let shortestRest = 300.0
    /// Minutes of duty in the window unless the installation says otherwise: 12 h in 24 h. Ours.
    public static let usualLimit = 12 * 60

    /// Seconds on duty within the window that ends now. What overlaps counts once, what lies ahead not at all.
    public static func seconds(_ log: DutyLog, at now: Date) -> Double {
        let start = now.addingTimeInterval(-window)
        var periods = log.closed
        if let since = log.since { periods.append(DutyLog.Period(from: since, to: now)) }
        var (total, reached) = (0.0, start)
        for period in periods.sorted(by: { $0.from < $1.from }) {
            let (from, to) = (max(period.from, reached), min(period.to, now))
            guard from < to else { continue }
            total += to.timeIntervalSince(from)
            reached = to
        }
        return total
    }

    /// Whole minutes on duty within the window.
    public static func minutesUsed(_ log: DutyLog, at now: Date) -> Int { Int(seconds(log, at: now) / 60) }

    /// Whole minutes left of the limit, a begun one included; 0 when it is used up.
    ///
    /// - Parameter limit: minutes in the window; nil comes back from one that fills it, which limits nothing.
    public static func minutesLeft(_ log: DutyLog, limit: Int, at now: Date) -> Int? {
        guard Double(limit) * 60 < window else { return nil }
        return max(0, Int((Double(limit) - seconds(log, at: now) / 60).rounded(.up)))
    }
}
