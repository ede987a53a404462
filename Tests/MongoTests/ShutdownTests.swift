import BSON
import Foundation
import Mongo
import MongoTesting
import Testing

@Suite("The end of a client")
struct ShutdownTests {
    @Test("no thread is left after the shutdown, nor after a client was forgotten")
    func threads() async throws {
        // In a process of its own, where no other suite starts threads.
        await #expect(processExitsWith: .success) {
            let server = try await TestServerProcess.start()
            let settings = MongoClient.Settings(uri: server.uri, database: "threads", workers: 8)
            try await use(MongoClient(settings), thenShutdown: true)
            let before = threadCount()
            for _ in 0..<3 { try await use(MongoClient(settings), thenShutdown: true) }
            try await eventually("the threads of three clients are gone") { threadCount() <= before }
            for _ in 0..<3 { try await use(MongoClient(settings), thenShutdown: false) }
            try await eventually("the threads of three forgotten clients are gone") { threadCount() <= before }
            server.stop()
        }
    }

    @Test("two who shut down at the same time both wait for the end", .database)
    func twice() async throws {
        let db = try TestDatabase.current
        let client = try MongoClient(.init(uri: db.uri, database: db.name))
        try await client.run(["ping": 1])
        async let first: Void = client.shutdownGracefully()
        async let second: Void = client.shutdownGracefully()
        _ = await (first, second)
        let error = await failure { try await client.run(["ping": 1]) }
        #expect(error?.code == .closed)
    }
}

private func use(_ client: MongoClient, thenShutdown: Bool) async throws {
    try await client.collection("things").insert(["a": 1])
    var events = client.watch("things").makeAsyncIterator()
    _ = await events.next()
    if thenShutdown { client.shutdown() }
}

/// The threads of this process which belong to clients: all but those of Swift's own pool, whose number varies.
private func threadCount() -> Int {
    let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
    let names = tasks.compactMap { try? String(contentsOfFile: "/proc/self/task/\($0)/comm", encoding: .utf8) }
    return names.count
}
