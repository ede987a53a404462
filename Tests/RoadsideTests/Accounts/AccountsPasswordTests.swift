import BSON
import Foundation
import Mongo
import RoadsideRules
import Synchronization
import Testing

@testable import Roadside

@Suite struct AccountsPasswordTests {
    private static let new = "An even better one"

    private func resetCode(_ bench: AccountsBench, _ address: String) async throws -> String {
        try await bench.accounts.forgotPassword(address: address)
        return try #require(bench.letters.codes(for: address, .reset).last)
    }

    @Test("B9, B10: the code that was sent sets a new password, once, ends every session and proves the address")
    func reset() async throws {
        try await AccountsBench.with { bench in
            let here = try await bench.customer()
            let there = try await bench.accounts.login(email: here.account.email, password: AccountsBench.password)
            _ = try await bench.caller(here)
            let sent = try await resetCode(bench, here.account.email)
            try await bench.accounts.resetPassword(
                address: "Customer1@Example.com", code: sent, password: Self.new)

            for signIn in [here, there] {
                let access = await code { _ = try await bench.caller(signIn) }
                #expect(access == .invalidToken)
                let refreshed = await code { _ = try await bench.accounts.refresh(signIn.tokens.refreshToken) }
                #expect(refreshed == .invalidToken)
            }
            #expect(try await bench.rows(of: here.account.id, kind: "session").count == 1)
            let old = await code {
                _ = try await bench.accounts.login(email: here.account.email, password: AccountsBench.password)
            }
            #expect(old == .invalidCredentials)
            let account = try await bench.accounts.login(email: here.account.email, password: Self.new).account
            #expect(account.isEmailVerified && !account.isPhoneVerified)
            #expect(bench.letters.notices(for: here.account.email) == [.passwordChanged])
            let again = await code {
                try await bench.accounts.resetPassword(
                    address: here.account.email, code: sent, password: AccountsBench.password)
            }
            #expect(again == .codeInvalid)
        }
    }

    @Test("a forgotten password is set by the code sent to the phone, too, written as a national number")
    func byPhone() async throws {
        try await AccountsBench.with { bench in
            let account = try await bench.customer().account
            try await bench.accounts.forgotPassword(address: "0712 000 011")
            let sent = try #require(bench.letters.codes(for: account.phone, .reset).last)
            try await bench.accounts.resetPassword(address: "0712000011", code: sent, password: Self.new)
            #expect(try await bench.accounts.login(phone: account.phone, password: Self.new).account.isPhoneVerified)
        }
    }

    @Test("an address that is not proven sets no password of an account that has one which is")
    func unprovenAddress() async throws {
        try await AccountsBench.with { bench in
            let account = try await bench.customer().account
            let first = try #require(bench.letters.codes(for: account.email).last)
            _ = try await bench.accounts.verify(address: account.email, code: first)
            try await bench.accounts.forgotPassword(address: account.phone)
            #expect(bench.letters.codes(for: account.phone, .reset).isEmpty)
            try await bench.accounts.forgotPassword(address: account.email)
            #expect(bench.letters.codes(for: account.email, .reset).count == 1)
        }
    }

    @Test("a code to change an address does not outlive the password under which it was asked for")
    func voidChange() async throws {
        try await AccountsBench.with { bench in
            let caller = try await bench.caller(try await bench.customer())
            let (old, address) = (AccountsBench.password, "new@example.com")
            try await bench.accounts.changeAddress(caller, to: address, password: old)
            let sent = try #require(bench.letters.codes(for: address, .change).last)
            try await bench.accounts.changePassword(caller, from: old, to: Self.new)
            let refused = await code { _ = try await bench.accounts.confirmAddress(caller, address, code: sent) }
            #expect(refused == .codeInvalid)
        }
    }

    @Test("however many sessions end at once, none of them is forgotten while its tokens are young")
    func manySessions() async throws {
        try await AccountsBench.with { bench in
            let caller = try await bench.caller(try await bench.customer())
            let families = (0..<80).map { _ in ObjectID() }
            try await bench.store.transaction { transaction in
                try Accounts.end(families, of: caller.userID, in: transaction)
            }
            let user = try await bench.store.users.findOne(["_id": .id(caller.userID)])
            #expect(user?.get("ended_sessions", as: [ObjectID].self) == families)
        }
    }

