import Foundation

/// A scene played by `DutyLoad`: providers on the road and customers who ask for help.
struct DutyScene {
    private struct Alerts: Decodable {
        let jobs, refused, unheard, unfinished, failures, lostRaces, alerts, farewells, duplicates, strangers, lost: Int
        let seconds, generatorCPU: Double
        let firstAlert, firstFive, everyAlert, answer, accept, delay: Load.Latencies
    }

    private struct Positions: Decodable {
        let answers, refused, unanswered: Int
        let seconds, generatorCPU: Double
        let answer: Load.Latencies
    }

    /// What was measured from outside while the generator said that it counts.
    private struct Costs {
        let server, mongod, others: Double
    }

    let database: Database
    let options: RunOptions
    let workplace: Workplace

    /// Ten thousand sockets of providers, requests at random moments.
    func alerts(_ running: RunningTarget) throws -> [(variant: String, sample: Sample)] {
        let arguments = [
            "--sockets", "\(DutyCity.providers)", "--rate", "\(options.requestRate)",
            "--follow", options.follow,
            "--customers", workplace.file("customers"), "--calls", workplace.file("calls"),
        ]
        let (result, costs) = try play("alerts", running, arguments, Alerts.self)
        let jobs = Double(max(result.jobs, 1))
        var whole = Sample(
            rate: jobs / result.seconds, serverMicroseconds: costs.server / jobs,
            mongodMicroseconds: costs.mongod / jobs, memory: running.memory,
            errors: result.refused + result.unheard + result.unfinished + result.failures + result.duplicates
                + result.strangers + result.lost,
            generator: result.generatorCPU * 100 / result.seconds, others: costs.others)
        whole.take(result.firstAlert)
        func part(_ latencies: Load.Latencies) -> Sample {
            var sample = Sample(
                rate: Double(latencies.count) / result.seconds, memory: whole.memory, errors: 0,
                generator: whole.generator, others: whole.others)
            sample.take(latencies)
            return sample
        }
        return [
            ("to the first alert", whole), ("to each of the first five", part(result.firstFive)),
            ("to each alert", part(result.everyAlert)), ("to the answer", part(result.answer)),
            ("accept to its answer", part(result.accept)), ("(generator late by)", part(result.delay)),
        ]
    }

    /// Each of some providers sends once a second; then as fast as 64 connections can.
    func positions(_ running: RunningTarget) throws -> [(variant: String, sample: Sample)] {
        let places = ["--calls", workplace.file("places"), "--rate", "\(options.positionRate)"]
        return [
            (
                "\(options.positionRate) a second",
                try positions(running, places + ["--connections", "\(options.positionRate)"])
            ),
            ("as fast as 64 can", try positions(running, places + ["--connections", "64", "--closed"])),
        ]
    }

    /// Positions with these arguments of `DutyLoad`.
    func positions(_ running: RunningTarget, _ arguments: [String]) throws -> Sample {
        let (result, costs) = try play("positions", running, arguments, Positions.self)
        let answers = Double(max(result.answers, 1))
        var sample = Sample(
            rate: answers / result.seconds, serverMicroseconds: costs.server / answers,
            mongodMicroseconds: costs.mongod / answers, memory: running.memory,
            errors: result.refused + result.unanswered, generator: result.generatorCPU * 100 / result.seconds,
            others: costs.others)
        sample.take(result.answer)
        return sample
    }

    private func play<Result: Decodable>(
        _ scene: String, _ running: RunningTarget, _ arguments: [String], _ type: Result.Type
    ) throws -> (Result, Costs) {
        let load = try Load(
            scene, port: running.port, ["--providers", workplace.file("providers")] + arguments, options,
            in: workplace)
        defer { load.stop() }
        _ = try load.opening()
        // Opening them leaves work behind which is not measured.
        database.calm()
        let mongod = ProcessMeter(pid: database.child.pid)
        load.goOn()
        _ = try load.step([String: Int].self)
        let machine = MachineMeter(watching: running.meters + [mongod, load.meter])
        let before = (running.microseconds, mongod.microseconds)
        _ = try load.step([String: Double].self)
        let costs = Costs(
            server: running.microseconds - before.0, mongod: mongod.microseconds - before.1,
            others: machine.others(besides: 0))
        return (try load.step(Result.self), costs)
    }
}
