/// What a row of the inbox is about. Raw values are stored.
public enum InboxKind: String, Sendable, CaseIterable {
    case jobStatus = "job.status"
    case jobOTP = "job.otp"
    case offerNew = "offer.new"
    case offerWithdrawn = "offer.withdrawn"
    /// What became of the offer to the provider whom a customer chose, who may choose again (A9, A19).
    case offerAnswer = "offer.answer"
    /// A payment has changed.
    case payment = "payment.status"
    /// The recipient's sessions were revoked. For sockets only: never listed, never counted as unread.
    case session
    case message
    /// Somebody is in danger, or what has become of that.
    case emergency = "emergency.alert"
    /// The other side of a job has written.
    case chatMessage = "chat.message"
}
