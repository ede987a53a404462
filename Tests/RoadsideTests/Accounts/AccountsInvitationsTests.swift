import BSON
import Foundation
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

@Suite("T5: invitations")
struct AccountsInvitationsTests {
    private func admin(_ bench: AccountsBench) async throws -> Caller {
        let account = try await bench.accounts.createAdmin(
            email: "admin@example.com", password: AccountsBench.password, name: "Amina Hassan")
        let signIn = try await bench.accounts.login(
            email: account.email, password: AccountsBench.password)
        return try await bench.caller(signIn)
    }

    private func accept(_ token: String, _ bench: AccountsBench, phone: String? = nil) async throws -> SignIn {
        try await bench.accounts.acceptInvitation(
            token, name: "Daniel Otieno", password: AccountsBench.password, phone: phone)
    }

    @Test(
        "T5: an invitation makes one account of its role under its address, which is proven, and works no second time")
    func accepted() async throws {
        try await AccountsBench.with { bench in
            let admin = try await admin(bench)
            for (index, role) in [Role.dispatcher, .partner, .admin].enumerated() {
                let email = "new\(index)@example.com"
                let invitation = try await bench.accounts.invite(" New\(index)@Example.com", as: role, by: admin)
                #expect(invitation.email == email && invitation.state == .pending)
                let token = try #require(bench.letters.invitations(for: email).first)
                let signIn = try await accept(token, bench, phone: "071200030\(index)")
                #expect(signIn.account.role == role && signIn.account.email == email)
                #expect(signIn.account.isEmailVerified && !signIn.account.isPhoneVerified)
                #expect(try await bench.caller(signIn).role == role)
                let again = await code { _ = try await accept(token, bench) }
                #expect(again == .notFound)
                let page = try await bench.accounts.invitations(in: .accepted, .page(1), for: admin)
                #expect(page.items.first?.userID == signIn.account.id)
            }
            // Neither open nor in any other form than its hash.
            let stored = try await bench.store.invitations.find()
            let texts = stored.map(\.debugDescription).joined()
            for index in 0..<3 {
                let token = try #require(bench.letters.invitations(for: "new\(index)@example.com").first)
                #expect(!texts.contains(token))
            }
            let audit = try await bench.store.auditLog.find(sort: ["_id": 1])
            let actions = audit.compactMap { $0.get("action", as: String.self) }.filter { $0.hasPrefix("invitation.") }
            let pair = ["invitation.created", "invitation.accepted"]
            #expect(actions == pair + pair + pair)
        }
    }

    @Test("T5: of many who show a token at once one gets in, and there is one account")
    func race() async throws {
        try await AccountsBench.with { bench in
            let admin = try await admin(bench)
            _ = try await bench.accounts.invite("one@example.com", as: .admin, by: admin)
            let token = try #require(bench.letters.invitations(for: "one@example.com").first)
            let results = await together(8) { _ in
                try await bench.accounts.acceptInvitation(
                    token, name: "Daniel Otieno", password: AccountsBench.password)
            }
            #expect(results.compactMap(\.value).count == 1)
            let refused = results.compactMap(\.code)
            #expect(refused.count == 7 && Set(refused).isSubset(of: [.notFound, .emailTaken]), "\(refused)")
            #expect(try await bench.store.users.count(["roles": "admin"]) == 2)
            #expect(try await bench.store.users.count(["email": "one@example.com"]) == 1)
        }
    }

    @Test("T5: nobody but an admin invites, and to nothing that registers itself")
    func roles() async throws {
        try await AccountsBench.with { bench in
            let admin = try await admin(bench)
            for role in Role.allCases where role != .admin {
                let caller = Caller(
                    userID: ObjectID(), role: role, sessionID: ObjectID(), sessionVersion: 0, expiresAt: Date())
                let refusals = [
                    await code { _ = try await bench.accounts.invite("a@example.com", as: .admin, by: caller) },
                    await code { _ = try await bench.accounts.invitations(in: nil, .page(1), for: caller) },
                    await code { _ = try await bench.accounts.revokeInvitation(ObjectID(), by: caller) },
                ]
                #expect(refusals == [.forbidden, .forbidden, .forbidden], "\(role)")
            }
            for role in [Role.customer, .provider] {
                let refused = await code { _ = try await bench.accounts.invite("a@example.com", as: role, by: admin) }
                #expect(refused == .validation)
            }
            let noAddress = await code { _ = try await bench.accounts.invite("nobody", as: .partner, by: admin) }
            #expect(noAddress == .validation)
            #expect(try await bench.store.invitations.count() == 0)
        }
    }

