/// What a code sent to an address is good for. A code of one purpose never passes for another: the purpose is part of
/// its hash and of its document's name. Raw values are stored.
public enum CodePurpose: String, Sendable, CaseIterable {
    /// Proves an address of the account.
    case verify
    /// Sets a new password.
    case reset
    /// Puts this address in the place of another one.
    case change
}
