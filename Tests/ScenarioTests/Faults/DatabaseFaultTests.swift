import BSON
import FixOnCallClient
import FixOnCallServer
import Foundation
import Mongo
import MongoTesting
import RoadsideTesting
import Synchronization
import Testing

/// Each test breaks a database server of its own.
@Suite("Faults of the database (realtime.md 5)", .serialized, .timeLimit(.minutes(5)))
struct DatabaseFaultTests {
    /// Who finds no database is told so soon, instead of after five seconds.
    private static let impatient: @Sendable (inout Settings) -> Void = { settings in
        settings.mongo.uri = settings.mongo.uri.map { $0 + "&serverSelectionTimeoutMS=500" }
    }

    @Test("fault 14: a database killed with kill -9 costs refused requests, no socket, and nothing that was committed")
    func fault14Killed() async throws {
        let process = try await TestServerProcess.start()
        defer { process.stop() }
        try await TestServer.with(on: TestDatabase.fresh(on: process), Self.impatient) { server in
            let person = try await server.customer()
            let live = try await Live.open(person)
            try await live.resume(0)
            let confirmed = Mutex<[String]>([])
            // It ends with the database.
            let writing = Task {
                while true {
                    let text = "\(confirmed.withLock(\.count))"
                    try await person.told([text])
                    confirmed.withLock { $0.append(text) }
                }
            }
            try await eventually("some are written") { confirmed.withLock(\.count) >= 20 }
            process.signal(SIGKILL)
            _ = await writing.result
            let refused = try await person.ask("POST", "/api/services/request", Self.opening)
            #expect(refused.status == 503)
            #expect(refused.headers["Retry-After"] != nil)
            var heard = try await live.framesSoFar()

            try await process.restart()
            try await eventually("requests are served again") {
                try await person.ask("POST", "/api/services/request", Self.opening).status == 201
            }
            heard += try await live.socket.frames { $0["k"] == "job.status" }
            let seqs = heard.compactMap { $0["s"]?.int }
            #expect(seqs == Array(1...Int64(heard.count)), "in order, without a hole")
            let texts = heard.compactMap { $0["d"]?["message"]?.string }
            let missing = Set(confirmed.withLock(\.self)).subtracting(texts)
            #expect(missing.isEmpty, "committed and never told: \(missing.sorted())")
        }
    }

    private static let opening: JSON = [
        "service_type": "breakdown", "description": "It does not start",
        "location": ["latitude": -1.2921, "longitude": 36.8219, "address": "Kenyatta Avenue"],
    ]

    @Test("fault 15: whatever the database does to the stream, who listens at another server misses nothing")
    func fault15BrokenStream() async throws {
        let process = try await TestServerProcess.start()
        defer { process.stop() }
        try await TestServer.withTwo(on: TestDatabase.fresh(on: process)) { one, two in
            let person = try await two.customer()
            let live = try await Live.open(person, at: one)
            try await live.resume(0)
            var told: Int64 = 0
            for fault in StreamFault.allCases {
                // A stream that is broken stays so until all is written.
                try await fault.strike(one.database)
                for _ in 1...5 { try await person.told([fault.rawValue]) }
                try await StreamFault.heal(one.database)
                let seqs = try await live.seqs(through: told + 5)
                #expect(seqs == Array(told + 1...told + 5), "\(fault)")
                told += 5
            }
        }
    }

    @Test(
        "fault 15: a stream that stands open and brings nothing is noticed, told by health, and replaced; nothing is lost"
    )
    func fault15SilentStream() async throws {
        let process = try await TestServerProcess.start()
        defer { process.stop() }
        try await TestServer.withTwo(on: TestDatabase.fresh(on: process), { $0.sockets.canarySeconds = 1 }) {
            one, two in
            let person = try await two.customer()
            let live = try await Live.open(person, at: one)
            try await live.resume(0)
            try await person.told(["before"])
            #expect(try await live.next()["s"] == 1)
            // The next look of each server at its stream is taken and not answered.
            try await StreamFault.fail(
                ["getMore"], of: one.database, ["times": 2], ["blockConnection": true, "blockTimeMS": 8000])
            for _ in 1...5 { try await person.told(["meanwhile"]) }
            try await eventually("health tells of it") { try await Self.doorbell(of: one) == "down" }
            #expect(try await live.seqs(through: 6) == [2, 3, 4, 5, 6])
            try await eventually("and that it is over") { try await Self.doorbell(of: one) == "up" }
        }
    }

    private static func doorbell(of server: TestServer) async throws -> String? {
        try await server.http().get("/api/health").json?["data"]?["doorbell"]?.string
    }

    /// What may happen to a change stream at the database.
    private enum StreamFault: String, CaseIterable {
        case cursorKilled, connectionBroken, historyLost

        func strike(_ database: TestDatabase) async throws {
            switch self {
            case .cursorKilled: try await killCursors(database)
            case .connectionBroken:
                try await Self.fail(["getMore", "aggregate"], of: database, "alwaysOn", ["closeConnection": true])
            case .historyLost:
                try await Self.fail(["getMore", "aggregate"], of: database, "alwaysOn", ["errorCode": 286])
            }
        }

        static func heal(_ database: TestDatabase) async throws {
            try await database.client.run(["configureFailPoint": "failCommand", "mode": "off"], on: "admin")
        }

        /// As an operator would: every cursor that stands on the collection, at work or idle.
        private func killCursors(_ database: TestDatabase) async throws {
            let answer = try await database.client.run(
                [
                    "aggregate": 1, "cursor": [:],
                    "pipeline": [
                        ["$currentOp": ["idleCursors": true]],
                        ["$match": ["ns": .string("\(database.name).notifications"), "cursor": ["$exists": true]]],
                        ["$project": ["id": "$cursor.cursorId"]],
                    ],
                ], on: "admin")
            let found = answer.get("cursor", as: Document.self)?.get("firstBatch", as: [Document].self) ?? []
            let ids = found.compactMap { $0.get("id", as: Int64.self) }
            try #require(ids.count >= 2, "both servers have a stream")
            try await database.client.run([
                "killCursors": "notifications", "cursors": .array(ids.map { .int64($0) }),
            ])
        }

        /// Lets what the servers say about the collection of inboxes fail.
        static func fail(
            _ commands: BSONValue, of database: TestDatabase, _ mode: BSONValue, _ how: Document
        ) async throws {
            var data: Document = [
                "failCommands": commands, "namespace": .string("\(database.name).notifications"),
                "appName": "fixoncall",
            ]
            data.append(contentsOf: how)
            try await database.client.run(
                ["configureFailPoint": "failCommand", "mode": mode, "data": .document(data)], on: "admin")
        }
    }
}
