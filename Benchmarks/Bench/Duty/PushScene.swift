import BSON
import FixOnCallClient
import Foundation

/// Durable pushes: providers tell the server that they are on their way, and what is measured is the time from when a request
/// was due until its row is on the customer's socket, of the same server or of another one.
struct PushScene {
    /// Requests a second.
    static let rate = 100
    /// Requests at once while jobs are made.
    private static let lanes = 8
    /// How often a provider looks whether he has been asked.
    private static let tries = 100

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private struct Pushes: Decodable {
        let refused, unheard, further, strangers, lost: Int
        let seconds, generatorCPU: Double
        let arrival, answer: Load.Latencies
    }

    let database: Database
    let options: RunOptions
    let workplace: Workplace
    let tokens: DutyTokens

    /// - Parameter start: starts a server; all of them have one database.
    func play(start: () throws -> RunningTarget) throws -> [(variant: String, sample: Sample)] {
        let count = Self.rate * (options.seconds + options.warm)
        guard count <= DutyCity.customers else {
            throw Failure(description: "push: there are \(DutyCity.customers) customers, too few for \(count) jobs")
        }
        let alone = try with(start) { try part($0, $0, jobs: count) }
        // Nobody has a job any more.
        try DutyCity.clean(database)
        let across = try with(start) { first in try with(start) { try part(first, $0, jobs: count) } }
        return [
            ("one server", alone.push), ("one server, to the answer", alone.answer),
            ("to a socket of another server", across.push),
        ]
    }

    private func with<Result>(
        _ start: () throws -> RunningTarget, _ work: (RunningTarget) throws -> Result
    ) throws -> Result {
        let running = try start()
        defer { running.stop() }
        return try work(running)
    }

    private func part(
        _ asked: RunningTarget, _ listened: RunningTarget, jobs: Int
    ) throws -> (push: Sample, answer: Sample) {
        let lines = try make(jobs, on: asked)
        try Data(lines.joined().utf8).write(to: URL(fileURLWithPath: workplace.file("jobs")))
        let customers = tokens.customers.prefix(jobs).map { $0 + "\n" }
        try Data(customers.joined().utf8).write(to: URL(fileURLWithPath: workplace.file("listeners")))
        database.calm()
        let load = try Load(
            "pushes", port: asked.port,
            [
                "--socket-port", "\(listened.port)", "--socket-path", "/ws/v1/", "--rate", "\(Self.rate)",
                "--connections", "32", "--customers", workplace.file("listeners"), "--calls", workplace.file("jobs"),
            ], options, in: workplace)
        defer { load.stop() }
        _ = try load.opening()
        database.calm()
        load.goOn()
        _ = try load.step([String: Int].self)
        let mongod = ProcessMeter(pid: database.child.pid)
        // The second server is there in both halves of one figure: what it costs belongs to the push.
        let servers = asked === listened ? [asked] : [asked, listened]
        func used() -> Double { servers.reduce(0) { $0 + $1.microseconds } }
        let machine = MachineMeter(watching: servers.flatMap(\.meters) + [mongod, load.meter])
        let before = (used(), mongod.microseconds)
        _ = try load.step([String: Double].self)
        let costs = (used() - before.0, mongod.microseconds - before.1)
        let others = machine.others(besides: 0)
        let result = try load.step(Pushes.self)
        let pushes = Double(max(result.arrival.count, 1))
        var push = Sample(
            rate: pushes / result.seconds, serverMicroseconds: costs.0 / pushes, mongodMicroseconds: costs.1 / pushes,
            memory: servers.reduce(0) { $0 + $1.memory },
            errors: result.refused + result.unheard + result.further + result.strangers + result.lost,
            generator: result.generatorCPU * 100 / result.seconds, others: others)
        var answer = Sample(
            rate: push.rate, memory: push.memory, errors: 0, generator: push.generator, others: others)
        push.take(result.arrival)
        answer.take(result.answer)
        return (push, answer)
    }

    /// Jobs that the provider whom the customer named has taken.
    ///
    /// - Returns: lines of the names of each and the token of its provider, in the order of the customers.
    private func make(_ jobs: Int, on running: RunningTarget) throws -> [String] {
        let (port, tokens) = (running.port, tokens)
        let lines = try waiting {
            try await withThrowingTaskGroup(of: [(Int, String)].self) { group in
                for lane in 0..<Self.lanes {
                    group.addTask {
                        let client = HTTPClient(host: "127.0.0.1", port: port)
                        var lines: [(Int, String)] = []
                        for index in stride(from: lane, to: jobs, by: Self.lanes) {
                            lines.append((index, try await Self.make(index, tokens, client)))
                        }
                        try await client.close()
                        return lines
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
        }
        return lines.sorted { $0.0 < $1.0 }.map(\.1)
    }

    private static func make(_ index: Int, _ tokens: DutyTokens, _ client: HTTPClient) async throws -> String {
        let place = DutyCity.places[index]
        let opened = try await client.request(
            "POST", "/api/services/request", headers: [("Authorization", "Bearer \(tokens.customers[index])")],
            json: [
                "service_type": "breakdown", "mechanic_id": .string(City.provider(index).hex),
                "location": [
                    "latitude": .double(place.latitude), "longitude": .double(place.longitude),
                    "address": "Nairobi, Kenya",
                ],
            ])
        guard opened.status == 201, let job = opened.json?["data"]?["service"]?["id"]?.string else {
            throw Failure(description: "push: \(opened.status) \(opened.text.prefix(300))")
        }
        // The provider is asked behind the answer.
        for _ in 0..<Self.tries {
            let accepted = try await client.request(
                "POST", "/api/services/\(job)/accept",
                headers: [("Authorization", "Bearer \(tokens.providers[index])")],
                json: [:])
            if accepted.status == 200 { return "\(job) \(tokens.providers[index])\n" }
            guard accepted.status == 404 else {
                throw Failure(description: "push: \(accepted.status) \(accepted.text.prefix(300))")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Failure(description: "push: a provider whom a customer has named was not asked")
    }
}
