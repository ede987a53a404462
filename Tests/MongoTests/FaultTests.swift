import BSON
import Foundation
import Mongo
import MongoTesting
import Testing

/// Each test breaks a server of its own.
@Suite("Faults of the server", .serialized)
struct FaultTests {
    @Test(
        "fault 14: a killed server: every call is answered, confirmed writes survive, and the client finds it again",
        .server)
    func killed() async throws {
        let server = try OwnServer.current
        let things = server.client.collection("things")
        try await things.insert(["_id": 0])
        server.process.signal(SIGKILL)
        let codes = await codes(of: 8) { number in
            try await things.insert(["_id": .int(number + 1)], deadline: .after(.seconds(15)))
        }
        #expect(codes.allSatisfy { [.network, .outcomeUnknown, .deadlineExceeded].contains($0) })
        let read = await failure { try await things.find(deadline: .after(.seconds(15))) }
        #expect([.network, .deadlineExceeded].contains(read?.code))

        try await server.process.restart()
        try await eventually("the client works again") {
            await failure { try await things.insert(["_id": 100]) } == nil
        }
        #expect(try await things.count(["_id": ["$in": [0, 100]]]) == 2)
        // Nothing was listening, so not one of the eight can have been written.
        #expect(try await things.count() == 2)
    }

    @Test(
        "fault 14: writes during a restart are confirmed late or not at all, and none is done twice or lost",
        .server(workers: 8))
    func restarted() async throws {
        let server = try OwnServer.current
        let things = server.client.collection("things")
        try await things.insert(["_id": "sum", "n": 0])
        async let answers = codes(of: 40) { _ in
            try await things.updateOne(["_id": "sum"], ["$inc": ["n": 1]], deadline: .after(.seconds(30)))
        }
        server.process.signal(SIGKILL)
        try await server.process.restart()
        let codes = await answers
        let confirmed = codes.count { $0 == nil }
        let open = codes.count { $0 == .outcomeUnknown }
        let sum = try await things.findOne(deadline: .after(.seconds(30)))?.get("n", as: Int.self) ?? -1
        #expect(sum >= confirmed)
        #expect(sum <= confirmed + open)
    }

    @Test(
        "fault 14: a frozen server: a read is answered at its deadline, a write leaves its outcome open, then both work",
        .server(workers: 2))
    func frozen() async throws {
        let server = try OwnServer.current
        let things = server.client.collection("things")
        try await things.insert(["_id": 0])
        server.process.signal(SIGSTOP)
        async let read = failure {
            try await things.find(deadline: .after(.seconds(1)))
        }
        async let write = failure {
            try await things.insert(["_id": 1], deadline: .after(.seconds(1)))
        }
        #expect(await read?.code == .deadlineExceeded)
        #expect(await write?.code == .outcomeUnknown)
        // Both workers are stuck; who comes now does not even get to one.
        let queued = await failure {
            try await things.insert(["_id": 2], deadline: .after(.milliseconds(200)))
        }
        #expect(queued?.code == .deadlineExceeded)

        server.process.signal(SIGCONT)
        try await eventually("the client works again") {
            await failure { try await things.find() } == nil
        }
        #expect(try await things.count(["_id": 0]) == 1)
        #expect(try await things.count(["_id": 1]) <= 1)
        #expect(try await things.count(["_id": 2]) == 0)
    }

    @Test(
        "fault 14: a frozen server during a commit leaves the transaction's outcome open, and it happens once or never",
        .server(workers: 2))
    func frozenCommit() async throws {
        let server = try OwnServer.current
        let things = server.client.collection("things")
        try await things.insert(["_id": 0])
        let process = server.process
        let error = await failure {
            try await server.client.transaction(deadline: .after(.seconds(2))) { tx in
                try tx.collection("things").insert(["_id": 1])
                process.signal(SIGSTOP)
            }
        }
        #expect(error?.code == .outcomeUnknown)
        process.signal(SIGCONT)
        try await eventually("the client works again") {
            await failure { try await things.find() } == nil
        }
        #expect(try await things.count(["_id": 1]) <= 1)
    }

