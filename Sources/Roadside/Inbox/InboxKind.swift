/// What a row of the inbox is about. Raw values are stored.
public enum InboxKind: String, Sendable, CaseIterable {
    case jobStatus = "job.status"
    case jobOTP = "job.otp"
    case offerNew = "offer.new"
    case offerWithdrawn = "offer.withdrawn"
    /// The recipient's sessions were revoked. For sockets only: never listed, never counted as unread.
    case session
    case message
    /// Somebody is in danger, or what has become of that.
    case emergency = "emergency.alert"
    /// The other side of a job has written.
    case chatMessage = "chat.message"
}