    @Test("T9: a code of one purpose is none of another, not even where its very hash lies")
    func purposes() async throws {
        try await AccountsBench.with { bench in
            let account = try await bench.customer().account
            let verify = try #require(bench.letters.codes(for: account.email).last)
            let reset = try await resetCode(bench, account.email)
            let codes = bench.store.verificationCodes
            let key = BSONValue.string("email:\(account.email)")
            let hash = try #require(try await codes.findOne(["_id": key])?["hash"])
            // Once as they were sent, once with the hash of the verification in the reset's place.
            for _ in 1...2 {
                if verify != reset {
                    let crossed = await code {
                        try await bench.accounts.resetPassword(
                            address: account.email, code: verify, password: Self.new)
                    }
                    #expect(crossed == .codeInvalid)
                    let back = await code { try await bench.accounts.verify(address: account.email, code: reset) }
                    #expect(back == .codeInvalid)
                }
                try await codes.updateOne(
                    ["_id": .string("reset:email:\(account.email)")], ["$set": ["hash": hash, "used": false]])
            }
            #expect(try await bench.accounts.verify(address: account.email, code: verify).isEmailVerified)
        }
    }

    @Test("T9: after five wrong tries the right code is wrong too")
    func tries() async throws {
        try await AccountsBench.with { bench in
            let account = try await bench.customer().account
            let right = try await resetCode(bench, account.email)
            let wrong = right == "000000" ? "000001" : "000000"
            for guess in [wrong, "", "12345", right + "0", wrong, right] {
                let refused = await code {
                    try await bench.accounts.resetPassword(address: account.email, code: guess, password: Self.new)
                }
                #expect(refused == .codeInvalid)
            }
            _ = try await bench.accounts.login(email: account.email, password: AccountsBench.password)
        }
    }

    @Test("T9: new codes give no fresh guesses: fifteen tries an hour, whichever code they mean")
    func triesPerHour() async throws {
        try await AccountsBench.with {
            $0.verificationSendsPerQuarter = 10
        } _: { bench in
            let account = try await bench.customer().account
            for _ in 1...3 {
                let right = try await resetCode(bench, account.email)
                let wrong = right == "000000" ? "000001" : "000000"
                for _ in 1...5 {
                    _ = await code {
                        try await bench.accounts.resetPassword(address: account.email, code: wrong, password: Self.new)
                    }
                }
            }
            let fourth = try await resetCode(bench, account.email)
            let locked = await code {
                try await bench.accounts.resetPassword(address: account.email, code: fourth, password: Self.new)
            }
            #expect(locked == .codeInvalid)
            bench.clock.advance(3600)
            let fifth = try await resetCode(bench, account.email)
            try await bench.accounts.resetPassword(address: account.email, code: fifth, password: Self.new)
        }
    }

    @Test("T9: of fifty parallel right codes one sets the password")
    func parallel() async throws {
        try await AccountsBench.with {
            $0.verificationCode.maxTries = 100
            $0.verificationTriesPerHour = 100
        } _: { bench in
            let account = try await bench.customer().account
            let right = try await resetCode(bench, account.email)
            let outcomes = await race(50) { index in
                try await bench.accounts.resetPassword(
                    address: account.email, code: right, password: "Number \(index) of many")
            }
            #expect(outcomes.count { $0 == nil } == 1)
            #expect(outcomes.count { $0 == .codeInvalid } == 49)
            #expect(try await bench.rows(of: account.id, kind: "session").count == 1)
        }
    }

    @Test("T12: for an address that nobody has the same is written and nothing is sent")
    func unknown() async throws {
        try await AccountsBench.with { bench in
            let account = try await bench.customer().account
            for address in [account.email, "nobody@example.com"] {
                for _ in 1...4 { try await bench.accounts.forgotPassword(address: address) }
            }
            try await bench.accounts.forgotPassword(address: "nonsense")
            #expect(bench.letters.codes(for: account.email, .reset).count == 3)
            #expect(bench.letters.codes(for: "nobody@example.com", .reset).isEmpty)
            let written = try await bench.store.verificationCodes.find(["_id": ["$gte": "reset:", "$lt": "reset;"]])
            #expect(written.count == 2)
            let shapes = Set(written.map { document in document.map(\.0) })
            #expect(shapes.count == 1, "a known and an unknown address leave the same fields")
            #expect(written.allSatisfy { $0.get("sends", as: [Date].self)?.count == 3 })
        }
    }

