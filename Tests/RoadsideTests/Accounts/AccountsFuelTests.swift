import BSON
import MongoTesting
import RoadsideRules
import Testing

@testable import Roadside

@Suite("The fuels a provider carries")
struct AccountsFuelTests {
    @Test("said at registration, changed later, and what he can do follows (F3)")
    func changes() async throws {
        try await AccountsBench.with { bench in
            var registration = Registration.provider(1)
            registration.specializations = ["fuel"]
            registration.fuelTypes = ["Petrol", "petrol"]
            let signIn = try await bench.accounts.register(registration)
            #expect(signIn.account.provider?.fuelTypes == ["petrol"])
            #expect(signIn.account.provider?.capabilities == ["fuel_delivery", "fuel_petrol"])
            let caller = try await bench.accounts.authenticate(bearer: signIn.tokens.accessToken)

            func update(_ change: ProfileChange) async throws -> ProviderProfile? {
                try await bench.accounts.update(caller, change).provider
            }
            #expect(try await update(.init(fuelTypes: ["diesel"]))?.capabilities == ["fuel_delivery", "fuel_diesel"])
            // Other words, same fuels: saying diesel keeps him one who brings it.
            let towing = try await update(.init(specializations: ["towing"]))
            #expect(towing?.capabilities == ["fuel_delivery", "fuel_diesel", "tow_light"])
            #expect(towing?.fuelTypes == ["diesel"])
            #expect(try await update(.init(fuelTypes: []))?.capabilities == ["tow_light"])
            #expect(try await update(.init(name: "Other Name"))?.capabilities == ["tow_light"])
        }
    }

    @Test("a fuel nobody knows is refused with the ones we know")
    func unknown() async throws {
        try await AccountsBench.with { bench in
            var registration = Registration.provider(1)
            registration.fuelTypes = ["petrol", "water"]
            let wrong = registration
            let error = try await failure { _ = try await bench.accounts.register(wrong) }
            #expect(error?.fields.map(\.name) == ["fuel_types"])
            #expect(error?.fields.first?.message.contains("petrol, diesel") == true)
        }
    }
}
