import BSON
import Mongo
import Proving

/// 15: the change stream of the server that holds the sockets dies at the database, first with an error, then in silence.
/// Everything is written through another server, so nothing but the stream can tell of it.
struct DoorbellFault: Fault {
    static let number = "15"
    static let name = "the doorbell dies at the database"

    /// Milliseconds; what the issue asks.
    private static let bound = 7000.0

    func play(_ stage: Stage, _ verdict: inout Verdict) async throws {
        let proxy = try await DatabaseProxy(to: try Self.port(of: stage.options.uri))
        do {
            try await play(stage, &verdict, proxy)
        } catch {
            await stage.clear()
            await proxy.close()
            throw error
        }
        await stage.clear()
        await proxy.close()
    }

    private func play(_ stage: Stage, _ verdict: inout Verdict, _ proxy: DatabaseProxy) async throws {
        let world = try await stage.world(
            servers: 2,
            particular: [0: ["MONGO_URI": "mongodb://127.0.0.1:\(proxy.port)/?directConnection=true"]])
        let people = try await world.customers(min(stage.options.sockets, 1000))
        let crowd = stage.crowd()
        try await crowd.join(people, ports: [world.ports[0]])
        try await crowd.gather()
        let pusher = Pusher(try world.admin(), ports: [world.ports[1]])
        async let pushing: Void = pusher.run(to: people, rate: stage.options.rate, dice: stage.dice)
        try await Task.sleep(for: .seconds(3))
        let killedAt = Moment.now
        let killed = try await Self.killStreams(world.client)
        stage.say("\(killed) change streams killed")
        try await Task.sleep(for: .seconds(10))
        let silencedAt = Moment.now
        let silenced = proxy.silenceStreams()
        stage.say("\(silenced) change streams silenced")
        try await Task.sleep(for: .seconds(25))
        pusher.stop()
        await pushing
        let ledger = Ledger(client: world.client)
        try await ledger.settle(crowd)
        let pushes = pusher.pushes
        let late = Lateness(pushes, try await crowd.heard())
        verdict.expect("killed_found", killed > 0)
        verdict.expect("killed_repaired_ms", late.worst(from: killedAt, to: silencedAt), atMost: Self.bound)
        verdict.expect("silenced_found", silenced > 0)
        verdict.expect("silenced_repaired_ms", late.worst(from: silencedAt, to: .max), atMost: Self.bound)
        verdict.note("healthy_p99_ms", late.quantiles(from: 0, to: killedAt)(0.99))
        verdict.expectWhole(try await ledger.tally(crowd, pushes))
        verdict.note("sockets", people.count)
        verdict.note("pushes", pushes.count)
    }

    /// Ends the cursors of all change streams on the inbox, those that wait for news and those that do not.
    private static func killStreams(_ client: MongoClient) async throws -> Int {
        let reply = try await client.run(
            [
                "aggregate": 1, "pipeline": [["$currentOp": ["allUsers": true, "idleCursors": true]]],
                "cursor": ["batchSize": 10_000],
            ], on: "admin")
        guard case .document(let cursor)? = reply["cursor"],
            let operations: [Document] = cursor.get("firstBatch")
        else { return 0 }
        var cursors: Set<Int64> = []
        for operation in operations where operation.get("ns") == "\(client.database).notifications" {
            guard let cursor: Document = operation.get("cursor"), let id: Int64 = cursor.get("cursorId"),
                let command: Document = cursor.get("originatingCommand"),
                let first = command.get("pipeline", as: [Document].self)?.first, first.keys.contains("$changeStream")
            else { continue }
            cursors.insert(id)
        }
        guard !cursors.isEmpty else { return 0 }
        try await client.run([
            "killCursors": "notifications", "cursors": .array(cursors.map { .int64($0) }),
        ])
        return cursors.count
    }

    private static func port(of uri: String) throws -> Int {
        let host = uri.split(separator: "/").dropFirst().first ?? ""
        guard let port = host.split(separator: ",").first?.split(separator: ":").last.flatMap({ Int($0) }) else {
            throw Crowd.Failure(description: "no port in the address of the database")
        }
        return port
    }
}
