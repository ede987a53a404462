import BSON
import Foundation
import Mongo
import Testing

@testable import Roadside

@Suite struct MigrationsIndexesTests {
    @Test("every index that the code declares is in the database, under its name, but for those given up")
    func declared() async throws {
        try await withDatabase { dependencies in
            try await Migrations(dependencies).run()
            let added = [
                (collection: "bookings", indexes: M0004CreateBookingIndexes.indexes),
                (collection: "mechanics", indexes: [M0006IndexSearch.index]),
                (collection: "services", indexes: M0008KeepAppointments.indexes),
                (collection: "zones", indexes: [M0009CreateZones.index]),
                (collection: "policies", indexes: [M0010IndexDispatch.policies]),
                (collection: "services", indexes: [M0010IndexDispatch.rounds]),
                (collection: "mechanics", indexes: [M0010IndexDispatch.offDuty]),
                (collection: "dispatch_traces", indexes: M0010IndexDispatch.traces),
                (collection: "quotes", indexes: M0013KeepPrices.quotes),
                (collection: "services", indexes: [M0013KeepPrices.takings]),
                (collection: "budgets", indexes: [M0020KeepBudgets.index]),
            ]
            let all =
                M0002CreateIndexes.indexes + M0005IndexLists.indexes + M0014KeepAnswers.indexes
                + M0011IndexFleets.indexes + M0012IndexPositions.indexes + M0015KeepPresence.indexes
                + M0017IndexPeople.indexes + M0018KeepUploads.indexes + M0019KeepTalk.indexes
                + M0021KeepAudit.indexes + M0024IndexAdministration.indexes + added
            for (collection, indexes) in all {
                let idle =
                    (M0007DropIndexes.idle.first { $0.collection == collection }?.indexes ?? []) + [
                        M0013KeepPrices.idle
                    ]
                let names = try await indexNames(of: collection, in: dependencies.store)
                #expect(names.isSuperset(of: Set(indexes.map(\.name)).subtracting(idle)), "\(collection)")
                #expect(names.isDisjoint(with: idle), "\(collection)")
            }
        }
    }

    @Test("an index given up stays away when its collection was lost and made again")
    func givenUp() async throws {
        try await withDatabase { dependencies in
            let migrations = Migrations(dependencies)
            try await migrations.run()
            try await dependencies.store.client.run(["drop": "mechanics"])
            try await migrations.run()
            let names = try await indexNames(of: "mechanics", in: dependencies.store)
            #expect(names.contains("mechanics_search") && !names.contains("mechanics_location"))
        }
    }

    @Test("fault 5: the unique indexes are the last word on a race, and say which one was lost")
    func lastWord() async throws {
        try await withDatabase { dependencies in
            try await Migrations(dependencies).run()
            let store = dependencies.store
            let (job, provider) = (BSONValue.id(ObjectID()), BSONValue.id(ObjectID()))
            func offer(_ attempt: Int64, job: BSONValue, provider: BSONValue, state: String, mode: String) -> Document {
                [
                    "_id": .id(ObjectID()), "job_id": job, "provider_id": provider, "attempt": .int64(attempt),
                    "state": .string(state), "mode": .string(mode),
                ]
            }
            let other = { BSONValue.id(ObjectID()) }
            try await store.offers.insert(offer(1, job: job, provider: provider, state: "accepted", mode: "broadcast"))
            try await store.offers.insert(offer(1, job: job, provider: other(), state: "withdrawn", mode: "broadcast"))
            let second = await loss {
                try await store.offers.insert(
                    offer(1, job: job, provider: other(), state: "accepted", mode: "broadcast"))
            }
            #expect(second == .jobAlreadyTaken)

            let asked = other()
            try await store.offers.insert(offer(1, job: other(), provider: asked, state: "offered", mode: "pick"))
            try await store.offers.insert(offer(1, job: other(), provider: asked, state: "offered", mode: "broadcast"))
            let busy = await loss {
                try await store.offers.insert(
                    offer(1, job: other(), provider: asked, state: "offered", mode: "cascade"))
            }
            #expect(busy == .providerBusy)

            func current(_ number: Int64) -> Document {
                [
                    "_id": .id(ObjectID()), "number": .int64(number), "assigned_to": provider,
                    "provider_slot": "current",
                ]
            }
            try await store.services.insert(current(1))
            try await store.services.insert([
                "_id": .id(ObjectID()), "number": .int64(3), "assigned_to": provider, "status": "completed",
            ])
            let twice = await loss { try await store.services.insert(current(2)) }
            #expect(twice == .providerBusy)
            let numberTaken = await loss {
                try await store.services.insert(["_id": .id(ObjectID()), "number": .int64(1)])
            }
            #expect(numberTaken == .conflict)

            let row: Document = ["recipient_id": provider, "seq": .int64(1)]
            try await store.notifications.insert(row)
            let rowTaken = await loss { try await store.notifications.insert(row) }
            #expect(rowTaken == .conflict)
        }
    }

