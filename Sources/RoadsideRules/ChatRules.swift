public import FoundationEssentials

/// What the two sides of a job may write to each other, and when.
public enum ChatRules {
    /// Bytes of UTF-8 of one message (realtime.md §3.8).
    public static let bytes = 1...4096
    /// For so long after the end of a job its sides may still write: for what was left in the car. Ours.
    public static let afterSeconds = 3600.0
    /// Messages of one sender within a minute. Ours: more than anybody types.
    public static let perMinute = 30

    /// Why nothing can be written.
    public enum Problem: Sendable, Hashable {
        /// Nobody has the job.
        case notTaken
        case over
    }

    /// `nil` while the two may write to each other: from acceptance until some time after the end.
    ///
    /// - Parameters:
    ///   - isHeld: whether somebody has the job, or had it when it ended.
    ///   - endedAt: nil for a job that goes on.
    public static func problem(
        isHeld: Bool, endedAt: Date?, afterSeconds: Double = afterSeconds, now: Date
    ) -> Problem? {
        guard isHeld else { return .notTaken }
        guard let endedAt else { return nil }
        return now.timeIntervalSince(endedAt) > afterSeconds ? .over : nil
    }

    /// A message as it is kept: without white space around it. `nil` when nothing is left, when it is too long, and for
    /// control characters but line breaks and tabs.
    public static func text(_ text: String) -> String? {
        let text = ContactRules.trimmed(text)
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            scalar == "\n" || scalar == "\r" || scalar == "\t" || scalar.properties.generalCategory != .control
        }
        return bytes.contains(text.utf8.count) && isPlain ? text : nil
    }
}