    @Test("T5: an account that exists keeps its role, whether it was there before the invitation or came after it")
    func existing() async throws {
        try await AccountsBench.with { bench in
            let admin = try await admin(bench)
            let customer = try await bench.customer(1)
            let before = await code {
                _ = try await bench.accounts.invite(customer.account.email, as: .admin, by: admin)
            }
            #expect(before == .emailTaken)
            _ = try await bench.accounts.invite("customer2@example.com", as: .admin, by: admin)
            let token = try #require(bench.letters.invitations(for: "customer2@example.com").first)
            let late = try await bench.customer(2)
            let after = await code { _ = try await accept(token, bench) }
            #expect(after == .emailTaken)
            for person in [customer, late] {
                #expect(try await bench.accounts.account(person.account.id).role == .customer)
            }
            #expect(try await bench.store.users.count(["roles": "admin"]) == 1)
        }
    }

    @Test("T5: a token that ran out, was taken back or replaced, or whose host is no admin any more opens nothing")
    func ended() async throws {
        try await AccountsBench.with { bench in
            let admin = try await admin(bench)
            let second = try await bench.accounts.createAdmin(
                email: "second@example.com", password: AccountsBench.password, name: "Second")
            let host = try await bench.caller(
                try await bench.accounts.login(email: second.email, password: AccountsBench.password))
            let email = "late@example.com"
            let revoked = try await bench.accounts.invite(email, as: .dispatcher, by: admin)
            _ = try await bench.accounts.revokeInvitation(revoked.id, by: admin)
            #expect(try await bench.accounts.revokeInvitation(revoked.id, by: admin).state == .revoked)
            _ = try await bench.accounts.invite(email, as: .dispatcher, by: admin)
            _ = try await bench.accounts.invite(email, as: .dispatcher, by: host)
            let tokens = bench.letters.invitations(for: email)
            #expect(Set(tokens).count == 3)
            for token in tokens.dropLast() + ["", "x", String(repeating: "A", count: 43)] {
                let refused = await code { _ = try await accept(token, bench) }
                #expect(refused == .notFound)
            }
            let last = try #require(tokens.last)
            _ = try await bench.accounts.setActive(false, account: second.id)
            let hostless = await code { _ = try await accept(last, bench) }
            #expect(hostless == .notFound)
            _ = try await bench.accounts.setActive(true, account: second.id)
            bench.clock.advance(InvitationRules.lifetime)
            let late = await code { _ = try await accept(last, bench) }
            #expect(late == .notFound)
            let expired = try await bench.accounts.invitations(in: .expired, .page(1), for: admin)
            #expect(expired.items.map(\.email) == [email] && expired.total == 1)
            #expect(try await bench.accounts.invitations(in: .pending, .page(1), for: admin).items.isEmpty)
            #expect(try await bench.store.users.count(["email": .string(email)]) == 0)
        }
    }

    @Test("T5: what is wrong with the newcomer is told and spends nothing")
    func wrong() async throws {
        try await AccountsBench.with { bench in
            let admin = try await admin(bench)
            _ = try await bench.accounts.invite("new@example.com", as: .partner, by: admin)
            let token = try #require(bench.letters.invitations(for: "new@example.com").first)
            let refused = await refusal {
                _ = try await bench.accounts.acceptInvitation(token, name: " ", password: "short", phone: "12")
            }
            #expect(Set((refused?.fields ?? []).map(\.name)) == ["name", "password", "phone"])
            #expect(try await accept(token, bench).account.role == .partner)
            let done = try #require(try await bench.accounts.invitations(in: nil, .page(1), for: admin).items.first)
            let conflict = await code { _ = try await bench.accounts.revokeInvitation(done.id, by: admin) }
            #expect(conflict == .conflict)
        }
    }
}
