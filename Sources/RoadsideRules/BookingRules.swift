public import FoundationEssentials

/// When an appointment may be, and when the search for its job begins.
public enum BookingRules {
    /// Seconds ahead: a year. Nobody knows where his vehicle will be later than that. Ours.
    public static let horizonSeconds = 365.0 * 24 * 3600
    /// Minutes an appointment may be planned to take: up to a day. Ours.
    public static let minutes = 1...1440

    /// Why a time is none for an appointment.
    public enum TimeProblem: Sendable, Hashable {
        case past, tooFarAhead
    }

    /// `nil` for a good time: from this very moment to a year from it, both included.
    public static func problem(with time: Date, now: Date) -> TimeProblem? {
        if time < now { return .past }
        return time.timeIntervalSince(now) > horizonSeconds ? .tooFarAhead : nil
    }

    /// Minutes an appointment keeps of its provider when nobody has said how long it takes. Ours.
    public static let usualMinutes = 60

    /// The time of its provider that an appointment takes: from the way to it until the work is done.
    public static func window(at time: Date, minutes: Int?, bufferSeconds: Double) -> (from: Date, to: Date) {
        (
            time.addingTimeInterval(-max(bufferSeconds, 0)),
            time.addingTimeInterval(Double(minutes ?? usualMinutes) * 60)
        )
    }

    /// When the search for a provider begins: so many seconds before the appointment. `nil` means at once, because there
    /// is no appointment or because it is so near already.
    public static func searchMoment(for time: Date?, leadSeconds: Double, now: Date) -> Date? {
        guard let moment = time?.addingTimeInterval(-max(leadSeconds, 0)), moment > now else { return nil }
        return moment
    }
}
