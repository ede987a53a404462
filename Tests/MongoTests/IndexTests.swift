import BSON
import Foundation
import Mongo
import MongoTesting
import Testing

@Suite("Indexes")
struct IndexTests {
    static let all = [
        Index(
            name: "one_slot", keys: ["assigned_to": 1, "slot": 1], unique: true,
            partialFilter: ["slot": ["$exists": true]]),
        Index(name: "expiry", keys: ["expires_at": 1], expireAfterSeconds: 0),
        Index(name: "near", keys: ["location": "2dsphere"]),
    ]

    @Test("creating the same indexes again changes nothing; another definition under the name is refused", .database)
    func idempotent() async throws {
        let db = try TestDatabase.current
        let jobs = db.client.collection("jobs")
        try await jobs.createIndexes(Self.all)
        try await jobs.createIndexes(Self.all)
        let list = try await db.client.run(["listIndexes": "jobs"])
        let names = list.value(at: ["cursor", "firstBatch"]).flatMap { [Document](bson: $0) }?
            .compactMap { $0.get("name", as: String.self) }
        #expect(names == ["_id_", "one_slot", "expiry", "near"])
        let other = Index(name: "expiry", keys: ["expires_at": 1], expireAfterSeconds: 60)
        let error = await failure { try await jobs.createIndexes([other]) }
        #expect(error?.code == .command)
        #expect(error?.serverCode == 85)
    }

    @Test("a unique partial index refuses a second slot and lets documents without a slot alone", .database)
    func uniquePartial() async throws {
        let db = try TestDatabase.current
        let jobs = db.client.collection("jobs")
        try await jobs.createIndexes(Self.all)
        try await jobs.insert(contentsOf: [
            ["assigned_to": 1], ["assigned_to": 1], ["assigned_to": 1, "slot": "current"],
        ])
        let error = await failure {
            try await jobs.insert(["assigned_to": 1, "slot": "current"])
        }
        #expect(error?.code == .duplicateKey)
        #expect(error?.index == "one_slot")
        try await jobs.insert(["assigned_to": 2, "slot": "current"])
    }

    @Test("documents disappear after the date in their expiry index", .server)
    func expiry() async throws {
        let server = try OwnServer.current
        try await server.client.run(["setParameter": 1, "ttlMonitorSleepSecs": 1], on: "admin")
        let jobs = server.client.collection("jobs")
        try await jobs.createIndexes(Self.all)
        try await jobs.insert(contentsOf: [
            ["_id": "old", "expires_at": .date(Date(timeIntervalSinceNow: -1))],
            ["_id": "young", "expires_at": .date(Date(timeIntervalSinceNow: 3600))],
            ["_id": "ageless"],
        ])
        // The monitor sleeps a minute before it reads the new pause.
        try await eventually("the old document is gone", within: .seconds(90)) {
            try await jobs.count(["_id": "old"]) == 0
        }
        #expect(try await jobs.count() == 2)
    }

    @Test("nearSphere brings the nearest first and nobody outside the circle", .database)
    func nearSphere() async throws {
        let db = try TestDatabase.current
        let mechanics = db.client.collection("mechanics")
        try await mechanics.createIndexes(Self.all)
        // Going east from the centre of Nairobi, about 1.1 km each.
        try await mechanics.insert(
            contentsOf: (0..<50).shuffled().map { step in
                ["_id": .int32(step), "location": Self.point(36.8219 + 0.01 * Double(step), -1.2921)]
            })
        let near: Document = [
            "location": ["$nearSphere": ["$geometry": Self.point(36.8219, -1.2921), "$maxDistance": 10_000]]
        ]
        let found = try await mechanics.find(near, limit: 5)
        #expect(found.compactMap { $0.get("_id", as: Int.self) } == [0, 1, 2, 3, 4])
        #expect(try await mechanics.find(near).count == 9)
    }

    private static func point(_ longitude: Double, _ latitude: Double) -> BSONValue {
        ["type": "Point", "coordinates": [.double(longitude), .double(latitude)]]
    }
}
