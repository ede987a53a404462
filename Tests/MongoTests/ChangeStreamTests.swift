import BSON
import Foundation
import Mongo
import MongoTesting
import Testing

@Suite("Change streams", .timeLimit(.minutes(5)))
struct ChangeStreamTests {
    @Test("after opened every insert is seen, in order, with its document", .database)
    func inserts() async throws {
        let db = try TestDatabase.current
        let inbox = db.client.collection("inbox")
        let stream = db.client.watch("inbox")
        var events = stream.makeAsyncIterator()
        #expect(await events.next() == .opened)
        try await inbox.insert(contentsOf: (0..<500).map { ["_id": .int32($0)] })
        for expected in 0..<500 {
            let change = try #require(await events.next()?.document)
            #expect(change.get("operationType", as: String.self) == "insert")
            #expect(change.value(at: ["fullDocument", "_id"]) == .int32(Int32(expected)))
        }
    }

    @Test("the pipeline filters, and an update carries the whole document when asked", .database)
    func pipeline() async throws {
        let db = try TestDatabase.current
        let jobs = db.client.collection("jobs")
        try await jobs.insert(["_id": 1, "status": "matching"])
        let stream = db.client.watch(
            "jobs", pipeline: [["$match": ["operationType": "update"]]], fullDocument: true)
        var events = stream.makeAsyncIterator()
        #expect(await events.next() == .opened)
        try await jobs.insert(["_id": 2])
        try await jobs.updateOne(["_id": 1], ["$set": ["status": "accepted"]])
        let change = try #require(await events.next()?.document)
        #expect(change["fullDocument"] == ["_id": 1, "status": "accepted"])
    }

    @Test("a stream goes on after its collection was dropped", .database)
    func dropped() async throws {
        let db = try TestDatabase.current
        let stream = db.client.watch("jobs", pipeline: [["$match": ["operationType": "insert"]]])
        var events = stream.makeAsyncIterator()
        #expect(await events.next() == .opened)
        try await db.client.collection("jobs").insert(["_id": 1])
        #expect(await events.next()?.insertedID == 1)
        try await db.client.run(["drop": "jobs"])
        try await db.client.collection("jobs").insert(["_id": 2])
        #expect(await events.next()?.insertedID == 2)
    }

    @Test("it ends when the client is shut down", .database)
    func shutdown() async throws {
        let db = try TestDatabase.current
        let client = try MongoClient(.init(uri: db.uri, database: db.name, workers: 1))
        let stream = client.watch("jobs")
        var events = stream.makeAsyncIterator()
        #expect(await events.next() == .opened)
        async let ended: Void = client.shutdownGracefully()
        #expect(await events.next() == nil)
        await ended
        var late = client.watch("jobs").makeAsyncIterator()
        #expect(await late.next() == nil)
    }

    @Test("it ends for a task that is cancelled", .database)
    func cancelled() async throws {
        let db = try TestDatabase.current
        let (opened, open) = AsyncStream<Void>.makeStream()
        let stream = db.client.watch("jobs")
        let task = Task {
            for await event in stream where event == .opened { open.yield() }
            return true
        }
        for await _ in opened { break }
        task.cancel()
        #expect(await task.value)
    }

    @Test("streams that are forgotten give their connections back", .database)
    func forgotten() async throws {
        let db = try TestDatabase.current
        let client = try MongoClient(.init(uri: db.uri, database: db.name, workers: 1, streams: 2))
        for _ in 0..<6 {
            var events = client.watch("jobs").makeAsyncIterator()
            try await eventually("a stream opens, sooner or later") { await events.next() == .opened }
        }
        await client.shutdownGracefully()
    }

