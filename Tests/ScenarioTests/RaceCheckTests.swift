import Foundation
import MongoTesting
import RaceCheck
import RoadsideTesting
import Testing

/// The short form of `make race-check`. Its virtual people pause as their plan says; the tests wait for outcomes only.
@Suite("Races at two servers that are killed and restarted", .serialized)
struct RaceCheckTests {
    @Test("fault 1, fault 3, fault 5: sixty jobs, eight contenders each, two kills: no promise is broken")
    func nothingIsBroken() async throws {
        let report = try await Self.race { $0.kills = 2 }
        #expect(report.violations.isEmpty, "\(report.lines.joined(separator: "\n"))")
        // A run in which nothing happened would prove nothing.
        #expect(report.kills == 2)
        let refused = Set(report.history.commands.compactMap { $0.answer?.code })
        #expect(refused.isSuperset(of: ["JOB_ALREADY_TAKEN", "JOB_CANCELLED"]), "\(refused.sorted())")
        #expect(report.history.final.jobs.contains { $0.status == "completed" })
        #expect(report.history.snapshots.contains { !$0.holders.isEmpty })
    }

    @Test("fault 5: without the index of providers' slots somebody gets two jobs, and the checker sees it")
    func withoutTheIndex() async throws {
        let report = try await Self.race {
            $0.jobs = 72
            $0.mutation = .providerSlot
        }
        let rules = Set(report.violations.map(\.rule))
        #expect(rules.contains("one job per provider"), "\(rules.sorted())")
    }

    @Test("fault 5: decided on what was read before, and written without a look: the checker sees it")
    func withoutTheFilter() async throws {
        let report = try await Self.race {
            $0.jobs = 72
            $0.mutation = .statusFilter
        }
        let rules = Set(report.violations.map(\.rule))
        #expect(rules.contains("legal transitions"), "\(rules.sorted())")
    }

    private static func race(_ change: (inout RaceOptions) -> Void) async throws -> RaceReport {
        let database = try await TestDatabase.fresh()
        let folder = database.folder
        var options = RaceOptions(
            program: ServerProcess.program.path, reference: TestServer.reference, folder: folder)
        options.jobs = 60
        options.kills = 0
        change(&options)
        let result: Result<RaceReport, any Error>
        do {
            result = .success(try await RaceRun(options, uri: database.uri, database: database.name).run())
        } catch {
            result = .failure(error)
        }
        await database.drop()
        try? FileManager.default.removeItem(atPath: folder)
        return try result.get()
    }
}
