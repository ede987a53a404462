/// A session that has just begun or gone on.
public struct SignIn: Sendable {
    public let account: Account
    public let tokens: TokenPair
    /// Sentences the person should read, such as that a provider without a position is found by nobody.
    public let notices: [String]
}