    @Test("a code for an address that has become another's sets nobody's password")
    func movedAddress() async throws {
        try await AccountsBench.with { bench in
            let account = try await bench.customer().account
            let sent = try await resetCode(bench, account.email)
            try await bench.store.users.updateOne(
                ["_id": .id(account.id)], ["$set": ["email": "elsewhere@example.com"]])
            let refused = await code {
                try await bench.accounts.resetPassword(address: account.email, code: sent, password: Self.new)
            }
            #expect(refused == .codeInvalid)
        }
    }

    @Test("a bad new password is told and leaves the code good")
    func badPassword() async throws {
        try await AccountsBench.with { bench in
            let account = try await bench.customer().account
            let sent = try await resetCode(bench, account.email)
            for password in ["short", "password123", account.name, account.phone] {
                let refused = await refusal {
                    try await bench.accounts.resetPassword(address: account.email, code: sent, password: password)
                }
                #expect(refused?.code == .validation && refused?.fields.map(\.name) == ["password"])
            }
            try await bench.accounts.resetPassword(address: account.email, code: sent, password: Self.new)
        }
    }

    @Test("who knows his password changes it, stays, and his other devices are signed out")
    func change() async throws {
        try await AccountsBench.with { bench in
            let here = try await bench.customer()
            let there = try await bench.accounts.login(email: here.account.email, password: AccountsBench.password)
            let caller = try await bench.caller(here)
            _ = try await bench.caller(there)
            try await bench.accounts.changePassword(caller, from: AccountsBench.password, to: Self.new)

            _ = try await bench.caller(here)
            _ = try await bench.accounts.refresh(here.tokens.refreshToken)
            let access = await code { _ = try await bench.caller(there) }
            #expect(access == .invalidToken)
            let refreshed = await code { _ = try await bench.accounts.refresh(there.tokens.refreshToken) }
            #expect(refreshed == .invalidToken)
            _ = try await bench.accounts.login(email: here.account.email, password: Self.new)
            #expect(bench.letters.notices(for: here.account.email) == [.passwordChanged])
        }
    }

    @Test("a wrong present password and a bad new one change nothing, each under its own name")
    func changeRefused() async throws {
        try await AccountsBench.with { bench in
            let here = try await bench.customer()
            let caller = try await bench.caller(here)
            for (current, new, field) in [
                ("not this one", Self.new, "current_password"), (AccountsBench.password, "short", "new_password"),
                (AccountsBench.password, here.account.email, "new_password"),
            ] {
                let refused = await refusal {
                    try await bench.accounts.changePassword(caller, from: current, to: new)
                }
                #expect(refused?.code == .validation && refused?.fields.map(\.name) == [field])
            }
            _ = try await bench.accounts.login(email: here.account.email, password: AccountsBench.password)
        }
    }

    @Test("a session begun by the old password at the moment of the change does not outlive it")
    func loginAtOnce() async throws {
        try await AccountsBench.with { bench in
            let here = try await bench.customer()
            let caller = try await bench.caller(here)
            var present = AccountsBench.password
            for round in 1...8 {
                let (old, new) = (present, "Number \(round) of many")
                let begun = Mutex<[SignIn]>([])
                let outcomes = await race(5) { index in
                    if index == 1 {
                        try await bench.accounts.changePassword(caller, from: old, to: new)
                    } else {
                        let signIn = try await bench.accounts.login(email: here.account.email, password: old)
                        begun.withLock { $0.append(signIn) }
                    }
                }
                #expect(outcomes.allSatisfy { $0 == nil || $0 == .invalidCredentials })
                for signIn in begun.withLock({ $0 }) {
                    let ended = await code { _ = try await bench.accounts.refresh(signIn.tokens.refreshToken) }
                    #expect(ended == .invalidToken)
                }
                present = new
            }
            _ = try await bench.accounts.login(email: here.account.email, password: present)
        }
    }

    @Test("of changes at the same moment one counts, and the others are told")
    func changesAtOnce() async throws {
        try await AccountsBench.with { bench in
            let here = try await bench.customer()
            let caller = try await bench.caller(here)
            let outcomes = await race(5) { index in
                try await bench.accounts.changePassword(
                    caller, from: AccountsBench.password, to: "Number \(index) of many")
            }
            #expect(outcomes.count { $0 == nil } == 1)
            #expect(outcomes.allSatisfy { $0 == nil || $0 == .conflict || $0 == .validation })
        }
    }
}
