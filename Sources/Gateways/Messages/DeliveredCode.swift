public import Foundation

/// A code as the outbox file keeps it.
public struct DeliveredCode: Sendable, Hashable {
    public let code: String
    /// `email` or `phone`.
    public let kind: String
    public let address: String
    public let sentAt: Date
    public let expiresAt: Date
}
