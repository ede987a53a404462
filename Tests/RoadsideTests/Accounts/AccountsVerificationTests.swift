import BSON
import Foundation
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

@Suite struct AccountsVerificationTests {
    @Test("B7, B8: the code that was sent proves the address, once, and no other address")
    func proves() async throws {
        try await AccountsBench.with { bench in
            let account = try await bench.customer().account
            let byMail = try #require(bench.letters.codes(for: account.email).last)
            let byPhone = try #require(bench.letters.codes(for: account.phone).last)
            let allDigits = byMail.utf8.allSatisfy { (0x30...0x39).contains($0) }
            #expect(byMail.utf8.count == 6 && allDigits)

            let stored = try #require(try await bench.store.verificationCodes.findOne(["kind": "email"]))
            #expect(!String(decoding: stored.bytes, as: UTF8.self).contains(byMail))
            if byMail != byPhone {
                let elsewhere = await code { try await bench.accounts.verify(address: account.phone, code: byMail) }
                #expect(elsewhere == .codeInvalid)
            }
            let proven = try await bench.accounts.verify(address: "Customer1@Example.com", code: byMail)
            #expect(proven.isEmailVerified && !proven.isPhoneVerified && proven.isVerified)
            let again = await code { try await bench.accounts.verify(address: account.email, code: byMail) }
            #expect(again == .codeInvalid)
            let both = try await bench.accounts.verify(address: "0712000011", code: byPhone)
            #expect(both.isEmailVerified && both.isPhoneVerified)
        }
    }

    @Test("T9: after five wrong tries the right code is wrong too")
    func tries() async throws {
        try await AccountsBench.with { bench in
            let account = try await bench.customer().account
            let right = try #require(bench.letters.codes(for: account.email).last)
            let wrong = right == "000000" ? "000001" : "000000"
            for guess in [wrong, "", "12345", right + "0", wrong, right] {
                let refused = await code { try await bench.accounts.verify(address: account.email, code: guess) }
                #expect(refused == .codeInvalid)
            }
            #expect(try await !bench.accounts.account(account.id).isVerified)
        }
    }

    @Test("T9: of fifty parallel right codes one succeeds")
    func parallel() async throws {
        try await AccountsBench.with {
            $0.verificationCode.maxTries = 100
        } _: { bench in
            let account = try await bench.customer().account
            let right = try #require(bench.letters.codes(for: account.email).last)
            let outcomes = await race(50) { _ in try await bench.accounts.verify(address: account.email, code: right) }
            let winners = outcomes.filter { $0 == nil }
            #expect(winners.count == 1)
            let losers = outcomes.filter { $0 == .codeInvalid }
            #expect(losers.count == 49)
        }
    }

    @Test("a code lives ten minutes")
    func expires() async throws {
        try await AccountsBench.with { bench in
            let account = try await bench.customer().account
            let right = try #require(bench.letters.codes(for: account.email).last)
            bench.clock.advance(600)
            let late = await code { try await bench.accounts.verify(address: account.email, code: right) }
            #expect(late == .codeInvalid)
        }
    }

    @Test("B11: a new code replaces the old one; a fourth within a quarter of an hour is not sent")
    func resend() async throws {
        try await AccountsBench.with { bench in
            let account = try await bench.customer().account
            for _ in 1...4 { try await bench.accounts.resendVerification(address: account.email) }
            let sent = bench.letters.codes(for: account.email)
            #expect(sent.count == bench.settings.verificationSendsPerQuarter)
            let newest = try #require(sent.last)
            if sent[0] != newest {
                let old = await code { try await bench.accounts.verify(address: account.email, code: sent[0]) }
                #expect(old == .codeInvalid)
            }
            bench.clock.advance(15 * 60)
            _ = await race(5) { _ in try await bench.accounts.resendVerification(address: account.email) }
            let more = bench.letters.codes(for: account.email)
            #expect(more.count > sent.count && more.count <= sent.count + bench.settings.verificationSendsPerQuarter)
            let last = try await #require(bench.store.verificationCodes.findOne(["kind": "email"]))
            #expect(last.get("sends", as: [Date].self)?.count == more.count)
        }
    }

    @Test("B11: nothing is sent to who is unknown or proven already, and nobody is told")
    func silence() async throws {
        try await AccountsBench.with { bench in
            let account = try await bench.customer().account
            let right = try #require(bench.letters.codes(for: account.email).last)
            try await bench.accounts.verify(address: account.email, code: right)
            for address in [account.email, "nobody@example.com", "+254799999999", "nonsense", ""] {
                try await bench.accounts.resendVerification(address: address)
            }
            #expect(bench.letters.codes(for: account.email).count == 1)
            #expect(bench.letters.codes(for: "nobody@example.com").isEmpty)
        }
    }

    @Test("an account that was brought here without a code can ask for one")
    func imported() async throws {
        try await AccountsBench.with { bench in
            let account = try await bench.customer().account
            try await bench.store.verificationCodes.deleteMany([:])
            try await bench.accounts.resendVerification(address: account.email)
            let second = try #require(bench.letters.codes(for: account.email).last)
            #expect(try await bench.accounts.verify(address: account.email, code: second).isEmailVerified)
        }
    }
}
