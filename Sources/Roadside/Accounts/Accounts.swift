public import BSON
import Foundation
import Mongo
import RoadsideRules

/// Who may sign in, and who is signed in.
///
/// Documents of `users` hold the person, of `mechanics` the provider's working side, of `sessions` the refresh tokens.
/// What belongs together changes in one transaction; passwords are hashed before it and codes are delivered after it.
public struct Accounts: Sendable {
    let dependencies: Dependencies
    let tokens: any AccessTokens
    let delivery: any CodeDelivery
    /// Who says who somebody is, beside ourselves; nil where nobody is trusted to.
    let identities: (any IdentityTokens)?
    let inbox: Inbox
    let dispatch: Dispatch
    let passwords: PasswordHasher
    let gate: SessionGate
    /// Who has been wrong about passwords and codes.
    let guesses: SecretGuesses
    let codeBudgets: CodeBudgets

    init(
        _ dependencies: Dependencies, tokens: any AccessTokens, delivery: any CodeDelivery,
        identities: (any IdentityTokens)? = nil, inbox: Inbox, dispatch: Dispatch
    ) {
        let settings = dependencies.settings
        self.dependencies = dependencies
        self.tokens = tokens
        self.delivery = delivery
        self.identities = identities
        self.inbox = inbox
        self.dispatch = dispatch
        passwords = PasswordHasher(
            peppers: dependencies.secrets.peppers, cost: settings.bcryptCost,
            threads: PasswordThreads(threads: settings.passwordThreads, queue: settings.passwordQueue),
            random: dependencies.random)
        gate = dependencies.gate
        guesses = SecretGuesses(settings.limits) { [security = dependencies.security] in security.note(.guessingWave) }
        codeBudgets = CodeBudgets(dependencies)
    }

    /// - Throws: `NOT_FOUND`.
    public func account(_ id: ObjectID) async throws(RoadsideError) -> Account {
        try await account(where: ["_id": .id(id)])
    }

    /// - Throws: `NOT_FOUND`.
    public func account(number: Int64) async throws(RoadsideError) -> Account {
        try await account(where: ["number": .int64(number)])
    }

    /// Looks up by e-mail address or phone number.
    /// - Throws: `NOT_FOUND`.
    public func account(address: String) async throws(RoadsideError) -> Account {
        guard let address = ContactAddress(address, region: settings.phoneRegion) else {
            throw .notFound("Account")
        }
        return try await account(where: address.filter)
    }

    func account(where filter: Document) async throws(RoadsideError) -> Account {
        let user = try await store.database { () async throws(MongoError) in try await store.users.findOne(filter) }
        guard let user else { throw .notFound("Account") }
        return try await account(user)
    }

    /// Completes a `users` document with the provider's profile.
    func account(_ user: Document) async throws(RoadsideError) -> Account {
        do {
            let account = try Account(user)
            guard account.role == .provider else { return account }
            let profile = try await store.mechanics.findOne(["_id": .id(account.id)])
            return try Account(user, profile: profile)
        } catch {
            throw RoadsideError(any: error)
        }
    }

    var store: Store { dependencies.store }
    var settings: RoadsideSettings { dependencies.settings }
    var now: Date { dependencies.now() }
}
