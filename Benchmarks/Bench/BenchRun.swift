import FixOnCallClient
import Foundation

/// One run: the database and its data first, then every target afresh in every round, in alternating order.
struct BenchRun {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let options: RunOptions
    let scenes: [Scene]
    let workplace: Workplace
    let machine: Machine
    private let database: Database
    private let targets: [Target]
    private let sessions = Sessions()
    private let peerLoad: PeerLoad?
    private var report = Report()
    /// How many providers a target finds, which must be the same for all.
    private var found: Int?
    /// What the product wrote of its own accord into the city of those on duty.
    private var samples: City.Samples?

    init(options: RunOptions, scenes: [Scene], names: [String]?, peers: String?, workplace: Workplace) throws {
        (self.options, self.scenes, self.workplace) = (options, scenes, workplace)
        let log = workplace.file("log")
        let own = OwnTargets.all(programs: options.programs)
        for program in own.flatMap(\.commands).compactMap(\.first)
            + ["SocketLoad", "DutyLoad"].map(options.program)
        where !FileManager.default.isExecutableFile(atPath: program) {
            throw Failure(description: "\(program) is not built; `make bench` builds everything")
        }
        var others: [Target] = []
        peerLoad = peers.flatMap { PeerLoad(folder: $0, options, workplace) }
        if let peers {
            let book = try PeerBook.read(peers, log: log)
            let (ready, skipped) = book.targets(peers, names: names ?? PeerBook.names)
            others = ready
            for sentence in skipped { report.note(sentence) }
        }
        let chosen = (own + others).filter { names?.contains($0.name) ?? true }
        for name in names ?? [] where !chosen.contains(where: { $0.name == name }) {
            throw Failure(description: "there is no target \(name)")
        }
        targets = chosen.filter { !Set($0.scenes).isDisjoint(with: scenes) }
        Self.say("starting mongod")
        database = try Database(in: workplace, core: options.mongodPin)
        machine = Machine(options, mongodb: database.version, log: log)
        if scenes.contains(where: { $0.kind == .http }) { try fill(own[0], peers: peers, log: log) }
        if scenes.contains(where: { $0.kind == .duty }), let duty = targets.first(where: \.isOnDuty) {
            samples = try fillDuty(duty, log: log)
        }
        if scenes.contains(.dialects) { try migrate(DialectScene.name, log: log) }
    }

    private func fill(_ server: Target, peers: String?, log: String) throws {
        let copies = peers != nil && targets.contains { $0.environment["PEERS_MONGO"] != nil && !$0.routes.isEmpty }
        if let peers, copies {
            Self.say("filling the peers' database")
            try PeerBook.seed(peers, database, log: log)
        }
        Self.say("filling ours: \(City.customers) customers, \(City.providers) providers, \(City.bookings) bookings")
        try migrate(Database.name, log: log)
        let samples = try {
            let running = try RunningTarget(server, core: nil, mongo: database.uri, in: workplace)
            defer { running.stop() }
            return try City.samples(from: running, database)
        }()
        let people = copies ? try database.use(Database.peersName, City.copied) : City.invented()
        try database.use { try await City.build(from: samples, providers: people, on: $0) }
    }

    private func fillDuty(_ server: Target, log: String) throws -> City.Samples {
        Self.say("filling a city of \(DutyCity.providers) providers on duty")
        try migrate(DutyCity.name, log: log)
        let samples = try {
            let running = try RunningTarget(server, core: nil, mongo: database.uri, in: workplace)
            defer { running.stop() }
            return try City.samples(from: running, database, in: DutyCity.name)
        }()
        try database.use(DutyCity.name) { try await DutyCity.build(from: samples, on: $0) }
        return samples
    }

    /// In production nothing migrates by itself.
    private func migrate(_ name: String, log: String) throws {
        let migration = try Child(
            .init(
                command: [options.program("fixoncall"), "migrate", "--directory", workplace.path],
                environment: OwnTargets.settings.merging(["MONGO_URI": database.uri, "MONGO_DATABASE": name]) { $1 },
                log: log))
        guard migration.wait().status == 0 else { throw Failure(description: "migrate failed: \(tail(log))") }
    }

    /// - Returns: what was found.
    mutating func all() throws -> Report {
        for round in 1...options.rounds {
            for target in round % 2 == 1 ? targets : targets.reversed() {
                do {
                    try play(target, round: round)
                } catch {
                    Self.say("\(target.name): \(error)")
                    report.fail("\(target.name): \(error)")
                }
            }
        }
        return report
    }

    private mutating func play(_ target: Target, round: Int) throws {
        let wanted = target.scenes.filter(scenes.contains)
        if wanted.contains(where: { $0.kind == .http }) {
            let running = try start(target)
            defer { running.stop() }
            let needsTokens = wanted.contains { target.routes[$0]?.contains(where: \.isSignedIn) ?? false }
            let tokens = needsTokens ? try sessions.tokens(of: running) : []
            for scene in wanted where scene.kind == .http {
                for route in target.routes[scene] ?? [] {
                    try play(scene, route, running, tokens: tokens, round: round)
                }
            }
            running.stop()
            if wanted.contains(.request) { try City.clean(database) }
        }
        for scene in wanted where scene.kind == .sockets || scene.kind == .topics {
            try playSockets(scene, target, round: round)
        }
        for scene in wanted where scene.kind == .duty { try playDuty(scene, target, round: round) }
        if wanted.contains(.dialects) { try playDialects(target, round: round) }
    }

