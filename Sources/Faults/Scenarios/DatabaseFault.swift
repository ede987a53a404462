import EmbeddedMongo
import Foundation
import Proving

/// 14: the database is killed under writes, and stays away for some seconds.
struct DatabaseFault: Fault {
    static let number = "14"
    static let name = "the database is killed and absent for some seconds"

    /// Longer than any request may last: a shorter absence is waited out, and nobody is refused.
    private static let absence = Duration.seconds(15)
    private static let rate = 20
    /// So many that no request waits behind one that waits for the database.
    private static let connections = 200

    func play(_ stage: Stage, _ verdict: inout Verdict) async throws {
        // Of its own: the other scenarios keep theirs.
        let folder = "\(stage.options.folder)-mongo"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let mongo = EmbeddedMongo(root: folder)
        let running = try await mongo.start()
        do {
            try await play(stage, &verdict, mongo, "\(folder)/db/mongod.pid", running.uri)
        } catch {
            await stage.clear()
            _ = try? mongo.stop()
            throw error
        }
        await stage.clear()
        try mongo.stop()
    }

    private func play(
        _ stage: Stage, _ verdict: inout Verdict, _ mongo: EmbeddedMongo, _ pidFile: String, _ uri: String
    ) async throws {
        let world = try await stage.world(uri: uri)
        let people = try await world.customers(min(stage.options.sockets, 500))
        let crowd = stage.crowd()
        try await crowd.join(people, ports: world.ports)
        try await crowd.gather()
        let pusher = Pusher(try world.admin(), ports: world.ports, connections: Self.connections)
        async let pushing: Void = pusher.run(to: people, rate: Self.rate, dice: stage.dice)
        try await Task.sleep(for: .seconds(3))
        let text = try String(contentsOfFile: pidFile, encoding: .utf8)
        guard let pid = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw Crowd.Failure(description: "the database has no pid")
        }
        kill(pid, SIGKILL)
        let killedAt = Moment.now
        stage.say("the database is gone")
        try await Task.sleep(for: Self.absence)
        let backAt = Moment.now
        _ = try await mongo.start()
        stage.say("the database is back")
        try await Task.sleep(for: .seconds(10))
        pusher.stop()
        await pushing
        let ledger = Ledger(client: world.client)
        try await ledger.settle(crowd)
        let pushes = pusher.pushes
        // Due and answered while there was none.
        let absent = pushes.filter { $0.due > killedAt && $0.answeredAt < backAt }
        let statuses = Dictionary(grouping: pushes, by: { $0.status ?? 0 }).mapValues(\.count)
        verdict.expect("taken_while_absent", absent.count { $0.status == 201 }, is: 0)
        verdict.note("refused_while_absent", absent.count { $0.status == 503 })
        let refusals = pushes.filter { $0.status == 503 }
        verdict.note(
            "refused_p99_ms", Quantiles(refusals.map { Moment.milliseconds(from: $0.due, to: $0.answeredAt) })(0.99))
        verdict.expect("refused_at_all", pushes.contains { $0.status == 503 })
        verdict.expect("other_answers", pushes.count { ![201, 503].contains($0.status ?? 0) }, is: 0)
        for (status, count) in statuses.sorted(by: { $0.key < $1.key }) { verdict.note("answers_\(status)", count) }
        verdict.expect("sockets_ended", try await crowd.with { $0.flatMap(\.ends).count }, is: 0)
        let recovered = pushes.filter { $0.status == 201 && $0.answeredAt > backAt }.map(\.answeredAt).min()
        verdict.expect(
            "writes_again_ms", recovered.map { Moment.milliseconds(from: backAt, to: $0) } ?? .infinity, atMost: 10_000)
        verdict.expectWhole(try await ledger.tally(crowd, pushes))
        verdict.note("sockets", people.count)
        verdict.note("pushes", pushes.count)
    }
}