    @Test(
        "a connection that breaks once is retried by itself, and the write is done once", .server,
        arguments: ["insert", "update", "delete", "findAndModify"])
    func retriedWrite(command: String) async throws {
        let server = try OwnServer.current
        let things = server.client.collection("things")
        try await things.insert(contentsOf: [["_id": 1, "n": 0], ["_id": 2, "n": 0]])
        try await server.fail([command], times: 1, ["closeConnection": true])
        switch command {
        case "insert": try await things.insert(["_id": 3])
        case "update": try await things.updateOne(["_id": 1], ["$inc": ["n": 1]])
        case "delete": try await things.deleteOne(["n": 0])
        default: try await things.findOneAndUpdate(["_id": 1], ["$inc": ["n": 1]])
        }
        let left = try await things.find(sort: ["_id": 1])
        switch command {
        case "insert": #expect(left.count == 3)
        case "delete": #expect(left.count == 1)
        default: #expect(left.first == ["_id": 1, "n": 1])
        }
    }

    @Test("a connection that breaks twice leaves a write's outcome open and a read as a network error", .server)
    func brokenTwice() async throws {
        let server = try OwnServer.current
        let things = server.client.collection("things")
        try await things.insert(["_id": 1])
        for command in ["insert", "findAndModify", "find"] {
            try await server.fail([command], times: 2, ["closeConnection": true])
            let error = await failure {
                switch command {
                case "insert": try await things.insert(["_id": 2])
                case "find": _ = try await things.find()
                default: try await things.findOneAndUpdate(["_id": 1], ["$set": ["n": 1]])
                }
            }
            #expect(error?.code == (command == "find" ? .network : .outcomeUnknown), "\(command)")
            try await server.heal()
        }
        #expect(try await things.count() == 1)
    }

    @Test("a write concern that is not met leaves the outcome open: the write may yet be rolled back", .server)
    func unconfirmed() async throws {
        let server = try OwnServer.current
        let things = server.client.collection("things")
        try await things.insert(["_id": 1])
        let concern: Document = [
            "writeConcernError": ["code": .int32(64), "codeName": "WriteConcernFailed", "errmsg": "waiting timed out"]
        ]
        try await server.fail(["insert", "findAndModify"], times: 2, concern)
        let insert = await failure { try await things.insert(["_id": 2]) }
        #expect(insert?.code == .outcomeUnknown)
        let error = await failure {
            try await things.findOneAndUpdate(["_id": 1], ["$set": ["n": 1]])
        }
        #expect(error?.code == .outcomeUnknown)
        #expect(error?.serverCode == 64)
    }

    @Test("fault 14: a read refused by a server that is not the primary says so", .server)
    func notPrimary() async throws {
        let server = try OwnServer.current
        try await server.client.collection("things").insert(["_id": 1])
        try await server.fail(["find"], times: 2, ["errorCode": .int32(10107)])
        let error = await failure { try await server.client.collection("things").find() }
        #expect(error?.code == .notPrimary)
        #expect(error?.serverCode == 10107)
    }

    @Test("a commit whose answer is lost is repeated until it is known, and the body runs once", .server)
    func commitRetried() async throws {
        let server = try OwnServer.current
        let things = server.client.collection("things")
        try await things.insert(["_id": 0])
        // Once more than the client library repeats by itself.
        try await server.fail(["commitTransaction"], times: 3, ["closeConnection": true])
        let runs = Counter()
        try await server.client.transaction(deadline: .after(.seconds(30))) { tx in
            runs.add()
            try tx.collection("things").insert(["_id": 1])
        }
        #expect(runs.count == 1)
        #expect(try await things.count() == 2)
    }

    @Test("a statement that fails for a moment makes the body run again", .server)
    func bodyRetried() async throws {
        let server = try OwnServer.current
        let things = server.client.collection("things")
        try await things.insert(["_id": 0])
        try await server.fail(["insert"], times: 2, ["closeConnection": true])
        let runs = Counter()
        try await server.client.transaction(deadline: .after(.seconds(30))) { tx in
            runs.add()
            try tx.collection("things").insert(["_id": 1])
        }
        #expect(runs.count == 3)
        #expect(try await things.count() == 2)
    }

    @Test("a commit that never gets an answer leaves its outcome open at the deadline", .server)
    func commitOpen() async throws {
        let server = try OwnServer.current
        try await server.client.collection("things").insert(["_id": 0])
        try await server.fail(["commitTransaction"], times: 10_000, ["closeConnection": true])
        let error = await failure {
            try await server.client.transaction(deadline: .after(.seconds(2))) { tx in
                try tx.collection("things").insert(["_id": 1])
            }
        }
        #expect(error?.code == .outcomeUnknown)
    }
}
