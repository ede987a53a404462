import FixOnCallServer
import RoadsideTesting
import Testing

@Suite("A customer of any dialect is rescued by a provider of any other", .serialized)
struct CrossDialectTests {
    @Test(
        "called, taken, begun and done, each side in its own words",
        arguments: CustomerDialect.all, ProviderDialect.all)
    func rescue(customer: CustomerDialect, provider: ProviderDialect) async throws {
        // Providers of every dialect answer for themselves.
        try await TestServer.with({ $0.careConnect.autoAssign = false }) { server in
            let rescuer = try await provider.enter(server)
            let stranded = try await customer.enter(server)
            try await stranded.call()
            try await rescuer.takes()
            try await stranded.hears(.accepted)
            try await rescuer.starts()
            try await stranded.hears(.started)
            try await rescuer.finishes()
            try await stranded.hears(.completed)
        }
    }
}
