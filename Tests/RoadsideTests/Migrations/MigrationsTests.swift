import BSON
import Foundation
import Logging
import Mongo
import MongoTesting
import Synchronization
import Testing

@testable import Roadside

@Suite struct MigrationsTests {
    @Test("D26: the nine collections are created, the second time they exist, and a dry run changes nothing")
    func collections() async throws {
        try await withDatabase { dependencies in
            let migrations = Migrations(dependencies)
            let preview = try await migrations.run(dryRun: true)
            let allMissing = preview.collections.allSatisfy { $0.state == .missing }
            #expect(preview.isDryRun && allMissing)
            #expect(preview.migrations.map(\.number) == Migrations.all.map(\.number))
            #expect(try await dependencies.store.client.collectionNames().isEmpty)

            let first = try await migrations.run()
            #expect(
                first.lines.prefix(9) == [
                    "Created: users", "Created: mechanics", "Created: services", "Created: bookings",
                    "Created: payments", "Created: vehicles", "Created: reviews", "Created: notifications",
                    "Created: emergency_alerts",
                ])
            #expect(first.migrations.map(\.number) == Migrations.all.map(\.number))

            let second = try await migrations.run()
            let allExist = second.collections.allSatisfy { $0.state == .exists }
            #expect(allExist)
            #expect(second.migrations.isEmpty)
            let allApplied = try await migrations.status().allSatisfy { $0.appliedAt != nil }
            #expect(allApplied)
        }
    }

    @Test("D26: what the old system created by hand is kept and reported as existing")
    func existing() async throws {
        try await withDatabase { dependencies in
            try await dependencies.store.users.insert(["_id": .id(ObjectID()), "number": 7, "email": "old@example.com"])
            let report = try await Migrations(dependencies).run()
            #expect(report.lines.first == "Exists: users" && report.lines.dropFirst().first == "Created: mechanics")
            #expect(try await dependencies.store.users.count() == 1)
        }
    }

    @Test("bookings made before are written into their jobs, and indexes that nobody used are dropped")
    func appointments() async throws {
        try await withDatabase { dependencies in
            let (store, migrations) = (dependencies.store, Migrations(dependencies))
            try await migrations.run(to: 6)
            let idle = Index(name: "services_status", keys: ["status": 1, "created_at": -1])
            try await store.services.createIndexes([idle], deadline: .current)
            let moment = Date(timeIntervalSince1970: 1_760_000_000)
            // More than a page.
            let jobs = (0..<503).map { _ in (job: ObjectID(), booking: ObjectID()) }
            for (index, pair) in jobs.enumerated() {
                try await store.services.insert([
                    "_id": .id(pair.job), "number": .int64(Int64(index)), "booking_id": .id(pair.booking),
                ])
                try await store.bookings.insert([
                    "_id": .id(pair.booking), "number": .int64(Int64(1000 + index)), "job_id": .id(pair.job),
                    "customer_id": .id(ObjectID()), "notes": "Blue gate", "created_at": .date(moment),
                    "updated_at": .date(moment),
                ])
            }
            try await migrations.run()
            for (index, pair) in jobs.enumerated() {
                let job = try #require(try await store.services.findOne(["appointment._id": .id(pair.booking)]))
                #expect(job["_id"] == .id(pair.job) && job["booking_id"] == nil)
                let kept: Document = [
                    "_id": .id(pair.booking), "number": .int64(Int64(1000 + index)), "notes": "Blue gate",
                    "created_at": .date(moment),
                ]
                #expect(job.get("appointment") == kept)
            }
            let indexes = try await store.client.run(["listIndexes": "services"]).debugDescription
            #expect(indexes.contains("services_appointment_number"))
            #expect(!indexes.contains("\"services_status\"") && !indexes.contains("services_location"))
        }
    }

    @Test("D26: a collection that was dropped by hand comes back, with its indexes")
    func dropped() async throws {
        try await withDatabase { dependencies in
            let migrations = Migrations(dependencies)
            try await migrations.run()
            for name in ["users", "reviews"] { try await dependencies.store.client.run(["drop": .string(name)]) }
            let report = try await migrations.run()
            let created = report.collections.filter { $0.state == .created }.map(\.name)
            #expect(created == ["users", "reviews"])
            #expect(report.migrations.isEmpty)
            try await dependencies.store.users.insert(["number": 1, "email": "a@example.com"])
            let error = await code {
                do {
                    try await dependencies.store.users.insert(["number": 2, "email": "a@example.com"])
                } catch {
                    throw RoadsideError(any: error)
                }
            }
            #expect(error == .emailTaken)
        }
    }

    @Test("a run stops where it is told and goes on later")
    func upTo() async throws {
        try await withDatabase { dependencies in
            let migrations = Migrations(dependencies)
            let first = try await migrations.run(to: 1)
            #expect(first.migrations.map(\.number) == [1])
            let applied = try await migrations.status().map { $0.appliedAt != nil }
            #expect(applied == Migrations.all.map { $0.number == 1 })
            let rest = try await migrations.run().migrations.map(\.number)
            #expect(rest == Migrations.all.map(\.number).filter { $0 > 1 })
        }
    }

    @Test("servers that start together migrate once")
    func together() async throws {
        try await withDatabase { dependencies in
            let runs = Mutex(0)
            let list = [Step(1) { _ in runs.withLock { $0 += 1 } }, Step(2) { _ in runs.withLock { $0 += 1 } }]
            let applied = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 1...4 {
                    group.addTask { try await Migrations(dependencies, list: list).run().migrations.count }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(applied.sorted() == [0, 0, 0, 2])
            let started = runs.withLock { $0 }
            #expect(started == 2)
        }
    }

    @Test("a failed migration leaves what came before it, is tried again, and holds nobody up")
    func failure() async throws {
        try await withDatabase { dependencies in
            let broken = Mutex(true)
            let first = Mutex(0)
            let list = [
                Step(1) { _ in first.withLock { $0 += 1 } },
                Step(2) { _ throws(MongoError) in if broken.withLock({ $0 }) { throw MongoError(.command, "planted") }
                },
            ]
            let migrations = Migrations(dependencies, list: list, waiting: .zero)
            let failed = await code { try await migrations.run() }
            #expect(failed == .internalError)
            let status = try await migrations.status()
            let applied = status.map { $0.appliedAt != nil }
            #expect(applied == [true, false])
            broken.withLock { $0 = false }
            #expect(try await migrations.run().migrations.map(\.number) == [2])
            let ran = first.withLock { $0 }
            #expect(ran == 1)
        }
    }

    @Test("a living lease keeps others out; one that has run out is taken over with a higher fence")
    func lease() async throws {
        try await withDatabase { dependencies in
            let store = dependencies.store
            let dead = try await MigrationLease.acquire(store, waiting: .zero)
            let blocked = Migrations(dependencies, list: [Step(1) { _ in }], waiting: .zero)
            let kept = await code { try await blocked.run() }
            #expect(kept == .conflict)

            try await store.leases.updateOne(
                ["_id": .string(MigrationLease.name)], ["$set": ["expires_at": .date(Date(timeIntervalSinceNow: -60))]])
            let heir = try await MigrationLease.acquire(store, waiting: .zero)
            #expect(heir.fence > dead.fence)
            let fenced = await code { try await dead.record(Step(1) { _ in }, store) }
            #expect(fenced == .conflict)
            #expect(try await store.migrations.count() == 0)
            try await heir.record(Step(1) { _ in }, store)
            await dead.release(store)
            let stillKept = await code { try await blocked.run() }
            #expect(stillKept == .conflict)
            await heir.release(store)
            #expect(try await blocked.run().migrations.isEmpty)
        }
    }
}

/// A migration made of a closure.
struct Step: Migration {
    let number: Int
    var name: String { "step \(number)" }
    private let body: @Sendable (Store) async throws(MongoError) -> Void

    init(_ number: Int, _ body: @escaping @Sendable (Store) async throws(MongoError) -> Void) {
        self.number = number
        self.body = body
    }

    func apply(to store: Store) async throws(MongoError) { try await body(store) }
}

func withDatabase(_ body: (Dependencies) async throws -> Void) async throws {
    let database = try await TestDatabase.fresh()
    let dependencies = Dependencies(
        client: database.client, settings: RoadsideSettings(), secrets: try .forTests(), clock: { Date() },
        logger: Logger(label: "migrations-tests", factory: { _ in SwiftLogNoOpLogHandler() }))
    do {
        try await body(dependencies)
    } catch {
        await database.drop()
        throw error
    }
    await database.drop()
}
