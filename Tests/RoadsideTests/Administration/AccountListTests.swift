import BSON
import Foundation
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

@Suite("D15: the list of accounts")
struct AccountListTests {
    private static let people = [
        (name: "Wanjikũ wa Kamau", email: "w.kamau@example.com", phone: "+254712345678"),
        (name: "Anne-Marie O'Brien", email: "anne.marie@mail.example.org", phone: "+254722000111"),
        (name: "Ünal (Garage) 24/7", email: "a+b@example.net", phone: "+27821234567"),
        (name: ".* ^$[a-z]+", email: "dots@example.com", phone: "+254733999888"),
    ]

    @Test(
        "D15: beginnings of words of name, e-mail and phone, in any case and spelling; every word must fit",
        arguments: [
            ("wanj", ["Wanjikũ wa Kamau"]), ("KAMAU", ["Wanjikũ wa Kamau"]), ("kam wan", ["Wanjikũ wa Kamau"]),
            ("wanjiku\u{303}", ["Wanjikũ wa Kamau"]), ("amau", []), ("wanj brien", []),
            ("brien", ["Anne-Marie O'Brien"]),
            ("marie anne", ["Anne-Marie O'Brien"]), ("anne-m", ["Anne-Marie O'Brien"]), ("o'b", ["Anne-Marie O'Brien"]),
            ("üna", ["Ünal (Garage) 24/7"]), ("(gar", ["Ünal (Garage) 24/7"]), ("garage", ["Ünal (Garage) 24/7"]),
            ("anne.marie@mail", ["Anne-Marie O'Brien"]), ("marie@m", ["Anne-Marie O'Brien"]),
            ("mail.example", ["Anne-Marie O'Brien"]), ("A+B@", ["Ünal (Garage) 24/7"]), ("nobody", []),
            ("+254712", ["Wanjikũ wa Kamau"]), ("254712", ["Wanjikũ wa Kamau"]), ("0712", ["Wanjikũ wa Kamau"]),
            ("712345678", ["Wanjikũ wa Kamau"]), ("0712 345-678", ["Wanjikũ wa Kamau"]),
            ("00254 712 345 678", ["Wanjikũ wa Kamau"]), ("+27 (82) 123", ["Ünal (Garage) 24/7"]), ("345678", []),
            (".*", [".* ^$[a-z]+"]), ("^$[", [".* ^$[a-z]+"]), ("^w", []), ("w.*", []), ("[a-z]+", [".* ^$[a-z]+"]),
            ("(", ["Ünal (Garage) 24/7"]), ("\\", []), ("$where", []), ("{\"$ne\":null}", []), ("\u{10FFFF}", []),
        ])
    func search(typed: String, names: [String]) async throws {
        // One database for all would be cheaper, but words are what is looked at: no database is needed to compare them.
        let found = Self.people.filter { person in
            let words = SearchWords.of(name: person.name, email: person.email, phone: person.phone)
            return SearchWords.typed(typed).allSatisfy { typed in words.contains { $0.utf8.starts(with: typed.utf8) } }
        }
        #expect(found.map(\.name) == names)
    }

    @Test("D15: the database finds what the words promise, those brought over from an old system included")
    func database() async throws {
        try await AdministrationBench.with { bench in
            try await bench.bringOver(Self.people)
            #expect(try await bench.found("wanj").isEmpty)
            try await M0005IndexLists().apply(to: bench.store)
            for (typed, names) in [
                ("wanj", ["Wanjikũ wa Kamau"]), ("kam 0712", ["Wanjikũ wa Kamau"]), ("^w", []), ("w.*", []),
                (".*", [".* ^$[a-z]+"]), ("(", ["Ünal (Garage) 24/7"]), ("anne kamau", []),
                // Two bounds must be met by one word: "0…" and "z…" of one person are not "m".
                ("m", ["Anne-Marie O'Brien"]),
            ] {
                #expect(try await bench.found(typed) == names, "\(typed)")
            }
            let everybody = try await bench.found("   ")
            #expect(everybody.count == 5, "blanks are no search")
            let many = (0..<11).map { "w\($0)" }.joined(separator: " ")
            #expect(try await refusalCode { _ = try await bench.found(many) } == .validation)
        }
    }

