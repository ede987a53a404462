public import Foundation

/// A code as the outbox file keeps it.
public struct DeliveredCode: Sendable, Hashable {
    public let code: String
    /// What it is good for: `verify`, `reset`, `change`, or `invitation`.
    public let purpose: String
    /// `email` or `phone`.
    public let kind: String
    public let address: String
    public let sentAt: Date
    public let expiresAt: Date
}
