import BSON
import Foundation
import Mongo
import MongoTesting
import Testing

@Suite("Tails of capped collections", .timeLimit(.minutes(5)))
struct TailTests {
    private func capped(_ client: MongoClient, _ count: Int32 = 1) async throws -> MongoCollection {
        try await client.run(["create": "tail", "capped": true, "size": .int64(1 << 20)])
        let tail = client.collection("tail")
        if count > 0 { try await tail.insert(contentsOf: (0..<count).map { ["_id": .int32(-$0 - 1)] }) }
        return tail
    }

    @Test("after opened every insert is seen, in order; what was there before is not", .database, arguments: [1, 2500])
    func inserts(before: Int32) async throws {
        let db = try TestDatabase.current
        let tail = try await capped(db.client, before)
        var events = db.client.tail("tail").makeAsyncIterator()
        #expect(await events.next() == .opened)
        try await tail.insert(contentsOf: (0..<1500).map { ["_id": .int32($0)] })
        for expected in 0..<1500 {
            #expect(await events.next() == .change(["_id": .int32(Int32(expected))]))
        }
    }

    @Test("the filter chooses, also where history chooses nothing", .database)
    func filter() async throws {
        let db = try TestDatabase.current
        let tail = try await capped(db.client)
        try await tail.insert(["_id": 1, "from": "me"])
        var events = db.client.tail("tail", filter: ["from": ["$exists": true, "$ne": "me"]]).makeAsyncIterator()
        #expect(await events.next() == .opened)
        try await tail.insert(contentsOf: [["_id": 2, "from": "me"], ["_id": 3, "from": "you"]])
        #expect(await events.next() == .change(["_id": 3, "from": "you"]))
    }

    @Test("a collection that is missing or empty is told once, and followed when it can be", .database)
    func missing() async throws {
        let db = try TestDatabase.current
        var events = db.client.tail("tail").makeAsyncIterator()
        #expect(await events.next()?.interruption != nil)
        let tail = try await capped(db.client)
        #expect(await events.next() == .opened)
        try await tail.insert(["_id": 5])
        var event = await events.next()
        // The first document may have come between the look at what is there and the opening.
        if event == .change(["_id": .int32(-1)]) { event = await events.next() }
        #expect(event == .change(["_id": 5]))
    }

    @Test("a cursor that is killed, or overtaken, is opened anew and goes on with what comes", .server)
    func killed() async throws {
        let server = try OwnServer.current
        let tail = try await capped(server.client)
        var events = server.client.tail("tail").makeAsyncIterator()
        #expect(await events.next() == .opened)
        for (round, code) in [Int32(43), 136, 237].enumerated() {
            try await server.fail(["getMore"], times: 1, ["errorCode": .int32(code)])
            let error = try #require(await events.next()?.interruption)
            #expect(error.serverCode == Int(code))
            #expect(await events.next() == .opened)
            try await tail.insert(["_id": .int32(Int32(round))])
            #expect(await events.next() == .change(["_id": .int32(Int32(round))]))
        }
    }
}
