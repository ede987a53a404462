import BSON
import Foundation
import Mongo
import RoadsideRules
import Synchronization
import Testing

@testable import Roadside

@Suite struct AccountsProfileTests {
    @Test("D4: a change touches what it names and nothing else")
    func partial() async throws {
        try await AccountsBench.with { bench in
            let signIn = try await bench.customer()
            let caller = try await bench.caller(signIn)
            let renamed = try await bench.accounts.update(caller, ProfileChange(name: "  Wanjiru   Kamau "))
            #expect(renamed.name == "Wanjiru Kamau")
            #expect(renamed.phone == signIn.account.phone && renamed.vehicle == signIn.account.vehicle)
            let unchanged = try await bench.accounts.update(caller, ProfileChange())
            #expect(unchanged.name == renamed.name)
        }
    }

    @Test("a customer's words about work are ignored")
    func customersDoNotWork() async throws {
        try await AccountsBench.with { bench in
            let caller = try await bench.caller(try await bench.customer())
            let account = try await bench.accounts.update(
                caller, ProfileChange(specializations: ["engine"], isAvailable: true, location: .nairobi))
            #expect(account.provider == nil)
            #expect(try await bench.store.mechanics.count() == 0)
        }
    }

    @Test("decision 23: a mechanic sets what he does, where he stands and whether he is there")
    func provider() async throws {
        try await AccountsBench.with { bench in
            let caller = try await bench.caller(try await bench.provider())
            let away = try await bench.accounts.update(
                caller,
                ProfileChange(
                    name: "Otieno & Sons", specializations: ["towing", " towing", ""], experienceYears: 9,
                    serviceRadiusKm: 35.5, isAvailable: false, location: .nairobi))
            let profile = try #require(away.provider)
            #expect(profile.name == "Otieno & Sons")
            #expect(profile.specializations == ["towing"] && profile.capabilities == ["tow_light"])
            #expect(profile.experienceYears == 9 && profile.serviceRadiusKm == 35.5)
            #expect(profile.availability == .offline)
            #expect(try profile.location == .nairobi)
            #expect(try await bench.mechanic(caller.userID).get("dispatchable") == false)

            let back = try await bench.accounts.update(caller, ProfileChange(isAvailable: true))
            #expect(back.provider?.availability == .available)
            #expect(try await bench.mechanic(caller.userID).get("dispatchable") == true)
        }
    }

    @Test("who has a job cannot make himself available, and nothing else of that change is done")
    func busy() async throws {
        try await AccountsBench.with { bench in
            let caller = try await bench.caller(try await bench.provider())
            try await bench.store.mechanics.updateOne(
                ["_id": .id(caller.userID)], ["$set": ["availability": "busy", "dispatchable": false]])
            let refused = await code {
                _ = try await bench.accounts.update(
                    caller, ProfileChange(name: "Changed", phone: "+254733123456", isAvailable: true))
            }
            #expect(refused == .providerBusy)
            let account = try await bench.accounts.account(caller.userID)
            #expect(account.provider?.availability == .busy)
            #expect(account.name == "Otieno 1" && account.provider?.name == "Otieno 1")
            #expect(bench.letters.codes(for: "+254733123456").isEmpty)
            #expect(try await bench.mechanic(caller.userID).get("dispatchable") == false)
            // The profile as it reads, sent back, is no wish; what has nothing to do with duty may change all the same.
            let sentBack = try await bench.accounts.update(caller, ProfileChange(isAvailable: false))
            #expect(sentBack.provider?.availability == .busy)
            #expect(try await bench.accounts.update(caller, ProfileChange(name: "Changed")).name == "Changed")
        }
    }

    @Test("who comes on duty or moves through his profile is offered what is open around him")
    func intoReach() async throws {
        try await AccountsBench.with { bench in
            let customer = try await bench.caller(try await bench.customer())
            let caller = try await bench.caller(try await bench.provider())
            let dispatch = bench.accounts.dispatch
            let jobs = Jobs(bench.dependencies, inbox: bench.accounts.inbox, dispatch: dispatch)
            _ = try await bench.accounts.update(caller, ProfileChange(isAvailable: false))
            _ = try await jobs.open(JobsWorld.request("battery_jump"), by: customer)
            await dispatch.settle()
            _ = try await bench.accounts.update(caller, ProfileChange(location: .nairobi))
            #expect(try await bench.rows(of: caller.userID, kind: "offer.new").isEmpty, "he is off duty")
            _ = try await bench.accounts.update(caller, ProfileChange(isAvailable: true))
            #expect(try await bench.rows(of: caller.userID, kind: "offer.new").count == 1)

            let second = try await bench.caller(try await bench.provider(2))
            #expect(try await bench.rows(of: second.userID, kind: "offer.new").isEmpty, "nobody knows where he is")
            _ = try await bench.accounts.update(second, ProfileChange(location: .nairobi))
            #expect(try await bench.rows(of: second.userID, kind: "offer.new").count == 1)
        }
    }

