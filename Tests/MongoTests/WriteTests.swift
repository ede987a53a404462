import BSON
import Mongo
import MongoTesting
import Testing

@Suite("Writes")
struct WriteTests {
    @Test("updates say how many documents matched, changed and were inserted", .database)
    func updates() async throws {
        let db = try TestDatabase.current
        let jobs = db.client.collection("jobs")
        try await jobs.insert(contentsOf: [["_id": 1, "n": 0], ["_id": 2, "n": 0], ["_id": 3, "n": 1]])

        let one = try await jobs.updateOne(["n": 0], ["$inc": ["n": 1]])
        #expect(one.matched == 1 && one.modified == 1 && !one.upserted)
        let many = try await jobs.updateMany([:], ["$set": ["n": 1]])
        #expect(many.matched == 3 && many.modified == 1)
        let none = try await jobs.updateOne(["_id": 9], ["$set": ["n": 1]])
        #expect(none.matched == 0 && !none.upserted)
        let new = try await jobs.updateOne(["_id": 9], ["$set": ["n": 1]], upsert: true)
        #expect(new.matched == 0 && new.upserted)
        let replaced = try await jobs.replaceOne(["_id": 9], ["other": true])
        #expect(replaced.modified == 1)
        #expect(try await jobs.findOne(["_id": 9]) == ["_id": 9, "other": true])
        #expect(try await jobs.deleteOne(["n": 1]) == 1)
        #expect(try await jobs.deleteMany([:]) == 3)
    }

    @Test("an update may be a pipeline that reads the document's own fields and the server's clock", .database)
    func pipeline() async throws {
        let db = try TestDatabase.current
        let jobs = db.client.collection("jobs")
        try await jobs.insert(["_id": 1, "a": 2])
        try await jobs.updateOne(["_id": 1], .pipeline([["$set": ["b": ["$multiply": ["$a", 21]], "at": "$$NOW"]]]))
        let found = try #require(try await jobs.findOne())
        #expect(found.get("b", as: Int.self) == 42)
        #expect(found["at"]?.type == .date)
        let again = try await jobs.findOneAndUpdate(
            ["$expr": ["$lte": ["$at", "$$NOW"]]], .pipeline([["$unset": ["at"]]]), returning: .after)
        #expect(again?["at"] == nil)
    }

    @Test("findOneAndUpdate returns the document before or after, sorted and projected, or nothing", .database)
    func findOneAndUpdate() async throws {
        let db = try TestDatabase.current
        let jobs = db.client.collection("jobs")
        try await jobs.insert(contentsOf: [["_id": 1, "n": 5, "x": 1], ["_id": 2, "n": 7, "x": 1]])
        let before = try await jobs.findOneAndUpdate(
            [:], ["$inc": ["n": 1]], returning: .before, sort: ["n": -1], projection: ["n": 1])
        #expect(before == ["_id": 2, "n": 7])
        let after = try await jobs.findOneAndUpdate(["_id": 2], ["$inc": ["n": 1]])
        #expect(after == ["_id": 2, "n": 9, "x": 1])
        #expect(try await jobs.findOneAndUpdate(["_id": 3], ["$inc": ["n": 1]]) == nil)
        let counter = try await jobs.findOneAndUpdate(["_id": 3], ["$inc": ["n": 1]], upsert: true)
        #expect(counter == ["_id": 3, "n": 1])
        #expect(try await jobs.findOneAndDelete(["_id": 3]) == counter)
        #expect(try await jobs.findOneAndDelete(["_id": 3]) == nil)
    }

    @Test("a bulk mixes kinds of writes and adds up what they did", .database)
    func bulk() async throws {
        let db = try TestDatabase.current
        let jobs = db.client.collection("jobs")
        let result = try await jobs.bulk([
            .insert(["_id": 1, "list": [1, 2, 3]]),
            .insert(["_id": 2]),
            .updateOne(["_id": 1], ["$set": ["list.$[big]": 0]], arrayFilters: [["big": ["$gte": 2]]]),
            .updateMany([:], ["$set": ["seen": true]]),
            .replaceOne(["_id": 3], ["new": true], upsert: true),
            .deleteOne(["_id": 2]),
        ])
        #expect(result.inserted == 2)
        #expect(result.matched == 3)
        #expect(result.modified == 3)
        #expect(result.upserted == 1)
        #expect(result.deleted == 1)
        #expect(try await jobs.findOne(["_id": 1])?["list"] == [1, 0, 0])
    }

    @Test("an ordered bulk stops at the failure, an unordered one goes on and fails at the end", .database)
    func order() async throws {
        let db = try TestDatabase.current
        let writes: [BulkWrite] = [.insert(["_id": 1]), .insert(["_id": 1]), .insert(["_id": 2])]
        let (first, second) = (db.client.collection("first"), db.client.collection("second"))
        let ordered = await failure { try await first.bulk(writes) }
        #expect(ordered?.code == .duplicateKey)
        let before = try await first.count()
        #expect(before == 1)
        let unordered = await failure { try await second.bulk(writes, ordered: false) }
        #expect(unordered?.code == .duplicateKey)
        let all = try await second.count()
        #expect(all == 2)
    }

    @Test("several requests run on one lease, and the lease is worth nothing afterwards", .database)
    func lease() async throws {
        let db = try TestDatabase.current
        let sum = try await db.client.withLease { lease throws(MongoError) in
            let jobs = lease.collection("jobs")
            try jobs.insert(contentsOf: [["n": 1], ["n": 2]])
            return try jobs.find().reduce(0) { $0 + ($1.get("n", as: Int.self) ?? 0) }
        }
        #expect(sum == 3)
        let escaped = try await db.client.withLease { lease throws(MongoError) in Escape(lease.collection("jobs")) }
        #expect(throws: MongoError.self) { try escaped.collection.count() }
    }
}

/// Smuggles a leased collection out of its closure, as a careless caller might.
private final class Escape: @unchecked Sendable {
    // SAFETY: the test uses it after the lease, on one thread.
    let collection: LeasedCollection

    init(_ collection: LeasedCollection) { self.collection = collection }
}
