import BSON
import Foundation
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

@Suite struct AccountsAddressTests {
    private static let email = "new@example.com"

    private func sent(
        _ bench: AccountsBench, _ caller: Caller, to address: String, as text: String? = nil
    ) async throws -> String {
        try await bench.accounts.changeAddress(caller, to: text ?? address, password: AccountsBench.password)
        return try #require(bench.letters.codes(for: address, .change).last)
    }

    @Test("a new address counts once its code is shown; sessions stay, and the old address hears of it")
    func email() async throws {
        try await AccountsBench.with { bench in
            let here = try await bench.provider()
            let there = try await bench.accounts.login(email: here.account.email, password: AccountsBench.password)
            let caller = try await bench.caller(here)
            let sent = try await sent(bench, caller, to: Self.email, as: "New@Example.com")
            #expect(try await bench.accounts.account(caller.userID).email == here.account.email)

            let account = try await bench.accounts.confirmAddress(caller, Self.email, code: sent)
            #expect(account.email == Self.email && account.isEmailVerified && account.provider?.email == Self.email)
            #expect(account.phone == here.account.phone && !account.isPhoneVerified)
            _ = try await bench.caller(here)
            _ = try await bench.accounts.refresh(there.tokens.refreshToken)
            _ = try await bench.accounts.login(email: Self.email, password: AccountsBench.password)
            #expect(bench.letters.notices(for: here.account.email) == [.addressChanged])
            #expect(bench.letters.notices(for: Self.email).isEmpty)
            let words = try await bench.user(caller.userID).get("search", as: [String].self) ?? []
            #expect(words.contains(Self.email) && !words.contains(here.account.email))
            let again = await code { _ = try await bench.accounts.confirmAddress(caller, Self.email, code: sent) }
            #expect(again == .codeInvalid)
            // The old one is free.
            var other = Registration.provider(2)
            other.email = here.account.email
            _ = try await bench.accounts.register(other)
        }
    }

    @Test("a phone number changes in the same way, and finds the account where providers are searched")
    func phone() async throws {
        try await AccountsBench.with { bench in
            let here = try await bench.provider()
            let caller = try await bench.caller(here)
            let sent = try await sent(bench, caller, to: "+254733123456", as: "0733 123 456")
            let account = try await bench.accounts.confirmAddress(caller, "0733123456", code: sent)
            #expect(account.phone == "+254733123456" && account.isPhoneVerified)
            #expect(account.provider?.phone == "+254733123456")
            #expect(bench.letters.notices(for: here.account.phone) == [.addressChanged])
        }
    }

    @Test("T12: whether somebody has the address is told to nobody who has not proved it, and to him it is a conflict")
    func taken() async throws {
        try await AccountsBench.with { bench in
            let owner = try await bench.customer(1).account
            let caller = try await bench.caller(try await bench.customer(2))
            let sent = try await sent(bench, caller, to: owner.email)
            let wrong = await code {
                _ = try await bench.accounts.confirmAddress(
                    caller, owner.email, code: sent == "000000" ? "000001" : "000000")
            }
            #expect(wrong == .codeInvalid)
            let proved = await code { _ = try await bench.accounts.confirmAddress(caller, owner.email, code: sent) }
            #expect(proved == .emailTaken)
            #expect(try await bench.accounts.account(caller.userID).email == "customer2@example.com")
            #expect(bench.letters.notices(for: "customer2@example.com").isEmpty)
        }
    }

    @Test("a code serves him who asked for it: not another account, not another address, not another purpose")
    func bound() async throws {
        try await AccountsBench.with { bench in
            let mine = try await bench.caller(try await bench.customer(1))
            let other = try await bench.caller(try await bench.customer(2))
            let sent = try await sent(bench, mine, to: Self.email)
            for _ in 1...6 {
                let stranger = await code { _ = try await bench.accounts.confirmAddress(other, Self.email, code: sent) }
                #expect(stranger == .codeInvalid)
            }
            let elsewhere = await code {
                _ = try await bench.accounts.confirmAddress(mine, "x@example.com", code: sent)
            }
            #expect(elsewhere == .codeInvalid)
            let verified = await code { try await bench.accounts.verify(address: Self.email, code: sent) }
            #expect(verified == .codeInvalid)
            // Nobody else has spent the tries of it.
            #expect(try await bench.accounts.confirmAddress(mine, Self.email, code: sent).email == Self.email)
        }
    }

    @Test("a wrong password, one's own address and what is no address are refused under their names")
    func refused() async throws {
        try await AccountsBench.with { bench in
            let account = try await bench.customer().account
            let caller = try await bench.caller(
                try await bench.accounts.login(email: account.email, password: AccountsBench.password))
            for (address, password, field) in [
                (Self.email, "not this one", "password"), (account.email, AccountsBench.password, "email"),
                ("0712 000 011", AccountsBench.password, "phone"), ("nobody@", AccountsBench.password, "email"),
                ("12", AccountsBench.password, "phone"),
            ] {
                let answer = await refusal {
                    try await bench.accounts.changeAddress(caller, to: address, password: password)
                }
                #expect(answer?.code == .validation && answer?.fields.map(\.name) == [field], "\(address)")
            }
            #expect(try await bench.store.verificationCodes.count(["_id": ["$gte": "change:", "$lt": "change;"]]) == 0)
        }
    }

    @Test("T9: of fifty parallel right codes one changes the address, and two accounts do not get one address")
    func parallel() async throws {
        try await AccountsBench.with {
            $0.verificationCode.maxTries = 100
            $0.verificationTriesPerHour = 100
        } _: { bench in
            let caller = try await bench.caller(try await bench.customer())
            let right = try await sent(bench, caller, to: Self.email)
            let outcomes = await race(50) { _ in
                _ = try await bench.accounts.confirmAddress(caller, Self.email, code: right)
            }
            #expect(outcomes.count { $0 == nil } == 1 && outcomes.count { $0 == .codeInvalid } == 49)
            #expect(bench.letters.notices(for: "customer1@example.com").count == 1)
        }
    }

    @Test("a code for a new password that went to the old address opens nothing any more")
    func oldReset() async throws {
        try await AccountsBench.with { bench in
            let here = try await bench.customer()
            let caller = try await bench.caller(here)
            try await bench.accounts.forgotPassword(address: here.account.email)
            let reset = try #require(bench.letters.codes(for: here.account.email, .reset).last)
            let change = try await sent(bench, caller, to: Self.email)
            _ = try await bench.accounts.confirmAddress(caller, Self.email, code: change)
            let refused = await code {
                try await bench.accounts.resetPassword(
                    address: here.account.email, code: reset, password: "An even better one")
            }
            #expect(refused == .codeInvalid)
        }
    }
}
