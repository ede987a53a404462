import RoadsideRules

/// The status words of all five systems (contracts 1.G, read backwards). Spelling of case, `_` and commas does not count.
enum StatusWords {
    private static let words: [String: JobStatus] = [
        "scheduled": .scheduled, "pending": .matching, "requested": .matching, "searching": .matching,
        "accepted": .accepted, "confirmed": .accepted, "assigned": .accepted, "on the way": .enRoute,
        "arrived at pickup": .arrived, "arrived": .arrived, "picked up": .towing, "in progress": .inProgress,
        "ongoing": .inProgress, "on trip": .inProgress, "arrived at destination": .atDestination,
        "completed": .completed, "cancelled": .cancelled, "canceled": .cancelled, "rejected": .cancelled,
        "expired": .expired, "failed": .failed,
    ]

    static func status(_ word: String) -> JobStatus? {
        words[word.lowercased().filter { $0 != "," }.split { $0 == "_" || $0 == " " }.joined(separator: " ")]
    }
}