    @Test("a new base position counts until the next live one")
    func base() async throws {
        try await AccountsBench.with { bench in
            let caller = try await bench.caller(try await bench.provider())
            try await bench.store.mechanics.updateOne(
                ["_id": .id(caller.userID)], ["$set": ["fix_at": .date(bench.clock.now.addingTimeInterval(-3600))]])
            let account = try await bench.accounts.update(caller, ProfileChange(location: .nairobi))
            #expect(account.provider?.fixAt == nil)
            #expect(try account.provider?.location == .nairobi)
        }
    }

    @Test("T19: a name that looks like a field of the database stays a name")
    func literalNames() async throws {
        try await AccountsBench.with { bench in
            let caller = try await bench.caller(try await bench.provider())
            let account = try await bench.accounts.update(
                caller, ProfileChange(name: "$email", specializations: ["$phone"]))
            #expect(account.provider?.name == "$email")
            #expect(account.provider?.specializations == ["$phone"])
        }
    }

    @Test("a new phone number is unproven, gets a code, and signs out the other devices")
    func newPhone() async throws {
        try await AccountsBench.with { bench in
            let here = try await bench.provider()
            let there = try await bench.accounts.login(email: here.account.email, password: AccountsBench.password)
            let first = try #require(bench.letters.codes(for: here.account.phone).last)
            #expect(try await bench.accounts.verify(address: here.account.phone, code: first).isPhoneVerified)

            let caller = try await bench.caller(here)
            let account = try await bench.accounts.update(caller, ProfileChange(phone: "0733 123 456"))
            #expect(account.phone == "+254733123456" && account.provider?.phone == "+254733123456")
            #expect(!account.isPhoneVerified)
            let second = try #require(bench.letters.codes(for: "+254733123456").last)
            #expect(try await bench.accounts.verify(address: "+254733123456", code: second).isPhoneVerified)

            _ = try await bench.caller(here)
            _ = try await bench.accounts.refresh(here.tokens.refreshToken)
            let ended = await code { _ = try await bench.accounts.refresh(there.tokens.refreshToken) }
            #expect(ended == .invalidToken)
        }
    }

    @Test("a new phone number closes the sockets of the other devices, each by a row of its own, and not the caller's")
    func newPhoneClosesSockets() async throws {
        try await AccountsBench.with { bench in
            let here = try await bench.customer()
            let id = here.account.id
            var others: Set<ObjectID> = []
            for _ in 1...2 {
                let there = try await bench.accounts.login(email: here.account.email, password: AccountsBench.password)
                others.insert(try await bench.caller(there).sessionID)
            }
            let rung = Mutex<[InboxRow]>([])
            bench.accounts.inbox.listen { event in
                if case .rows(let rows) = event { rung.withLock { $0 += rows } }
            }
            let caller = try await bench.caller(here)
            _ = try await bench.accounts.update(caller, ProfileChange(name: "Changed"))
            #expect(try await bench.rows(of: id, kind: "session").isEmpty)

            _ = try await bench.accounts.update(caller, ProfileChange(phone: "0733 123 456"))
            let rows = try await bench.rows(of: id, kind: "session")
            let named = rows.map { $0.value(at: ["body", "session_id"]) }
            #expect(rows.count == 2 && Set(named) == Set(others.map { .id($0) }))
            #expect(!others.contains(caller.sessionID))
            let heard = rung.withLock { $0.compactMap(\.body.sessionID) }
            #expect(Set(heard) == others, "the bell is rung after the commit")
        }
    }

    @Test("somebody else's phone number is refused, also when two ask for a new one at once")
    func phoneTaken() async throws {
        try await AccountsBench.with { bench in
            let first = try await bench.caller(try await bench.customer(1))
            let second = try await bench.caller(try await bench.provider(2))
            let taken = await code { _ = try await bench.accounts.update(second, ProfileChange(phone: "0712000011")) }
            #expect(taken == .phoneTaken)
            let outcomes = await race(2) { index in
                _ = try await bench.accounts.update(
                    index == 1 ? first : second, ProfileChange(name: "Changed", phone: "+254733123456"))
            }
            let winners = outcomes.filter { $0 == nil }
            #expect(winners.count == 1 && outcomes.contains(.phoneTaken))
            // The loser's other wishes went with it.
            #expect(try await bench.store.users.count(["name": "Changed"]) == 1)
        }
    }

    @Test("all that is wrong with a change is said at once, and nothing of it is done")
    func issues() async throws {
        try await AccountsBench.with { bench in
            let caller = try await bench.caller(try await bench.provider())
            let answer = await refusal {
                _ = try await bench.accounts.update(
                    caller,
                    ProfileChange(
                        name: "", phone: "1", experienceYears: 81, serviceRadiusKm: .nan, isAvailable: false))
            }
            let fields = try #require(answer).fields
            #expect(Set(fields.map(\.name)) == ["name", "phone", "experience_years", "service_radius_km"])
            #expect(try await bench.accounts.account(caller.userID).provider?.availability == .available)
        }
    }
}
