import BSON
import Foundation
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

@Suite struct AccountsGuessesTests {
    private static let email = "customer1@example.com"

    private static func visitor(_ address: String, device: String? = nil) -> Visitor {
        Visitor(address: NetworkAddress(address), device: device, program: "curl")
    }

    /// What a login with this password is answered.
    private func login(
        _ bench: AccountsBench, _ password: String, email: String = email, from visitor: Visitor = Visitor()
    ) async -> ErrorCode? {
        do {
            _ = try await bench.accounts.login(email: email, password: password, from: visitor)
            return nil
        } catch {
            return error.code
        }
    }

    @Test("T13: after five wrong passwords in a row each further one waits twice as long, and the right one ends it")
    func delays() async throws {
        try await AccountsBench.with { bench in
            try await bench.customer()
            for _ in 1...5 { #expect(await login(bench, "wrong") == .invalidCredentials) }
            let early = await refusal {
                _ = try await bench.accounts.login(email: Self.email, password: AccountsBench.password)
            }
            #expect(early?.code == .rateLimited && early?.details.first?.1 == 1)
            for wait in [1.0, 2, 4] {
                bench.clock.advance(wait)
                #expect(await login(bench, "wrong") == .invalidCredentials)
                #expect(await login(bench, "wrong") == .rateLimited)
            }
            bench.clock.advance(8)
            #expect(await login(bench, AccountsBench.password) == nil)
            for _ in 1...5 { #expect(await login(bench, "wrong") == .invalidCredentials) }
        }
    }

    @Test(
        "T12: an address without an account is delayed like one that has one; nothing tells which phone belongs to a mail"
    )
    func unknown() async throws {
        try await AccountsBench.with { bench in
            try await bench.customer()
            var answers: [[String]] = []
            for email in [Self.email, "nobody@example.com"] {
                var said: [String] = []
                for _ in 1...7 {
                    let answer = await refusal { _ = try await bench.accounts.login(email: email, password: "wrong") }
                    said.append(try #require(answer).description)
                }
                answers.append(said)
            }
            #expect(answers[0] == answers[1] && Set(answers[0]).count == 2)
            for phone in ["0712000011", "0712999999"] {
                let byPhone = await code { _ = try await bench.accounts.login(phone: phone, password: "wrong") }
                #expect(byPhone == .invalidCredentials)
            }
        }
    }

    @Test("T13: of fifty parallel guesses at one account five are looked at")
    func parallel() async throws {
        try await AccountsBench.with { bench in
            try await bench.customer()
            let outcomes = await race(50) { _ in
                _ = try await bench.accounts.login(email: Self.email, password: "wrong")
            }
            let looked = outcomes.filter { $0 == .invalidCredentials }
            #expect(looked.count == 5)
            let refused = outcomes.filter { $0 == .rateLimited }
            #expect(refused.count == 45)
        }
    }

    @Test(
        "T13: however often strangers fail, the owner gets in from a device that has signed in before, and a new one waits"
    )
    func knownDevice() async throws {
        try await AccountsBench.with { bench in
            let home = Self.visitor("192.0.2.7", device: "phone-1")
            _ = try await bench.accounts.register(.customer(), from: home)
            let tablet = Self.visitor("192.0.2.8", device: "tablet-1")
            #expect(await login(bench, AccountsBench.password, from: tablet) == nil)
            for guess in 0..<100 {
                _ = await login(bench, "wrong", from: Self.visitor("198.51.100.\(guess)", device: "x\(guess)"))
            }
            for device in ["phone-1", "tablet-1"] {
                // Wherever he is with it, and though he mistypes at first.
                let there = Self.visitor("203.0.113.9", device: device)
                #expect(await login(bench, "mistyped", from: there) == .invalidCredentials)
                #expect(await login(bench, AccountsBench.password, from: there) == nil)
            }
            #expect(await login(bench, AccountsBench.password, from: Self.visitor("203.0.113.9")) == .rateLimited)
            // Whoever has got hold of the device's name guesses no faster than anybody.
            for _ in 1...5 { _ = await login(bench, "wrong", from: home) }
            #expect(await login(bench, "wrong", from: home) == .rateLimited)
            #expect(await login(bench, AccountsBench.password, from: tablet) == nil)
        }
    }

    @Test("a browser without a name is known by its program where it was; ten devices are remembered, as hashes")
    func devices() async throws {
        try await AccountsBench.with { bench in
            let account = try await bench.customer().account
            let here = Visitor(address: NetworkAddress("192.0.2.7"), device: nil, program: "Firefox")
            #expect(await login(bench, AccountsBench.password, from: here) == nil)
            let nextDoor = Visitor(address: NetworkAddress("192.0.2.99"), device: nil, program: "Firefox")
            let elsewhere = Visitor(address: NetworkAddress("198.51.100.7"), device: nil, program: "Firefox")
            #expect(nextDoor.mark == here.mark && elsewhere.mark != here.mark)
            #expect(Visitor(address: nil, device: nil, program: "Firefox").mark == nil)
            for number in 0..<12 {
                #expect(
                    await login(bench, AccountsBench.password, from: Self.visitor("192.0.2.7", device: "d\(number)"))
                        == nil)
            }
            for _ in 1...2 {
                _ = await login(bench, AccountsBench.password, from: Self.visitor("192.0.2.7", device: "d11"))
            }
            let known = try #require(try await bench.user(account.id).get("known_devices", as: [String].self))
            #expect(known.count == 10 && Set(known).count == 10)
            #expect(known.first == Self.visitor("1.2.3.4", device: "d11").mark)
            let areHashes = known.allSatisfy { $0.utf8.count == 44 }
            #expect(areHashes)
        }
    }

    @Test(
        "T13: an address that fails too often hears 429 for whatever account, and so does its /24; successes cost nothing"
    )
    func addresses() async throws {
        try await AccountsBench.with {
            $0.limits.failuresPerAddress = Quota(10, per: 900)
            $0.limits.failuresPerNetwork = Quota(25, per: 900)
        } _: { bench in
            try await bench.customer()
            let owner = Self.visitor("192.0.2.50", device: "own")
            for _ in 1...30 { #expect(await login(bench, AccountsBench.password, from: owner) == nil) }
            for host in 1...2 {
                for guess in 1...10 {
                    let answer = await login(
                        bench, "wrong", email: "n\(host).\(guess)@example.com", from: Self.visitor("192.0.2.\(host)"))
                    #expect(answer == .invalidCredentials)
                }
                let spent = await login(
                    bench, "wrong", email: "other@example.com", from: Self.visitor("192.0.2.\(host)"))
                #expect(spent == .rateLimited)
            }
            for guess in 1...5 {
                _ = await login(bench, "wrong", email: "m\(guess)@example.com", from: Self.visitor("192.0.2.3"))
            }
            #expect(
                await login(bench, "wrong", email: "last@example.com", from: Self.visitor("192.0.2.4")) == .rateLimited)
            #expect(await login(bench, AccountsBench.password, from: Self.visitor("192.0.3.4")) == nil)
            // A device that the account knows by its name is not held up by its neighbours; a program is one of many.
            #expect(await login(bench, AccountsBench.password, from: owner) == nil)
            let nameless = Self.visitor("192.0.2.50")
            #expect(await login(bench, AccountsBench.password, from: nameless) == .rateLimited)
        }
    }

    @Test("T9: wrong codes count against the address they come from, whichever account and purpose they are for")
    func codes() async throws {
        try await AccountsBench.with {
            $0.limits.failuresPerAddress = Quota(4, per: 900)
        } _: { bench in
            let account = try await bench.customer().account
            let right = try #require(bench.letters.codes(for: account.email).last)
            let guesser = Self.visitor("192.0.2.7")
            for guess in 1...2 {
                let verify = await code {
                    try await bench.accounts.verify(address: "a\(guess)@example.com", code: "123456", from: guesser)
                }
                let reset = await code {
                    try await bench.accounts.resetPassword(
                        address: "nonsense", code: "123456", password: "A better one 7", from: guesser)
                }
                #expect(verify == .codeInvalid && reset == .codeInvalid)
            }
            let spent = await code {
                try await bench.accounts.verify(address: account.email, code: right, from: guesser)
            }
            #expect(spent == .rateLimited)
            let proven = try await bench.accounts.verify(
                address: account.email, code: right, from: Self.visitor("198.51.100.7"))
            #expect(proven.isEmailVerified)
        }
    }

    @Test("who has a token guesses at its owner's password no faster, wherever it is asked for, and keeps nobody out")
    func reauthentication() async throws {
        try await AccountsBench.with { bench in
            let signIn = try await bench.customer()
            let caller = try await bench.caller(signIn)
            for _ in 1...3 {
                let change = await code {
                    try await bench.accounts.changePassword(caller, from: "wrong", to: "A better one 7")
                }
                #expect(change == .validation)
            }
            for _ in 1...2 {
                let move = await code {
                    try await bench.accounts.changeAddress(caller, to: "new@example.com", password: "wrong")
                }
                #expect(move == .validation)
            }
            let refused = await code {
                try await bench.accounts.changePassword(caller, from: AccountsBench.password, to: "A better one 7")
            }
            #expect(refused == .rateLimited)
            let other = try await bench.caller(
                try await bench.accounts.login(email: Self.email, password: AccountsBench.password))
            try await bench.accounts.changePassword(other, from: AccountsBench.password, to: "A better one 7")
        }
    }

    @Test("whoever resets his password begins anew, and a full queue is no wrong password")
    func forgiven() async throws {
        try await AccountsBench.with {
            $0.passwordThreads = 1
            $0.passwordQueue = 0
        } _: { bench in
            try await bench.customer()
            try await bench.whileHashing {
                for _ in 1...20 { #expect(await login(bench, "wrong") == .overloaded) }
            }
            for _ in 1...5 { #expect(await login(bench, "wrong") == .invalidCredentials) }
            #expect(await login(bench, "wrong") == .rateLimited)
            try await bench.accounts.forgotPassword(address: Self.email)
            let sent = try #require(bench.letters.codes(for: Self.email, .reset).last)
            try await bench.accounts.resetPassword(address: Self.email, code: sent, password: "A better one 7")
            #expect(await login(bench, "A better one 7") == nil)
        }
    }
}
