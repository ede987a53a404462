import BSON
import Foundation
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

@Suite struct AccountsIdentityTests {
    /// Believes every text that names somebody it knows.
    private struct Acquaintances: IdentityTokens {
        let known: [String: OutsideIdentity]

        func verify(_ token: String, nonce: String?, now: Date) async throws(RoadsideError) -> OutsideIdentity {
            guard let identity = known[token] else { throw .foreignIdentity }
            return identity
        }
    }

    private static func with(
        _ people: [String: OutsideIdentity], _ body: (AccountsBench, Accounts) async throws -> Void
    ) async throws {
        try await AccountsBench.with { bench in
            try await body(bench, await bench.accounts(trusting: Acquaintances(known: people)))
        }
    }

    private static func identity(
        _ subject: String, _ email: String, isAuthoritative: Bool = true, name: String = "Wanjiku Kamau"
    ) -> OutsideIdentity {
        OutsideIdentity(subject: subject, email: email, isAuthoritative: isAuthoritative, name: name)
    }

    @Test(
        "B6: a newcomer becomes a customer with a proven address and no password, and is found again by his name there")
    func newcomer() async throws {
        try await Self.with([
            "a": Self.identity("1", "wanjiku@gmail.com"), "b": Self.identity("1", "moved@gmail.com"),
            "c": Self.identity("2", "nameless@gmail.com", name: " \u{202E} "),
        ]) { bench, accounts in
            let first = try await accounts.signIn(identity: "a")
            #expect(first.account.role == .customer && first.account.isEmailVerified && first.account.phone.isEmpty)
            #expect(first.account.name == "Wanjiku Kamau" && first.account.email == "wanjiku@gmail.com")
            #expect(try await bench.user(first.account.id)["password_hash"] == nil)
            let login = await code { _ = try await accounts.login(email: "wanjiku@gmail.com", password: "") }
            #expect(login == .invalidCredentials)
            // The address he has there now is none of our business.
            let again = try await accounts.signIn(identity: "b")
            #expect(again.account.id == first.account.id && again.account.email == "wanjiku@gmail.com")
            #expect(try await accounts.signIn(identity: "c").account.name == "nameless")
            // He can have a password like everybody.
            try await accounts.forgotPassword(address: "wanjiku@gmail.com")
            let sent = try #require(bench.letters.codes(for: "wanjiku@gmail.com", .reset).last)
            try await accounts.resetPassword(address: "wanjiku@gmail.com", code: sent, password: "An even better one")
            _ = try await accounts.login(email: "wanjiku@gmail.com", password: "An even better one")
        }
    }

    @Test("T17: an account is joined by a proven address that the party gives out, else by its password, once")
    func joining() async throws {
        let email = "customer1@example.com"
        try await Self.with([
            "own": Self.identity("1", email), "foreign": Self.identity("2", email, isAuthoritative: false),
        ]) { bench, accounts in
            let account = try await bench.customer().account
            for token in ["own", "foreign"] {
                let unproven = await code { _ = try await accounts.signIn(identity: token) }
                #expect(unproven == .emailTaken, "nobody has proven here that the address is his")
            }
            let wrong = await code { _ = try await accounts.signIn(identity: "own", password: "not this one") }
            #expect(wrong == .invalidCredentials)
            let sent = try #require(bench.letters.codes(for: email).last)
            try await accounts.verify(address: email, code: sent)
            let outside = await code { _ = try await accounts.signIn(identity: "foreign") }
            #expect(outside == .emailTaken)
            #expect(try await accounts.signIn(identity: "own").account.id == account.id)
            #expect(try await accounts.login(email: email, password: AccountsBench.password).account.id == account.id)
            // The same address under another name there is somebody else.
            for password in [nil, AccountsBench.password] {
                let other = await code { _ = try await accounts.signIn(identity: "foreign", password: password) }
                #expect(other == .invalidCredentials)
            }
        }
    }

    @Test("T17: the password joins an account whose address is not the party's to vouch for")
    func byPassword() async throws {
        let email = "customer1@example.com"
        try await Self.with(["a": Self.identity("1", email, isAuthoritative: false)]) { bench, accounts in
            let account = try await bench.customer().account
            let joined = try await accounts.signIn(identity: "a", password: AccountsBench.password).account
            #expect(joined.id == account.id && joined.isEmailVerified)
            #expect(try await accounts.signIn(identity: "a").account.id == account.id)
        }
    }

    @Test("who comes twice at once has one account, and a disabled one stays out")
    func once() async throws {
        try await Self.with(["a": Self.identity("1", "wanjiku@gmail.com")]) { bench, accounts in
            let outcomes = await race(20) { _ in _ = try await accounts.signIn(identity: "a") }
            #expect(outcomes.allSatisfy { $0 == nil })
            #expect(try await bench.store.users.count() == 1)
            let id = try await accounts.signIn(identity: "a").account.id
            _ = try await accounts.setActive(false, account: id)
            let disabled = await code { _ = try await accounts.signIn(identity: "a") }
            #expect(disabled == .accountDisabled)
            let foreign = await code { _ = try await accounts.signIn(identity: "x") }
            #expect(foreign == .invalidCredentials)
            let unset = await code { _ = try await bench.accounts.signIn(identity: "a") }
            #expect(unset == .notFound)
        }
    }
}