    @Test("the migration gives words and a switch to everybody, in pages, and leaves alone who has them")
    func backfill() async throws {
        try await AdministrationBench.with { bench in
            let people = (0..<1100).map { index in
                [
                    "_id": .id(ObjectID()), "number": .int64(Int64(10_000 + index)), "roles": ["customer"],
                    "name": .string("Person \(index)"), "email": .string("p\(index)@example.com"),
                    "phone": .string("+2547\(10_000_000 + index)"), "created_at": .date(Date()),
                ] as Document
            }
            try await bench.store.users.insert(contentsOf: people)
            try await bench.store.users.updateOne(
                ["number": .int64(10_005)], ["$set": ["search": ["mine"], "is_active": false]])
            try await M0005IndexLists().apply(to: bench.store)
            #expect(try await bench.store.users.count(["search": ["$exists": false]]) == 0)
            let kept = try await bench.store.users.findOne(["number": .int64(10_005)])
            #expect(kept?.get("search") == ["mine"])
            #expect(kept?.get("is_active") == false)
            #expect(try await bench.found("p1099@") == ["Person 1099"])
            let active = try await bench.administration.users(
                AccountFilter(isActive: true), .page(1), for: bench.admin)
            #expect(active.total == 1100, "1099 brought over, and the admin")
        }
    }

    @Test("D15: registration, a new name and a new number keep the words true, also of two changes at once")
    func kept() async throws {
        try await AdministrationBench.with { bench in
            let signIn = try await bench.accounts.register(.customer())
            let caller = try await bench.accounts.authenticate(bearer: signIn.tokens.accessToken)
            #expect(try await bench.found("wanj") == ["Wanjiru 1"])
            let number = "0799888777"
            try await bench.accounts.changeAddress(caller, to: number, password: AccountsBench.password)
            let code = try #require(bench.letters.codes(for: "+254799888777", .change).last)
            let results = await together(2) { index in
                index == 0
                    ? try await bench.accounts.update(caller, ProfileChange(name: "Njeri Odhiambo"))
                    : try await bench.accounts.confirmAddress(caller, number, code: code)
            }
            #expect(results.compactMap(\.value).count == 2)
            #expect(try await bench.found("wanj").isEmpty)
            #expect(try await bench.found("odhi 0799888") == ["Njeri Odhiambo"])
            #expect(try await bench.found("0712000011").isEmpty)
        }
    }

    @Test("D15: by role and by switch, and of a provider all that he is")
    func filters() async throws {
        try await AdministrationBench.with { bench in
            let off = try await bench.accounts.register(.customer()).account
            _ = try await bench.accounts.register(.customer(2))
            _ = try await bench.accounts.register(.provider())
            _ = try await bench.administration.setActive(.number(off.number), to: false, by: bench.admin)
            func numbers(_ filter: AccountFilter) async throws -> [Int64] {
                try await bench.administration.users(filter, .page(1), for: bench.admin).items.map(\.account.number)
            }
            let all = try await numbers(AccountFilter())
            #expect(all == all.sorted(by: >) && all.count == 4)
            #expect(try await numbers(AccountFilter(role: .customer)).count == 2)
            #expect(try await numbers(AccountFilter(isActive: false)) == [off.number])
            #expect(try await numbers(AccountFilter(role: .provider, isActive: false)).isEmpty)
            #expect(try await numbers(AccountFilter(role: .customer, isActive: true, search: "wanj")).count == 1)
            let provider = try await bench.administration.users(
                AccountFilter(role: .provider), .page(1), for: bench.admin
            ).items.first
            #expect(provider?.vetting == ManagedAccount.Vetting(state: .verified, reason: nil))
            #expect(provider?.account.provider?.specializations == ["engine", "electrical"])
        }
    }

