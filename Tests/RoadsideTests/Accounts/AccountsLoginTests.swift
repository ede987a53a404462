import BSON
import Foundation
import Mongo
import Testing

@testable import Roadside

@Suite struct AccountsLoginTests {
    @Test("D2, B5: one signs in by e-mail address or by phone number, in any spelling")
    func signsIn() async throws {
        try await AccountsBench.with { bench in
            let registered = try await bench.customer()
            let byEmail = try await bench.accounts.login(
                email: "CUSTOMER1@example.com", password: AccountsBench.password)
            let byPhone = try await bench.accounts.login(phone: "0712000011", password: AccountsBench.password)
            #expect(byEmail.account.id == registered.account.id && byPhone.account.id == registered.account.id)
            let sessions = [
                try await bench.caller(registered).sessionID, try await bench.caller(byEmail).sessionID,
                try await bench.caller(byPhone).sessionID,
            ]
            #expect(Set(sessions).count == 3)
        }
    }

    @Test("a wrong password and an unknown account get the same answer")
    func alike() async throws {
        try await AccountsBench.with { bench in
            try await bench.customer()
            let attempts = [
                ("customer1@example.com", "wrong password"), ("nobody@example.com", AccountsBench.password),
                ("not an address", AccountsBench.password), ("customer1@example.com", ""),
            ]
            var answers: Set<String> = []
            for (email, password) in attempts {
                let answer = await refusal { _ = try await bench.accounts.login(email: email, password: password) }
                answers.insert(try #require(answer).description)
            }
            #expect(answers == ["INVALID_CREDENTIALS: Wrong e-mail address, phone number or password."])
        }
    }

    @Test("an unknown account takes the same way through the hashing threads, and a full queue refuses both")
    func equalWork() async throws {
        try await AccountsBench.with {
            $0.passwordThreads = 1
            $0.passwordQueue = 0
        } _: { bench in
            try await bench.customer()
            try await bench.whileHashing {
                for email in ["customer1@example.com", "nobody@example.com"] {
                    let refused = await code {
                        _ = try await bench.accounts.login(email: email, password: AccountsBench.password)
                    }
                    #expect(refused == .overloaded)
                }
            }
            _ = try await bench.accounts.login(email: "customer1@example.com", password: AccountsBench.password)
        }
    }

    @Test("that an account is disabled is told only to who knows its password")
    func disabled() async throws {
        try await AccountsBench.with { bench in
            let signIn = try await bench.customer()
            _ = try await bench.accounts.setActive(false, account: signIn.account.id)
            let email = signIn.account.email
            let knowing = await code {
                _ = try await bench.accounts.login(email: email, password: AccountsBench.password)
            }
            #expect(knowing == .accountDisabled)
            let guessing = await code { _ = try await bench.accounts.login(email: email, password: "wrong password") }
            #expect(guessing == .invalidCredentials)
        }
    }

    @Test("an imported $2b$ hash verifies and is replaced by a peppered one")
    func imported() async throws {
        try await AccountsBench.with { bench in
            let signIn = try await bench.customer()
            // Made with cost 4 by another implementation.
            try await bench.store.users.updateOne(
                ["_id": .id(signIn.account.id)],
                ["$set": ["password_hash": "$2b$04$abcdefghijklmnopqrstuuHdl3ErCK5scAomrDl5YOSlTsJrg2wiK"]])
            let email = signIn.account.email
            for wrong in ["Safari-2024", "Safari-2024 ñ\u{0}more", AccountsBench.password] {
                let refused = await code { _ = try await bench.accounts.login(email: email, password: wrong) }
                #expect(refused == .invalidCredentials)
            }
            for _ in 1...2 {
                _ = try await bench.accounts.login(email: email, password: "Safari-2024 ñ")
                let hash = try await bench.user(signIn.account.id).get("password_hash", as: String.self)
                #expect(hash?.hasPrefix("hs256:p1:$2b$04$") == true)
            }
        }
    }

    @Test("a hash of another cost or pepper is renewed, and one whose pepper is gone admits nobody")
    func renewal() async throws {
        try await AccountsBench.with { bench in
            let signIn = try await bench.customer()
            let (id, email) = (signIn.account.id, signIn.account.email)

            let costlier = try await bench.otherServer(bcryptCost: 5)
            _ = try await costlier.login(email: email, password: AccountsBench.password)
            #expect(
                try await bench.user(id).get("password_hash", as: String.self)?.hasPrefix("hs256:p1:$2b$05$") == true)

            let rotated = try await bench.otherServer(
                secrets: .forTests(pepper: "p2", retired: [.test("p1")]), bcryptCost: 5)
            _ = try await rotated.login(email: email, password: AccountsBench.password)
            #expect(
                try await bench.user(id).get("password_hash", as: String.self)?.hasPrefix("hs256:p2:$2b$05$") == true)

            let refused = await code {
                _ = try await bench.accounts.login(email: email, password: AccountsBench.password)
            }
            #expect(refused == .invalidCredentials)
        }
    }

    @Test("a long password counts to its last character, and one spelling of a letter is as good as the other")
    func wholePassword() async throws {
        try await AccountsBench.with { bench in
            var registration = Registration.customer()
            registration.password = String(repeating: "kilimanjaro", count: 10) + "caf\u{E9}"
            let signIn = try await bench.accounts.register(registration)
            let long = String(repeating: "kilimanjaro", count: 10)
            _ = try await bench.accounts.login(email: signIn.account.email, password: long + "cafe\u{301}")
            let refused = await code {
                _ = try await bench.accounts.login(email: signIn.account.email, password: long + "cafe")
            }
            #expect(refused == .invalidCredentials)
        }
    }
}
