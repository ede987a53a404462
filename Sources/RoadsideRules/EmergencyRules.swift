public import FoundationEssentials

/// Where a call for help in danger stands.
public enum EmergencyState: String, CaseIterable, Sendable, Hashable {
    /// Nobody has said yet that he looks after it.
    case open
    case acknowledged
    case resolved

    /// Only a person ends it: neither time nor the end of a job does (U10).
    public var isLive: Bool { self != .resolved }
}

/// When others are told of a call for help, and who may end it.
public enum EmergencyRules {
    /// Presses within so many seconds of the last telling join it quietly. Ours: a minute.
    public static let repeatSeconds = 60.0
    /// Characters of what is said with it, and of a note. Ours.
    public static let wordsLimit = 500
    /// Trusted contacts of one person. Ours.
    public static let mostContacts = 5
    /// Recipients of one transaction (README decision 27).
    public static let batch = 5

    /// Whether another press while the alert is live tells everybody once more, and opens it again when somebody had
    /// acknowledged it.
    public static func tellsAgain(toldAt: Date, repeatSeconds: Double = repeatSeconds, now: Date) -> Bool {
        now.timeIntervalSince(toldAt) >= repeatSeconds
    }

    /// The states from which staff lead an alert to this one.
    public static func sources(of state: EmergencyState) -> Set<EmergencyState> {
        switch state {
        case .open: []
        case .acknowledged: [.open]
        case .resolved: [.open, .acknowledged]
        }
    }
}
