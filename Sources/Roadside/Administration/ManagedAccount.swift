import BSON

/// An account as those see it who look after accounts: the person, whether he is online, and where the vetting of a
/// provider stands.
public struct ManagedAccount: Sendable, Hashable {
    public let account: Account
    /// nil for everybody but providers.
    public let vetting: Vetting?
    /// Whether he is connected to a server, or was a moment ago.
    public let isOnline: Bool

    public struct Vetting: Sendable, Hashable {
        public let state: VettingState
        /// Why he was rejected.
        public let reason: String?
    }

    /// - Parameters:
    ///   - profile: the `mechanics` document of a provider.
    ///   - online: those who are.
    init(_ user: Document, profile: Document?, online: Set<ObjectID>) throws(BSONError) {
        self.init(try Account(user, profile: profile), profile: profile, online: online)
    }

    init(_ account: Account, profile: Document?, online: Set<ObjectID>) {
        self.account = account
        vetting = profile.map(Vetting.init)
        isOnline = online.contains(account.id)
    }
}

extension ManagedAccount.Vetting {
    fileprivate init(_ profile: Document) {
        let verification = profile.get("verification", as: Document.self)
        state = verification?.get("state").flatMap(VettingState.init(rawValue:)) ?? .pending
        reason = verification?.get("reasons", as: [String].self)?.first
    }
}
