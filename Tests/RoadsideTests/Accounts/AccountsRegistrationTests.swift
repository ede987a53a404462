import BSON
import Foundation
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

@Suite struct AccountsRegistrationTests {
    @Test("D1: a customer registers and is signed in")
    func customerRegisters() async throws {
        try await AccountsBench.with { bench in
            var registration = Registration.customer()
            registration.email = " Customer1@Example.COM "
            registration.phone = "0712 000 011"
            let signIn = try await bench.accounts.register(registration)

            #expect(signIn.account.role == .customer)
            #expect(signIn.account.email == "customer1@example.com")
            #expect(signIn.account.phone == "+254712000011")
            #expect(signIn.account.number == 1)
            #expect(signIn.account.vehicle?.licensePlate == "KBC123A")
            #expect(signIn.account.isActive && !signIn.account.isVerified)
            #expect(signIn.account.provider == nil)
            #expect(signIn.notices.isEmpty)
            let caller = try await bench.caller(signIn)
            #expect(caller.userID == signIn.account.id && caller.role == .customer)

            let user = try await bench.user(signIn.account.id)
            #expect(user.get("password_hash", as: String.self)?.hasPrefix("hs256:p1:$2b$04$") == true)
            #expect(!String(decoding: user.bytes, as: UTF8.self).contains(AccountsBench.password))
            #expect(try await bench.store.mechanics.count() == 0)
            #expect(bench.letters.codes(for: "customer1@example.com").count == 1)
            #expect(bench.letters.codes(for: "+254712000011").count == 1)
        }
    }

    @Test("D1: a mechanic's working side is one document of mechanics under the user's id, longitude first")
    func providerRegisters() async throws {
        try await AccountsBench.with { bench in
            let signIn = try await bench.provider(at: .nairobi)
            let id = signIn.account.id
            let profile = try #require(signIn.account.provider)
            #expect(profile.specializations == ["engine", "electrical"])
            #expect(profile.capabilities == ["breakdown", "battery_jump"])
            #expect(profile.availability == .available && profile.isVerified)
            #expect(try profile.location == .nairobi)
            #expect(profile.fixAt == nil)
            #expect(signIn.notices.isEmpty)

            let document = try await bench.mechanic(id)
            #expect(document.value(at: ["location", "coordinates"]) == [36.8219, -1.2921])
            #expect(document.get("dispatchable") == true)
            #expect(document.get("number") == signIn.account.number)
            #expect(try await bench.accounts.account(id).provider == profile)
        }
    }

    @Test("decision 23: a mechanic without a position is told that no search finds him")
    func providerWithoutPosition() async throws {
        try await AccountsBench.with { bench in
            let signIn = try await bench.provider()
            #expect(signIn.account.provider?.location == nil)
            #expect(signIn.notices.count == 1)
            #expect(signIn.notices.first?.contains("position") == true)
        }
    }

    @Test("decision 20: where nobody is vetted by itself, a mechanic waits for approval and is not dispatchable")
    func providerWaits() async throws {
        try await AccountsBench.with {
            $0.autoVerify = false
        } _: { bench in
            let signIn = try await bench.provider(at: .nairobi)
            #expect(signIn.account.provider?.isVerified == false)
            let told = signIn.notices.contains { $0.contains("approval") }
            #expect(told)
            #expect(try await bench.mechanic(signIn.account.id).get("dispatchable") == false)
        }
    }

    @Test("all that is wrong is said at once, and nothing is stored")
    func allIssues() async throws {
        try await AccountsBench.with { bench in
            let bad = Registration(
                email: "nobody", password: "short", name: " ", phone: "12", role: .provider,
                specializations: [String(repeating: "x", count: 61)], experienceYears: -1, serviceRadiusKm: 1000)
            let refused = await refusal { _ = try await bench.accounts.register(bad) }
            let answer = try #require(refused)
            #expect(answer.code == .validation)
            #expect(
                Set(answer.fields.map(\.name)) == [
                    "email", "password", "name", "phone", "specializations", "experience_years", "service_radius_km",
                ])
            #expect(try await bench.store.users.count() == 0)
        }
    }

    @Test("K32, T5: staff and partners do not register themselves", arguments: [Role.admin, .partner, .dispatcher])
    func privilegedRoles(role: Role) async throws {
        try await AccountsBench.with {
            $0.bootstrapToken = "only for the first"
        } _: { bench in
            var registration = Registration.customer()
            registration.role = role
            for token in [nil, "", "wrong"] {
                registration.bootstrapToken = token
                let attempt = registration
                let refused = await code { _ = try await bench.accounts.register(attempt) }
                #expect(refused == .forbidden)
            }
            let accounts = try await bench.store.users.count()
            #expect(accounts == 0)
        }
    }

    @Test("T5, decision 12: of two who present the bootstrap token at once, one becomes the admin")
    func bootstrap() async throws {
        try await AccountsBench.with {
            $0.bootstrapToken = "only for the first"
        } _: { bench in
            let outcomes = await race(2) { index in
                var registration = Registration.customer(index)
                registration.role = .admin
                registration.bootstrapToken = "only for the first"
                _ = try await bench.accounts.register(registration)
            }
            let winners = outcomes.filter { $0 == nil }
            #expect(winners.count == 1)
            #expect(outcomes.contains(.forbidden))
            let admins = try await bench.store.users.count(["roles": "admin"])
            #expect(admins == 1)
        }
    }

    @Test("of many who register one e-mail address at once, one gets it and nothing of the others remains")
    func emailRace() async throws {
        try await AccountsBench.with { bench in
            let outcomes = await race(8) { index in
                var registration = Registration.provider(index)
                registration.email = index.isMultiple(of: 2) ? "same@example.com" : "SAME@example.com"
                _ = try await bench.accounts.register(registration)
            }
            let winners = outcomes.filter { $0 == nil }
            #expect(winners.count == 1)
            let losers = outcomes.filter { $0 == .emailTaken }
            #expect(losers.count == 7)
            let accounts = try await bench.store.users.count()
            #expect(accounts == 1)
            #expect(try await bench.store.mechanics.count() == 1)
            #expect(try await bench.store.sessions.count() == 1)
            #expect(try await bench.store.verificationCodes.count() == 2)
        }
    }

    @Test("a phone number belongs to one account, however it is written")
    func phoneTaken() async throws {
        try await AccountsBench.with { bench in
            try await bench.customer(1)
            var second = Registration.customer(2)
            second.phone = "0712000011"
            let attempt = second
            let refused = await code { _ = try await bench.accounts.register(attempt) }
            #expect(refused == .phoneTaken)
        }
    }
}

/// Runs the bodies at once and tells how each ended: nil, or the code of its error.
func race(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> Void) async -> [ErrorCode?] {
    await withTaskGroup(of: ErrorCode?.self) { group in
        for index in 1...count {
            group.addTask {
                do {
                    try await body(index)
                    return nil
                } catch {
                    return RoadsideError(any: error).code
                }
            }
        }
        return await group.reduce(into: []) { $0.append($1) }
    }
}
