import BSON
import Foundation
import Mongo
import MongoTesting
import Testing

@Suite("Documents through the server and back")
struct DocumentTests {
    @Test("every kind of value comes back as it went, in its order", .database)
    func everyKind() async throws {
        let db = try TestDatabase.current
        let document: Document = [
            "_id": .id(ObjectID()),
            "double": 1.5,
            "string": "Nairobi 🚗 \u{0} end",
            "document": ["a": 1, "b": ["c": nil]],
            "array": [1, "two", [3.0]],
            "binary": .binary(subtype: 0, bytes: [0, 1, 255]),
            "bool": true,
            "date": .date(Date(timeIntervalSince1970: 1_766_493_296.789)),
            "null": nil,
            "regex": .regex(pattern: "^a.b$", options: "i"),
            "javascript": .javascript("x"),
            "int32": .int32(-7),
            "timestamp": .timestamp(42 << 32 | 7),
            "int64": .int64(.min),
            "decimal": .decimal128(Array(repeating: 0, count: 14) + [0x40, 0x30]),
            "min": .minKey,
            "max": .maxKey,
        ]
        let things = db.client.collection("things")
        try await things.insert(document)
        let found = try await things.find()
        #expect(found == [document])
        #expect(found.first?.bytes == document.bytes)
    }

    @Test("a document without an id gets one", .database)
    func missingID() async throws {
        let db = try TestDatabase.current
        let things = db.client.collection("things")
        try await things.insert(["a": 1])
        let found = try #require(try await things.findOne())
        #expect(found.get("_id", as: ObjectID.self) != nil)
        #expect(found.keys == ["_id", "a"])
    }

    @Test("a short find comes in one reply and leaves no cursor behind, even when it brings exactly as many", .database)
    func oneReply() async throws {
        let db = try TestDatabase.current
        let things = db.client.collection("things")
        try await things.insert(contentsOf: (0..<30).map { ["_id": .int32($0)] })
        for limit in [1, 29, 30, 31] {
            let found = try await things.find(sort: ["_id": 1], hint: "_id_", limit: limit)
            #expect(found.compactMap { $0.get("_id", as: Int.self) } == Array(0..<min(limit, 30)))
        }
        let second = try await things.find(sort: ["_id": 1], skip: 28, limit: 5)
        #expect(second.compactMap { $0.get("_id", as: Int.self) } == [28, 29])
        let cursors = try await db.client.run(
            [
                "aggregate": 1, "cursor": [:],
                "pipeline": [
                    ["$currentOp": ["idleCursors": true]], ["$match": ["ns": .string("\(db.client.database).things")]],
                ],
            ], on: "admin")
        #expect(cursors.value(at: ["cursor", "firstBatch"]) == [])
        await #expect(throws: MongoError.self) { try await things.find(hint: "nothing", limit: 1) }
    }

    @Test("a short find of documents too large for one reply brings them all the same", .database)
    func largeDocuments() async throws {
        let db = try TestDatabase.current
        let things = db.client.collection("things")
        let filling = BSONValue.binary(subtype: 0, bytes: Array(repeating: 7, count: 1 << 20))
        for number in 0..<20 { try await things.insert(["_id": .int32(Int32(number)), "filling": filling]) }
        let found = try await things.find(sort: ["_id": 1], limit: 20)
        #expect(found.compactMap { $0.get("_id", as: Int.self) } == Array(0..<20))
        let inTransaction = try await db.client.transaction { transaction in
            try transaction.collection("things").find(sort: ["_id": 1], limit: 20).count
        }
        #expect(inTransaction == 20)
    }

    @Test("a find longer than one batch brings everything, in the order asked for", .database)
    func manyBatches() async throws {
        let db = try TestDatabase.current
        let things = db.client.collection("things")
        try await things.insert(contentsOf: (0..<2500).map { ["_id": .int32($0)] })
        let found = try await things.find(sort: ["_id": -1])
        #expect(found.compactMap { $0.get("_id", as: Int.self) } == (0..<2500).reversed())
        let page = try await things.find(sort: ["_id": 1], projection: ["_id": 1], skip: 10, limit: 1200)
        #expect(page.compactMap { $0.get("_id", as: Int.self) } == Array(10..<1210))
        #expect(try await things.count(["_id": ["$lt": 100]]) == 100)
        let sums = try await things.aggregate([["$group": ["_id": nil, "sum": ["$sum": "$_id"]]]])
        #expect(sums.first?.get("sum", as: Int.self) == 2500 * 2499 / 2)
    }

    @Test("a large insert is cut into requests by count and by size, and nothing is lost", .database)
    func largeInsert() async throws {
        let db = try TestDatabase.current
        let things = db.client.collection("things")
        let filling = BSONValue.binary(subtype: 0, bytes: [UInt8](repeating: 7, count: 3_000_000))
        try await things.insert(contentsOf: (0..<12).map { ["_id": .int32($0), "filling": filling] })
        #expect(try await things.count() == 12)
    }

    @Test("no documents to insert are no request and no error", .database)
    func nothing() async throws {
        let db = try TestDatabase.current
        try await db.client.collection("things").insert(contentsOf: [])
        #expect(try await db.client.collection("things").bulk([]).inserted == 0)
    }
}
