public import FoundationEssentials

/// The right to open one socket, once and soon: for clients that can put a secret nowhere but into an address, where a
/// token has no business.
public struct SocketTicket: Sendable, Hashable {
    /// 43 characters of base64url.
    public let text: String
    public let expiresAt: Date
}
