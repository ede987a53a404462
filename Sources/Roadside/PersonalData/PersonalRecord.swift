public import BSON
public import FoundationEssentials

/// Everything that is held about somebody, as he himself may see it: no hash, no token, no code.
public struct PersonalRecord: Sendable {
    public let account: Account
    /// Asked for or held, newest first.
    public let jobs: [Job]
    /// Made, or of jobs held, newest first.
    public let bookings: [Booking]
    /// Newest first.
    public let notifications: [InboxRow]
    /// Those he keeps as a customer, by plate.
    public let vehicles: [Vehicle]
    /// What he has paid, or was paid for jobs he held, newest first.
    public let payments: [Payment]
    /// What he has said of the other sides of jobs, newest first.
    public let reviews: [Review]
    /// What he has written to them, newest first.
    public let messages: [ChatMessage]
    /// His calls for help, newest first.
    public let emergencies: [EmergencyAlert]
    /// Whom they reach beside staff.
    public let contacts: [TrustedContact]
    /// What he has handed in as a provider, newest first.
    public let papers: [Paper]
    /// Files he has sent, newest first; their bytes are at their addresses.
    public let uploads: [Upload]
    /// Those that go on, the newest first.
    public let sessions: [SessionSummary]
}

/// A session that goes on, without what it goes on by.
public struct SessionSummary: Sendable, Hashable {
    public let id: ObjectID
    public let startedAt: Date
    /// When its token was last replaced.
    public let renewedAt: Date
    /// When it ends unless it is used again.
    public let expiresAt: Date
    /// Whether it is the one that asks.
    public let isCurrent: Bool
}

extension SessionSummary {
    /// - Parameter document: the living token of a session.
    init?(_ document: Document, asking caller: Caller) {
        guard let session = Session(document), let renewedAt: Date = document.get("created_at"),
            // An id begins with the second in which it was made, and a session's was made with it.
            let second = UInt32(session.family.hex.prefix(8), radix: 16)
        else { return nil }
        id = session.family
        startedAt = Date(timeIntervalSince1970: Double(second))
        self.renewedAt = renewedAt
        expiresAt = session.expiresAt
        isCurrent = session.family == caller.sessionID
    }
}