    /// Started afresh for each: memory is part of what is measured.
    private mutating func playSockets(_ scene: Scene, _ target: Target, round: Int) throws {
        var parts: [(variant: String, sample: Sample)] = []
        if scene.kind == .topics {
            parts = try HubScene(scene: scene, options: options, workplace: workplace)
                .play(target) { try start(target) }
        } else if let sockets = target.sockets, let way = sockets.ways.first {
            let running = try start(target)
            defer { running.stop() }
            parts = [
                ("", try SocketScene(scene: scene, options: options, workplace: workplace).play(running, sockets, way))
            ]
        }
        if let peerLoad, PeerLoad.plays(scene), let sockets = target.sockets {
            let ways = scene == .rooms ? sockets.ways.filter { !$0.keepsLatest } : Array(sockets.ways.prefix(1))
            for way in ways {
                let running = try start(target)
                defer { running.stop() }
                let names = [scene == .rooms ? way.variant : "", PeerLoad.variant].filter { !$0.isEmpty }
                parts.append((names.joined(separator: ", "), try peerLoad.play(scene, running, sockets, way)))
            }
        }
        for (variant, sample) in parts {
            note(sample, Row(scene: scene, target: target.name, variant: variant), round: round)
        }
    }

    /// Once: what is counted does not depend on what else the machine does.
    private mutating func playDialects(_ target: Target, round: Int) throws {
        guard round == 1 else { return }
        let scene = DialectScene(options: options, workplace: workplace)
        let running = try RunningTarget(scene.counting(target), core: nil, mongo: database.uri, in: workplace)
        defer { running.stop() }
        try scene.play(running) { variant, sample in
            note(sample, Row(scene: .dialects, target: target.name, variant: variant), round: round)
        }
    }

    private mutating func playDuty(_ scene: Scene, _ target: Target, round: Int) throws {
        let tokens = try DutyTokens(secret: OwnTargets.tokenSecret)
        try DutyCity.write(to: workplace, tokens: tokens)
        let parts = try playDuty(scene, target, tokens)
        for (variant, sample) in parts {
            note(sample, Row(scene: scene, target: target.name, variant: variant), round: round)
        }
        try DutyCity.clean(database)
        database.calm()
    }

    private func playDuty(
        _ scene: Scene, _ target: Target, _ tokens: DutyTokens
    ) throws -> [(variant: String, sample: Sample)] {
        switch scene {
        case .clock:
            return try ClockScene(database: database, options: options, workplace: workplace, tokens: tokens)
                .play { try start(target) }
        case .push:
            return try PushScene(database: database, options: options, workplace: workplace, tokens: tokens)
                .play { try start(target) }
        case .resume:
            guard let samples else { return [] }
            return try ResumeScene(
                database: database, options: options, workplace: workplace, row: samples.row, head: samples.head
            ).play { try start(target, port: $0) }
        default: break
        }
        var target = target
        if scene == .handshakes { target.environment.merge(HandshakeScene.settings) { $1 } }
        if scene == .timings { target.environment.merge(TimingScene.settings) { $1 } }
        let running = try start(target)
        defer { running.stop() }
        if scene == .handshakes {
            return try HandshakeScene(database: database, options: options, workplace: workplace).play(running)
        }
        if scene == .timings {
            return try TimingScene(database: database, options: options, workplace: workplace).play(running, tokens)
        }
        if scene == .flood {
            return try FloodScene(database: database, options: options, workplace: workplace).play(running)
        }
        let play = DutyScene(database: database, options: options, workplace: workplace)
        return try scene == .alerts ? play.alerts(running) : play.positions(running)
    }

    private func start(_ target: Target, port: Int? = nil) throws -> RunningTarget {
        let running = try RunningTarget(
            target, core: options.serverPin, mongo: database.uri, in: workplace, port: port)
        database.calm()
        return running
    }

    private mutating func play(
        _ scene: Scene, _ route: Target.Route, _ running: RunningTarget, tokens: [String], round: Int
    ) throws {
        let row = Row(scene: scene, target: running.target.name, variant: route.variant)
        let play = HTTPScene(
            scene: scene, route: route, database: database, options: options, workplace: workplace)
        let answer = try play.rehearse(running, tokens: tokens)
        // A path that does not exist, not a booking that does not.
        if answer.status == 404, row.target == OwnTargets.name, answer.text.contains("There is nothing at") {
            report.note("\(scene.rawValue) is skipped for ours: there is no such route yet.")
            return
        }
        guard (200..<300).contains(answer.status) else {
            report.fail("\(scene.rawValue), \(row.label): \(answer.status) \(answer.text.prefix(300))")
            return
        }
        if scene == .near {
            let count = answer.text.components(separatedBy: "\"distance_km\"").count - 1
            if let found, found != count {
                report.fail("near, \(row.label): \(count) providers, others found \(found)")
            }
            found = count
        }
        do {
            note(try play.play(running, tokens: tokens), row, round: round)
        } catch is HTTPScene.NoAnswer where row.target != OwnTargets.name {
            report.note("\(scene.rawValue), \(row.label): no answer within \(options.seconds) s in round \(round).")
        }
        database.calm()
    }

    private mutating func note(_ sample: Sample, _ row: Row, round: Int) {
        report.add(sample, to: row)
        Self.say(
            String(
                format: "round %d  %@  %@  %.0f/s, server %.1f µs, p99 %.1f ms, others %.0f %%%@", round,
                row.scene.rawValue,
                row.label, sample.rate, sample.serverMicroseconds ?? 0, sample.p99 ?? 0, sample.others,
                sample.errors > 0 ? ", \(sample.errors) ERRORS" : ""))
    }

    /// Progress, apart from the table.
    private static func say(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}
