import BSON
import Foundation
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

@Suite struct AccountsBudgetsTests {
    private func letters(_ bench: AccountsBench, _ addresses: [String]) -> Int {
        addresses.reduce(0) { sum, address in
            sum + [.verify, .reset, .change].reduce(0) { $0 + bench.letters.codes(for: address, $1).count }
        }
    }

    @Test("T10: two hundred numbers of one block are sent fifty codes, though two servers are asked")
    func pumping() async throws {
        try await AccountsBench.with { bench in
            let other = try await bench.otherServer()
            let caller = try await bench.caller(try await bench.customer())
            let numbers = (0..<200).map { "+25471234\(String(format: "%04d", $0))" }
            // The way of a pumper: what costs him least. Only the budget of the block is to hold him here.
            for (index, number) in numbers.enumerated() {
                let accounts = index.isMultiple(of: 2) ? bench.accounts : other
                let address = try #require(ContactAddress(number, region: "KE"))
                try await accounts.sendCode(.verify, to: address, of: ObjectID(), from: Visitor())
            }
            #expect(letters(bench, numbers) == bench.settings.limits.codesPerPrefix)
            // Others are served.
            try await bench.accounts.changeAddress(caller, to: "0722123456", password: AccountsBench.password)
            #expect(letters(bench, ["+254722123456"]) == 1)
            bench.clock.advance(3600)
            let later = try #require(ContactAddress(numbers[199], region: "KE"))
            try await bench.accounts.sendCode(.verify, to: later, of: ObjectID(), from: Visitor())
            #expect(letters(bench, [numbers[199]]) == 1)
        }
    }

    @Test(
        "T12: whether a budget is spent is not to be told by what is done: as many counters, as many codes are written")
    func evenWork() async throws {
        try await AccountsBench.with {
            $0.limits.codesPerPrefix = 1
        } _: { bench in
            func written() async throws -> (counters: Int, codes: Int, sends: Int) {
                let counters = try await bench.store.budgets.find().reduce(0) { $0 + ($1.get("count") ?? 0) }
                let codes = try await bench.store.verificationCodes.find()
                return (counters, codes.count, codes.reduce(0) { $0 + ($1.get("sends", as: [Date].self)?.count ?? 0) })
            }
            func send(_ number: String, of user: ObjectID?) async throws -> [Int] {
                let before = try await written()
                let address = try #require(ContactAddress(number, region: "KE"))
                try await bench.accounts.sendCode(.verify, to: address, of: user, from: Visitor())
                let after = try await written()
                return [after.counters - before.counters, after.codes - before.codes, after.sends - before.sends]
            }
            let first = try await send("+254722120001", of: ObjectID())
            let spent = try await send("+254722120002", of: ObjectID())
            let unknown = try await send("+254722120003", of: nil)
            #expect(first == [4, 1, 1] && unknown == first)
            // The one that is spent counts no further; all others do.
            #expect(spent == [3, 1, 1])
            #expect(letters(bench, ["+254722120001"]) == 1 && letters(bench, ["+254722120002"]) == 0)
        }
    }

