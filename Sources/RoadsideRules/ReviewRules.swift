public import FoundationEssentials

/// When one side of a job may say what it thinks of the other (T36).
public enum ReviewRules {
    public static let stars = 1...5
    /// Characters of a comment. Ours.
    public static let commentLimit = 1000
    /// From the end of the job on: seven days.
    public static let windowSeconds = 7.0 * 24 * 3600

    /// Why a job cannot be reviewed.
    public enum Problem: Sendable, Hashable {
        /// Only work that was done is judged: not a cancellation, and not a job that goes on.
        case notCompleted
        case tooLate
    }

    /// `nil` while a review is welcome.
    ///
    /// - Parameter completedAt: nil for a job that was not completed.
    public static func problem(completedAt: Date?, windowSeconds: Double = windowSeconds, now: Date) -> Problem? {
        guard let completedAt else { return .notCompleted }
        return now.timeIntervalSince(completedAt) > windowSeconds ? .tooLate : nil
    }
}
