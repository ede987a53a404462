import BSON
import Mongo
import MongoTesting
import Testing

@Suite("Transactions")
struct TransactionTests {
    struct OwnError: Error, Equatable { let reason: String }

    @Test("what the body did is there after the commit, and the body reads its own writes", .database)
    func commit() async throws {
        let db = try TestDatabase.current
        try await Self.prepare(db)
        let seen = try await db.client.transaction { tx in
            try tx.collection("jobs").insert(["_id": 1])
            try tx.collection("inbox").insert(contentsOf: [["_id": 1], ["_id": 2]])
            let updated = try tx.collection("jobs").findOneAndUpdate(["_id": 1], ["$set": ["status": "accepted"]])
            #expect(updated == ["_id": 1, "status": "accepted"])
            return try tx.collection("inbox").count()
        }
        #expect(seen == 2)
        #expect(try await db.client.collection("jobs").findOne() == ["_id": 1, "status": "accepted"])
        #expect(try await db.client.collection("inbox").count() == 2)
    }

    @Test("the body's own error comes out unchanged, and nothing stays", .database)
    func abort() async throws {
        let db = try TestDatabase.current
        try await Self.prepare(db)
        let error = await #expect(throws: OwnError.self) {
            try await db.client.transaction { tx in
                try tx.collection("jobs").insert(["_id": 1])
                throw OwnError(reason: "not today")
            }
        }
        #expect(error == OwnError(reason: "not today"))
        #expect(try await db.client.collection("jobs").count() == 0)
    }

    @Test("a duplicate key in the body is thrown as such, once, and undoes the rest", .database)
    func duplicateKey() async throws {
        let db = try TestDatabase.current
        try await Self.prepare(db)
        try await db.client.collection("jobs").insert(["_id": 1])
        let runs = Counter()
        let error = await failure {
            try await db.client.transaction { tx in
                runs.add()
                try tx.collection("inbox").insert(["_id": 1])
                try tx.collection("jobs").insert(["_id": 1])
            }
        }
        #expect(error?.code == .duplicateKey)
        #expect(error?.index == "_id_")
        #expect(runs.count == 1)
        #expect(try await db.client.collection("inbox").count() == 0)
    }

    @Test("a body that keeps silent about a failed statement commits nothing", .database)
    func swallowed() async throws {
        let db = try TestDatabase.current
        try await Self.prepare(db)
        try await db.client.collection("jobs").insert(["_id": 1])
        let error = await failure {
            try await db.client.transaction { tx in
                try? tx.collection("jobs").insert(["_id": 1])
                try? tx.collection("inbox").insert(["_id": 1])
            }
        }
        #expect(error?.code == .duplicateKey)
        #expect(try await db.client.collection("inbox").count() == 0)
    }

    @Test("twenty concurrent increments by reading and writing add up exactly", .database(workers: 8))
    func writeConflicts() async throws {
        let db = try TestDatabase.current
        try await Self.prepare(db)
        let jobs = db.client.collection("jobs")
        try await jobs.insert(["_id": 1, "n": 0])
        let runs = Counter()
        try await withThrowingTaskGroup { group in
            for _ in 0..<20 {
                group.addTask {
                    try await db.client.transaction(deadline: .after(.seconds(60))) { tx in
                        runs.add()
                        let found = try tx.collection("jobs").findOne(["_id": 1])
                        let n = found?.get("n", as: Int.self) ?? 0
                        try tx.collection("jobs").updateOne(["_id": 1], ["$set": ["n": .int(n + 1)]])
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await jobs.findOne()?.get("n", as: Int.self) == 20)
        #expect(runs.count >= 20)
    }

    @Test("an error of the body's own around a write conflict still lets the transaction run again", .database)
    func wrappedConflict() async throws {
        let db = try TestDatabase.current
        try await Self.prepare(db)
        let jobs = db.client.collection("jobs")
        try await jobs.insert(["_id": 1, "n": 0])
        let runs = Counter()
        try await db.client.transaction(deadline: .after(.seconds(60))) { tx in
            runs.add()
            // The first statement fixes the snapshot; a write from outside then makes it old.
            _ = try tx.collection("jobs").findOne(["_id": 1])
            if runs.count == 1 { try Self.increment(from: db) }
            do {
                try tx.collection("jobs").updateOne(["_id": 1], ["$inc": ["n": 1]])
            } catch {
                throw OwnError(reason: "wrapped \(error)")
            }
        }
        #expect(runs.count == 2)
        #expect(try await jobs.findOne()?.get("n", as: Int.self) == 11)
    }

    @Test("a body that is still running at the deadline is not committed any more", .database)
    func deadlineInBody() async throws {
        let db = try TestDatabase.current
        try await Self.prepare(db)
        let gate = Gate()
        let error = await failure {
            try await db.client.transaction(deadline: .after(.milliseconds(300))) { tx in
                try tx.collection("jobs").insert(["_id": 1])
                gate.pass()
            }
        }
        #expect(error?.code == .deadlineExceeded)
        gate.open()
        await db.client.shutdownGracefully()
        let other = try MongoClient(.init(uri: db.uri, database: db.name, workers: 1))
        #expect(try await other.collection("jobs").count() == 0)
        await other.shutdownGracefully()
    }

    /// Collections exist beforehand: creating one inside a transaction conflicts with everything else.
    private static func prepare(_ db: TestDatabase) async throws {
        try await db.client.run(["create": "jobs"])
        try await db.client.run(["create": "inbox"])
    }

    /// Adds ten from another client, and blocks until that is done.
    private static func increment(from db: TestDatabase) throws {
        let gate = Gate()
        let other = try MongoClient(.init(uri: db.uri, database: db.name, workers: 1))
        Task {
            try await other.collection("jobs").updateOne(["_id": 1], ["$inc": ["n": 10]])
            gate.open()
        }
        gate.pass()
        other.shutdown()
    }
}