    @Test("T12: a code that is withheld makes none valid and leaves the one that went out")
    func withheld() async throws {
        try await AccountsBench.with {
            $0.limits.codesPerDestination = 1
        } _: { bench in
            let account = try await bench.customer().account
            let code = try #require(bench.letters.codes(for: account.email, .verify).last)
            try await bench.accounts.resendVerification(address: account.email)
            try await bench.accounts.forgotPassword(address: account.email)
            #expect(letters(bench, [account.email]) == 1)
            let reset = try #require(
                try await bench.store.verificationCodes.findOne(["_id": "reset:email:\(account.email)"]))
            #expect(reset.get("used") == true && reset["hash"] == nil && reset.get("user_id") == account.id)
            try await bench.accounts.verify(address: account.email, code: code)
        }
    }

    @Test("T10: a code goes to no phone of a country that nobody serves, and the caller hears nothing of it")
    func countries() async throws {
        try await AccountsBench.with {
            $0.limits.codeCountries = ["254", "256"]
        } _: { bench in
            let numbers = ["+254722123456", "+256772123456", "+882161234567", "+255712345678"]
            for number in numbers {
                let address = try #require(ContactAddress(number, region: "KE"))
                try await bench.accounts.sendCode(.verify, to: address, of: ObjectID(), from: Visitor())
            }
            #expect(numbers.map { letters(bench, [$0]) } == [1, 1, 0, 0])
            // Whose account it is makes no difference to what is counted.
            let counters = try await bench.store.budgets.find().reduce(0) { $0 + ($1.get("count") ?? 0) }
            #expect(counters == 4 * numbers.count)
            var registration = Registration.customer()
            registration.phone = "+255712345679"
            let signIn = try await bench.accounts.register(registration, from: Visitor())
            let sent = [signIn.account.email, signIn.account.phone].map { letters(bench, [$0]) }
            #expect(sent == [1, 0])
        }
    }

    @Test("T10: beyond the budget of all phones none is sent, and mail goes on")
    func breaker() async throws {
        try await AccountsBench.with {
            $0.limits.codesToPhones = 5
        } _: { bench in
            let numbers = (10..<30).map { "+2547\($0)123456" }
            for number in numbers {
                let address = try #require(ContactAddress(number, region: "KE"))
                try await bench.accounts.sendCode(.verify, to: address, of: ObjectID(), from: Visitor())
            }
            #expect(letters(bench, numbers) == 5)
            let account = try await bench.customer().account
            #expect(letters(bench, [account.phone]) == 0 && letters(bench, [account.email]) == 1)
        }
    }

    @Test("T10: who registers, leaves and registers again is sent ten codes a day and no more")
    func again() async throws {
        try await AccountsBench.with { bench in
            let data = PersonalData(
                bench.dependencies, accounts: bench.accounts,
                jobs: Jobs(
                    bench.dependencies, inbox: bench.accounts.inbox, dispatch: bench.accounts.dispatch),
                bookings: Bookings(
                    bench.dependencies, inbox: bench.accounts.inbox,
                    jobs: Jobs(
                        bench.dependencies, inbox: bench.accounts.inbox, dispatch: bench.accounts.dispatch)),
                inbox: bench.accounts.inbox)
            var last: SignIn?
            for _ in 1...14 {
                let signIn = try await bench.customer()
                try await data.erase(try await bench.caller(signIn), password: AccountsBench.password)
                last = signIn
            }
            let account = try #require(last?.account)
            #expect(letters(bench, [account.email]) == 10 && letters(bench, [account.phone]) == 10)
            let rows = try await bench.store.budgets.find()
            let told = rows.contains { String(decoding: $0.bytes, as: UTF8.self).contains("example.com") }
            #expect(!rows.isEmpty && !told, "no counter tells whose it is")
        }
    }

    @Test("T10: all purposes of one address share a budget, and one account asks for twenty whatever the addresses")
    func shares() async throws {
        try await AccountsBench.with {
            $0.verificationSendsPerQuarter = 100
            $0.verificationSendsPerDay = 100
        } _: { bench in
            let signIn = try await bench.customer()
            let (account, caller) = (signIn.account, try await bench.caller(signIn))
            for _ in 1...8 {
                try await bench.accounts.resendVerification(address: account.email)
                try await bench.accounts.forgotPassword(address: account.email)
            }
            #expect(letters(bench, [account.email]) == 10)
            let addresses = (1...20).map { "new\($0)@example.com" }
            for address in addresses {
                try await bench.accounts.changeAddress(caller, to: address, password: AccountsBench.password)
            }
            // Two at registration, nine more to his own address.
            #expect(letters(bench, addresses) == 9)
        }
    }

    @Test("T10, T12: who asks too often from one place is told so, for known and unknown addresses alike")
    func client() async throws {
        try await AccountsBench.with {
            $0.limits.codesPerClient = 6
        } _: { bench in
            let account = try await bench.customer().account
            let here = Visitor(address: NetworkAddress("192.0.2.7"), device: nil, program: nil)
            for guess in 1...3 {
                try await bench.accounts.forgotPassword(address: "nobody\(guess)@example.com", from: here)
                try await bench.accounts.forgotPassword(address: account.email, from: here)
            }
            for address in [account.email, "nobody9@example.com"] {
                let refused = await refusal { try await bench.accounts.forgotPassword(address: address, from: here) }
                #expect(refused?.code == .rateLimited)
                let wait = refused?.details.first?.1.int ?? 0
                #expect((1...3600).contains(wait))
            }
            // Registering is not refused, but no letter goes out.
            _ = try await bench.accounts.register(.customer(2), from: here)
            #expect(letters(bench, ["customer2@example.com"]) == 0)
            try await bench.accounts.resendVerification(
                address: "customer2@example.com",
                from: Visitor(address: NetworkAddress("192.0.2.8"), device: nil, program: nil))
            #expect(letters(bench, ["customer2@example.com"]) == 1)
        }
    }

    @Test("T12: a known and an unknown address leave as many counters")
    func equalWork() async throws {
        try await AccountsBench.with { bench in
            let account = try await bench.customer().account
            let before = try await bench.store.budgets.find().count
            try await bench.accounts.forgotPassword(address: account.email)
            let known = try await bench.store.budgets.find().count
            try await bench.accounts.forgotPassword(address: "nobody@example.com")
            let unknown = try await bench.store.budgets.find()
            // His address and mailboxes had been counted at registration; the other's, and those of nobody, had not.
            #expect(known - before == 0 && unknown.count - known == 3)
            let purged = unknown.allSatisfy { $0.get("purge_at", as: Date.self) != nil }
            #expect(purged)
        }
    }
}