    @Test("D15: nobody but an admin lists accounts, switches or vets them")
    func roles() async throws {
        try await AdministrationBench.with { bench in
            let target = try await bench.world.provider().userID
            for role in Role.allCases where role != .admin {
                let caller = Caller(
                    userID: ObjectID(), role: role, sessionID: ObjectID(), sessionVersion: 0, expiresAt: Date())
                let listed = try await refusalCode {
                    _ = try await bench.administration.users(AccountFilter(), .page(1), for: caller)
                }
                let switched = try await refusalCode {
                    _ = try await bench.administration.setActive(.id(target), to: nil, by: caller)
                }
                let vetted = try await refusalCode {
                    _ = try await bench.administration.vet(.id(target), .approved, by: caller)
                }
                #expect([listed, switched, vetted] == [.forbidden, .forbidden, .forbidden], "\(role)")
            }
            #expect(try await bench.accounts.account(target).isActive)
        }
    }

    @Test("D15, D17, D19: by cursor every row is seen once while others are being written")
    func scrolling() async throws {
        try await AdministrationBench.with { bench in
            let customer = try await bench.world.customer()
            // Several of each share a moment, so that the order of ties matters.
            let moment = Date().addingTimeInterval(-100)
            for index in 0..<23 { try await bench.closedJob(at: moment.addingTimeInterval(Double(index / 5))) }
            try await bench.bringOver(
                (0..<23).map { ("Person \($0)", "p\($0)@example.com", "+25470000000\($0)") })
            for index in 0..<23 { try await write("Message \(index)", to: customer, bench) }

            let jobs = try await scroll(
                { try await bench.world.jobs.history(bench.admin, $0) }, id: \.id,
                meanwhile: { try await bench.closedJob(at: Date()) })
            let users = try await scroll(
                { try await bench.administration.users(AccountFilter(), $0, for: bench.admin) }, id: \.account.id,
                meanwhile: {
                    try await bench.bringOver([("Newcomer", "\(ObjectID())@example.com", "+25471\(ObjectID())")])
                })
            let rows = try await scroll(
                { try await bench.world.inbox.list(recipient: customer.userID, $0) }, id: \.id,
                meanwhile: { try await write("Late", to: customer, bench) })
            #expect(jobs == 23 && users == 25 && rows == 23)
        }
    }

    private func write(_ title: String, to recipient: Caller, _ bench: AdministrationBench) async throws {
        _ = try await bench.administration.send(
            StaffMessage(title: title, text: "Text"), to: .id(recipient.userID), by: .system)
    }

    /// Walks a list by cursor and by pages while rows are being added at its top.
    ///
    /// - Returns: how many rows the list had at the beginning, each of which the cursor showed exactly once.
    private func scroll<Item>(
        _ list: (PageRequest) async throws -> Page<Item>, id: (Item) -> ObjectID, meanwhile: () async throws -> Void
    ) async throws -> Int {
        let quiet = try await list(.page(1, perPage: 100)).items.map(id)
        var paged: [ObjectID] = []
        for page in 1...4 { paged += try await list(.page(page, perPage: 7)).items.map(id) }
        #expect(paged == quiet, "pages of a quiet list have no gap and no double")

        var seen: [ObjectID] = []
        var request = PageRequest.page(1, perPage: 5)
        while true {
            let slice = try await list(request)
            seen += slice.items.map(id)
            guard let cursor = slice.nextCursor else { break }
            try await meanwhile()
            request = .after(cursor, limit: 5)
        }
        #expect(seen == quiet, "a cursor shows each row once, and none that came later")

        var shifted: [ObjectID] = []
        for page in 1...20 {
            shifted += try await list(.page(page, perPage: 5)).items.map(id)
            try await meanwhile()
        }
        #expect(Set(shifted).isSuperset(of: quiet), "numbered pages shift, but lose nothing")
        return quiet.count
    }
}
