import BSON

/// An account as those see it who look after accounts: the person, and where the vetting of a provider stands.
public struct ManagedAccount: Sendable, Hashable {
    public let account: Account
    /// nil for everybody but providers.
    public let vetting: Vetting?

    public struct Vetting: Sendable, Hashable {
        public let state: VettingState
        /// Why he was rejected.
        public let reason: String?
    }

    /// - Parameter profile: the `mechanics` document of a provider.
    init(_ user: Document, profile: Document?) throws(BSONError) {
        account = try Account(user, profile: profile)
        vetting = profile.map(Vetting.init)
    }

    init(_ account: Account, profile: Document?) {
        self.account = account
        vetting = profile.map(Vetting.init)
    }
}

extension ManagedAccount.Vetting {
    fileprivate init(_ profile: Document) {
        let verification = profile.get("verification", as: Document.self)
        state = verification?.get("state").flatMap(VettingState.init(rawValue:)) ?? .pending
        reason = verification?.get("reasons", as: [String].self)?.first
    }
}
