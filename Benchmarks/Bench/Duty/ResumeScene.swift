import BSON
import Foundation
import Mongo

/// How long clients take to come back: the server is killed under five thousand sockets and started again, each client
/// comes back after the reconnect law, says where to go on and is told the row it missed.
struct ResumeScene {
    private struct Return: Decodable {
        let resumed, missing, resets, doubled: Int
        let seconds, generatorCPU: Double
        let resumption: Load.Latencies
    }

    let database: Database
    let options: RunOptions
    let workplace: Workplace
    /// A row of the product's making, and the head of its inbox.
    let row, head: Document

    /// - Parameter start: starts the server, on the given port where there is one.
    func play(start: (Int?) throws -> RunningTarget) throws -> [(variant: String, sample: Sample)] {
        let count = Scene.resume.connections
        try fillInboxes(count)
        var running = try start(nil)
        defer { running.stop() }
        let load = try Load(
            "resume", port: running.port,
            [
                "--providers", workplace.file("providers"), "--sockets", "\(count)", "--socket-path", "/ws/v1/",
            ], options, in: workplace)
        defer { load.stop() }
        _ = try load.opening()
        database.calm()
        let mongod = ProcessMeter(pid: database.child.pid)
        let machine = MachineMeter(watching: [mongod, load.meter])
        let before = mongod.microseconds
        running.kill()
        load.goOn()
        running = try start(running.port)
        let result = try load.step(Return.self)
        let resumed = Double(max(result.resumed, 1))
        var sample = Sample(
            rate: resumed / result.seconds, serverMicroseconds: running.microseconds / resumed,
            mongodMicroseconds: (mongod.microseconds - before) / resumed, memory: running.memory,
            errors: result.missing + result.resets + result.doubled,
            generator: result.generatorCPU * 100 / result.seconds,
            others: machine.others(besides: running.microseconds))
        sample.take(result.resumption)
        return [("", sample)]
    }

    /// One row in the inbox of each.
    private func fillInboxes(_ count: Int) throws {
        let (row, head) = (row, head)
        try database.use(DutyCity.name) { client in
            let people = (0..<count).map { City.provider($0) }
            try await City.insert(
                people.map { row.replacing(["_id": .id(ObjectID()), "recipient_id": .id($0), "seq": .int64(1)]) },
                "notifications", client)
            try await City.insert(
                people.map { head.replacing(["_id": .id($0), "seq": .int64(1)]) }, "inbox_heads", client)
        }
    }
}
