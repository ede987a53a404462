import BSON
import Foundation
import Mongo
import RoadsideRules
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
                    caller, ProfileChange(name: "Changed", isAvailable: true))
            }
            #expect(refused == .providerBusy)
            let account = try await bench.accounts.account(caller.userID)
            #expect(account.provider?.availability == .busy)
            #expect(account.name == "Otieno 1" && account.provider?.name == "Otieno 1")
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

    @Test("a profile may repeat the phone number in any form, and bring no other")
    func phone() async throws {
        try await AccountsBench.with { bench in
            let here = try await bench.provider()
            let caller = try await bench.caller(here)
            let same = try await bench.accounts.update(caller, ProfileChange(name: "Changed", phone: "0722 000 011"))
            #expect(same.name == "Changed" && same.phone == here.account.phone)
            let refused = await refusal {
                _ = try await bench.accounts.update(caller, ProfileChange(name: "Again", phone: "0733 123 456"))
            }
            #expect(refused?.code == .validation && refused?.fields.map(\.name) == ["phone"])
            #expect(try await bench.accounts.account(caller.userID).name == "Changed")
            #expect(bench.letters.codes(for: "+254733123456").isEmpty)
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