    @Test("a consumer who falls behind loses events, is told so, and goes on from there", .database)
    func overflow() async throws {
        let db = try TestDatabase.current
        let client = try MongoClient(.init(uri: db.uri, database: db.name, workers: 1, streamBuffer: 10))
        let stream = client.watch("jobs")
        var events = stream.makeAsyncIterator()
        #expect(await events.next() == .opened)
        try await client.collection("jobs").insert(contentsOf: (0..<100).map { ["_id": .int32($0)] })
        // A second stream that has seen the last one tells that the first has been fed as well, or soon is.
        var seen: [ChangeStream.Event] = []
        while seen.last?.insertedID != 99, let event = await events.next() { seen.append(event) }
        let gaps = seen.indices.filter { seen[$0].interruption?.code == .overloaded }
        let ids = seen.compactMap(\.insertedID)
        #expect(ids == ids.sorted())
        if ids.count < 100 {
            #expect(!gaps.isEmpty)
            // A consumer who is slow once more loses the word that it is open again with the rest, and is told of that gap.
            for gap in gaps { #expect(seen[gap + 1] == .opened || gaps.contains(gap + 1)) }
        }
        await client.shutdownGracefully()
    }
}

/// Each test breaks a server of its own.
@Suite("Change streams of a server with faults", .serialized, .timeLimit(.minutes(5)))
struct ChangeStreamFaultTests {
    @Test("fault 15: it resumes without loss when its cursor is killed", .server, arguments: [1, 2, 5])
    func killedCursor(times: Int) async throws {
        let server = try OwnServer.current
        try await interrupted(server) {
            try await server.fail(["getMore"], times: times, ["errorCode": .int32(43)])
        }
    }

    @Test("fault 15: it resumes without loss when its connection breaks", .server)
    func brokenConnection() async throws {
        let server = try OwnServer.current
        try await interrupted(server) {
            try await server.fail(["getMore", "aggregate"], times: 6, ["closeConnection": true])
        }
    }

    @Test("fault 15: it resumes without loss when the server is killed and comes back", .server)
    func restart() async throws {
        let server = try OwnServer.current
        try await interrupted(server) {
            server.process.signal(SIGKILL)
            try await server.process.restart()
        }
    }

    @Test("fault 15: an interruption is told once, and when history is lost the stream opens anew", .server)
    func historyLost() async throws {
        let server = try OwnServer.current
        let inbox = server.client.collection("inbox")
        let stream = server.client.watch("inbox")
        var events = stream.makeAsyncIterator()
        #expect(await events.next() == .opened)
        try await server.fail(["getMore"], times: 1, ["errorCode": .int32(286)])
        let error = try #require(await events.next()?.interruption)
        #expect(error.serverCode == 286)
        #expect(await events.next() == .opened)
        try await inbox.insert(["_id": 1])
        #expect(await events.next()?.insertedID == 1)
    }

    @Test("fault 15: without a server it says so once, and opens when there is one", .server)
    func late() async throws {
        let server = try OwnServer.current
        server.process.signal(SIGKILL)
        let stream = server.client.watch("inbox")
        var events = stream.makeAsyncIterator()
        #expect(await events.next()?.interruption?.code == .network)
        try await server.process.restart()
        #expect(await events.next() == .opened)
    }

    /// Inserts before, during and after `fault`, and finds every insert in the stream, once and in order.
    private func interrupted(_ server: OwnServer, by fault: () async throws -> Void) async throws {
        let inbox = server.client.collection("inbox")
        let stream = server.client.watch("inbox")
        var events = stream.makeAsyncIterator()
        #expect(await events.next() == .opened)
        try await inbox.insert(["_id": 1])
        #expect(await events.next()?.insertedID == 1)
        try await fault()
        for id in 2...20 {
            try await eventually("the insert is confirmed") {
                let error = await failure { try await inbox.insert(["_id": .int(id)]) }
                return error == nil || error?.code == .duplicateKey
            }
        }
        var ids: [Int] = []
        while ids.last != 20, let event = await events.next() {
            #expect(event != .opened)
            if let id = event.insertedID { ids.append(id) }
        }
        #expect(ids == Array(2...20))
    }
}

extension ChangeStream.Event {
    var document: Document? { if case .change(let document) = self { document } else { nil } }

    var interruption: MongoError? { if case .interrupted(let error) = self { error } else { nil } }

    var insertedID: Int? { document?.value(at: ["documentKey", "_id"]).flatMap { Int(bson: $0) } }
}
