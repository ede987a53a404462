/// How many sockets a second the server lets in, each with a token that it checks, and what one of them keeps in memory.
struct HandshakeScene {
    /// The limit of handshakes is there to be reached late, so it is out of the way here.
    static let settings = ["SOCKETS_HANDSHAKES_PER_SECOND": "1000000"]

    let database: Database
    let options: RunOptions
    let workplace: Workplace

    func play(_ running: RunningTarget) throws -> [(variant: String, sample: Sample)] {
        let load = try Load(
            "opening", port: running.port,
            [
                "--providers", workplace.file("providers"), "--sockets", "\(Scene.handshakes.connections)",
                "--socket-path", "/ws/v1/",
            ], options, in: workplace)
        defer { load.stop() }
        let mongod = ProcessMeter(pid: database.child.pid)
        let machine = MachineMeter(watching: running.meters + [mongod, load.meter])
        let before = (running.microseconds, mongod.microseconds, running.memory)
        load.goOn()
        let opening = try load.opening()
        // What each of them asks the database for first belongs to it.
        database.calm()
        let count = Double(max(opening.opened, 1))
        let others = machine.others(besides: 0)
        let generator = try load.step([String: Double].self)["generatorCPU"] ?? 0
        var sample = Sample(
            rate: count / opening.seconds, serverMicroseconds: (running.microseconds - before.0) / count,
            mongodMicroseconds: (mongod.microseconds - before.1) / count, memory: running.memory,
            memoryPerSocket: (running.memory - before.2) / count, errors: 0,
            generator: generator * 100 / opening.seconds, others: others)
        if let times = opening.opening { sample.take(times) }
        return [("", sample)]
    }
}
