import Foundation
import MongoTesting
import RoadsideTesting
import Testing

@Suite("Faults of the clock of offers (realtime.md 5)", .serialized, .timeLimit(.minutes(5)))
struct OfferFaultTests {
    @Test("fault 3: two servers come to the same moment: each offer ends once, is told once, and one more is asked")
    func fault3TwoSweepers() async throws {
        try await TestServer.withTwo(AskedScenes.settings) { one, _ in
            let scenes = try await AskedScenes(6, at: one)
            for round in 1...2 {
                // Both servers know of the moment before it comes, and wake at it.
                try await scenes.runOut(at: Date().addingTimeInterval(1.2))
                let expected = Array(repeating: "expired", count: round) + ["offered"]
                try await eventually("every offer has ended and the next is asked") {
                    try await scenes.states().allSatisfy { $0 == expected }
                }
                let told = Array(repeating: ["offer.new", "offer.withdrawn"], count: round) + [["offer.new"]]
                #expect(try await scenes.told() == Array(repeating: told, count: 6))
            }
        }
    }

    @Test("fault 4: offers that ran out while no server lived end at boot: each is told once, and one more is asked")
    func fault4OverdueAtBoot() async throws {
        let server = try await TestServer.start(AskedScenes.settings)
        let scenes = try await AskedScenes(8, at: server)
        await server.halt()
        try await scenes.runOut(at: Date().addingTimeInterval(-600), eachLaterBy: 10)
        let again = try await TestServer.start(on: server.database, AskedScenes.settings)
        try await eventually("every offer has ended and the next is asked") {
            try await scenes.states().allSatisfy { $0 == ["expired", "offered"] }
        }
        #expect(
            try await scenes.told()
                == Array(repeating: [["offer.new", "offer.withdrawn"], ["offer.new"]], count: 8))
        await again.stop()
    }
}
