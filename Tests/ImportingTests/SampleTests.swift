import BSON
import Foundation
import Importing
import Mongo
import MongoTesting
import RoadsideTesting
import Testing

@Suite("The samples of the five systems come over")
struct SampleTests {
    /// Users, mechanics, jobs, reviews; then rejected rows by file and line.
    static let expected: [OldSystem: (counts: [Int], rejected: Set<String>)] = [
        .fixOnCall: (
            [4, 2, 4, 2],
            [
                "users.jsonl:5", "users.jsonl:6", "users.jsonl:7", "users.jsonl:8", "mechanics.jsonl:2",
                "services.jsonl:5", "services.jsonl:6", "services.jsonl:7", "services.jsonl:8", "reviews.jsonl:3",
                "reviews.jsonl:4",
            ]
        ),
        .depannini: (
            [4, 2, 4, 2],
            [
                "users.csv:6", "users.csv:7", "users.csv:8", "assistances.csv:6", "assistances.csv:7",
                "assistances.csv:8",
            ]
        ),
        .toota: (
            [3, 1, 3, 0], ["users.jsonl:3", "drivers.jsonl:2", "trips.jsonl:4", "trips.jsonl:5"]
        ),
        // The bookings before have a line end in an address.
        .careConnect: ([3, 2, 3, 0], ["users.csv:5", "drivers.csv:4", "bookings.csv:6"]),
        .liveBookings: ([2, 1, 3, 0], ["bookings.jsonl:4"]),
    ]

    @Test("each brings in what is good and tells of every row that is not", arguments: OldSystem.allCases)
    func samples(system: OldSystem) async throws {
        try await TestServer.with { server in
            let importer = Importer(server: server)
            let (report, rows) = try await importer.sample(system)
            let (counts, rejected) = try #require(Self.expected[system])
            let found = try await importer.counts()
            #expect(found == counts)
            #expect(Set(rows.filter { !$0.isImported }.map { "\($0.file):\($0.line)" }) == rejected)
            #expect(rows.allSatisfy { !$0.reason.isEmpty && !$0.reason.contains("@") })
            #expect(report.missing.isEmpty)
            let open = try await importer.count(
                "services", ["status": ["$nin": ["completed", "cancelled", "expired", "failed"]]])
            let timers = try await importer.count("services", ["dispatch.next_timer_at": ["$exists": true]])
            #expect(open == 0 && timers == 0)
        }
    }

    @Test("again brings nothing in, and says that all of it is known", arguments: OldSystem.allCases)
    func repeated(system: OldSystem) async throws {
        try await TestServer.with { server in
            let importer = Importer(server: server)
            let (first, rows) = try await importer.sample(system)
            let before = try await importer.counts()
            let stars = try await server.database.client.collection("mechanics").find(sort: ["_id": 1])
            let (second, again) = try await importer.sample(system)
            #expect(second.tables.allSatisfy { $0.new == 0 })
            for table in first.tables { #expect(second.table(table.table).known == table.new) }
            #expect(again.filter { !$0.isImported }.count == rows.filter { !$0.isImported }.count)
            let after = try await importer.counts()
            #expect(after == before)
            let later = try await server.database.client.collection("mechanics").find(sort: ["_id": 1])
            #expect(later == stars)
        }
    }

    @Test("a rehearsal writes nothing and tells the same as the run behind it", arguments: OldSystem.allCases)
    func rehearsal(system: OldSystem) async throws {
        try await TestServer.with { server in
            let importer = Importer(server: server)
            let (told, rows) = try await importer.sample(system, ImportOptions(isRehearsal: true))
            let counts = try await importer.counts()
            #expect(counts == [0, 0, 0, 0])
            let (done, doneRows) = try await importer.sample(system)
            #expect(told.tables == done.tables)
            #expect(Set(rows) == Set(doneRows))
        }
    }

    @Test("a job of history keeps its people, its price and its stars, and its provider is rated by them")
    func history() async throws {
        try await TestServer.with { server in
            let importer = Importer(server: server)
            _ = try await importer.sample(.fixOnCall)
            let job = try #require(
                try await importer.find("services", ["imported_from.id": "64b000000000000000000201"]))
            #expect(job.value(at: ["customer", "name"]) == "Akinyi Odhiambo")
            #expect(job.value(at: ["provider", "name"]) == "Peter Mwangi")
            #expect(job.value(at: ["estimate", "minor_units"]) == .int64(150_000))
            #expect(job.get("payment_status") == "paid" && job.get("status") == "completed")
            let mechanic = try #require(try await importer.find("mechanics", ["name": "Peter Mwangi"]))
            #expect(mechanic.value(at: ["rating", "count"]).flatMap(Int.init(bson:)) == 1)
            #expect(mechanic.value(at: ["rating", "avg"]).flatMap(Double.init(bson:)) == 5)
            let left = try #require(
                try await importer.find("services", ["imported_from.id": "64b000000000000000000204"]))
            #expect(left.get("status") == "cancelled")
            // The mechanic is named by his row of `mechanics` there.
            let other = try #require(
                try await importer.find("services", ["imported_from.id": "64b000000000000000000202"]))
            #expect(other.value(at: ["provider", "name"]) == "Grace Wambui")
        }
    }

    @Test("open jobs stay out when that is asked for, and staff come in switched off")
    func choices() async throws {
        try await TestServer.with { server in
            let importer = Importer(server: server)
            let (report, _) = try await importer.sample(
                .fixOnCall, ImportOptions(openJobs: .reject, withStaff: true))
            #expect(report.table("services").new == 2)
            let admin = try #require(try await importer.find("users", ["email": "admin@old.example.com"]))
            #expect(admin.get("is_active") == false && admin.get("roles", as: [String].self) == ["admin"])
        }
    }
}
