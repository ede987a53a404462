public import Foundation

/// Port: reads what an outside party (Google) says of somebody who has signed in there. Adapters know its tokens and keys,
/// accounts know what follows from them.
public protocol IdentityTokens: Sendable {
    /// - Parameter nonce: what the client gave the party to put into the token; nil when it gave nothing. A token
    ///   that has one counts only with it.
    /// - Throws: `INVALID_CREDENTIALS` for anything but a token that was made for us, is good at `now` and proves an e-mail
    ///   address; `OVERLOADED` while the party's keys cannot be had.
    func verify(_ token: String, nonce: String?, now: Date) async throws(RoadsideError) -> OutsideIdentity
}

/// Somebody as an outside party knows him.
public struct OutsideIdentity: Sendable, Hashable {
    /// Never another person's, and never another one for the same person: the only thing an account is found by.
    public let subject: String
    /// Normalised; proven to the outside party.
    public let email: String
    /// Whether the party itself gives out such addresses, so that its word for one is as good as a code sent there.
    public let isAuthoritative: Bool
    /// Whatever the person wrote there; may be empty.
    public let name: String

    public init(subject: String, email: String, isAuthoritative: Bool, name: String) {
        self.subject = subject
        self.email = email
        self.isAuthoritative = isAuthoritative
        self.name = name
    }
}
