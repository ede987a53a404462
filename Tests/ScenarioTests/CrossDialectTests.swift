import FixOnCallServer
import RoadsideTesting
import Testing

@Suite("A customer of any dialect is rescued by a provider of any other", .serialized)
struct CrossDialectTests {
    @Test("called, taken, begun and done, each side in its own words", arguments: Rescue.all)
    func rescue(_ rescue: Rescue) async throws {
        try await TestServer.with({ settings in
            // Providers of every dialect answer for themselves.
            settings.careConnect.autoAssign = false
            settings.careConnect.serviceType = rescue.errand.serviceType
        }) { server in
            let rescuer = try await rescue.provider.enter(server, rescue.errand)
            let stranded = try await rescue.customer.enter(server, rescue.errand)
            try await stranded.call()
            try await rescuer.takes()
            try await stranded.hears(.accepted)
            try await rescuer.starts(collecting: stranded.paysCashFirst)
            try await stranded.hears(.started)
            try await rescuer.finishes()
            try await stranded.hears(.completed)
        }
    }
}