    @Test("lists of staff by two conditions, and of accounts with nothing proven, are counted without reading others")
    func staffPlans() async throws {
        try await withDatabase { dependencies in
            try await Migrations(dependencies).run()
            let store = dependencies.store
            let people = (0..<4).map { _ in ObjectID() }
            try await store.client.collection("audit_log").insert(
                contentsOf: (0..<400).map { index in
                    [
                        "_id": .id(ObjectID()), "actor_id": .id(people[index % 2]),
                        "subject_id": .id(people[index / 2 % 4]),
                        "action": .string(index.isMultiple(of: 20) ? "rare" : "usual"),
                        "created_at": .date(Date(timeIntervalSince1970: 1_760_000_000 + Double(index))),
                    ]
                })
            try await store.users.insert(
                contentsOf: (0..<400).map { index in
                    [
                        "_id": .id(ObjectID()), "number": .int64(Int64(index)),
                        "is_verified": [
                            "email": .bool(!index.isMultiple(of: 10)), "phone": .bool(!index.isMultiple(of: 4)),
                        ], "created_at": .date(Date(timeIntervalSince1970: 1_760_000_000 + Double(index))),
                    ]
                })
            let (actor, subject): (BSONValue, BSONValue) = (.id(people[0]), .id(people[0]))
            let filters: [(String, Document)] = [
                ("audit_log", ["actor_id": actor, "action": "rare"]),
                ("audit_log", ["subject_id": subject, "action": "rare"]),
                ("audit_log", ["actor_id": actor, "subject_id": subject]), ("users", Administration.unproven),
            ]
            for (collection, filter) in filters {
                let plan = try await store.client.run([
                    "explain": [
                        "find": .string(collection), "filter": .document(filter),
                        "sort": ["created_at": -1, "_id": -1],
                    ], "verbosity": "executionStats",
                ])
                let figures = plan.get("executionStats", as: Document.self)
                let found = figures?.get("nReturned", as: Int.self) ?? -1
                let read = figures?.get("totalDocsExamined", as: Int.self) ?? -1
                #expect(found > 0 && read == found, "\(collection) \(filter)")
                // Only what was done: the plans that were turned down may sort.
                let stages = figures?.get("executionStages", as: Document.self)?.debugDescription ?? "COLLSCAN"
                #expect(!stages.contains("COLLSCAN") && !stages.contains("\"SORT\""), "\(collection) \(filter)")
            }
        }
    }

    @Test("a search for dispatchable mechanics near a point walks an index of places, not the collection")
    func nearbyPlan() async throws {
        try await withDatabase { dependencies in
            try await Migrations(dependencies).run()
            let store = dependencies.store
            try await store.mechanics.insert(
                contentsOf: (0..<500).map { index in
                    [
                        "_id": .id(ObjectID()), "number": .int64(Int64(index)), "availability": "available",
                        "capabilities": ["breakdown"], "dispatchable": .bool(index.isMultiple(of: 5)),
                        "location": [
                            "type": "Point", "coordinates": [.double(36.8 + Double(index) * 0.001), .double(-1.29)],
                        ],
                    ]
                })
            let near: BSONValue = [
                "$nearSphere": [
                    "$geometry": ["type": "Point", "coordinates": [36.8, -1.29]], "$maxDistance": 20_000,
                ]
            ]
            let filter: Document = ["location": near, "dispatchable": true, "capabilities": "breakdown"]
            let plan = try await store.client.run([
                "explain": ["find": "mechanics", "filter": .document(filter), "limit": 20],
                "verbosity": "executionStats",
            ])
            let text = plan.debugDescription
            #expect(text.contains("GEO_NEAR_2DSPHERE") && !text.contains("COLLSCAN"))
            let statistics = plan.get("executionStats", as: Document.self)
            #expect(statistics?.get("nReturned") == 20)
        }
    }
}

private func indexNames(of collection: String, in store: Store) async throws -> Set<String> {
    let answer = try await store.client.run(["listIndexes": .string(collection)])
    let batch = answer.get("cursor", as: Document.self)?.get("firstBatch", as: [Document].self) ?? []
    return Set(batch.compactMap { $0.get("name", as: String.self) })
}

/// What the loser of a unique index is told.
private func loss(_ body: () async throws -> Void) async -> ErrorCode? {
    do {
        try await body()
        return nil
    } catch {
        return RoadsideError(any: error).code
    }
}
