import BSON
import FixOnCallClient
import Foundation
import Mongo
import Synchronization

/// How late offers run out: customers name the mechanic they want, who does not answer, and the moment at which the
/// database turns each offer to `expired` is held against its deadline. Once undisturbed, once with the server killed and
/// restarted before the deadlines, once restarted after them.
struct ClockScene {
    /// Offers that run out in one part of the scene, and the seconds over which they are made.
    static let offers = 100
    private static let spread = 2.0
    /// The shortest window that the settings allow.
    static let windowSeconds = 5

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private struct Expiry: Sendable {
        let due, done: Date
    }

    let database: Database
    let options: RunOptions
    let workplace: Workplace
    let tokens: DutyTokens

    /// - Parameter start: starts the server.
    func play(start: () throws -> RunningTarget) throws -> [(variant: String, sample: Sample)] {
        var parts: [(String, Sample)] = []
        var running = try start()
        defer { running.stop() }
        let quiet = try part(first: 0) { try ask(running, first: 0) }
        parts.append(("undisturbed", sample(quiet, since: \.due, running)))

        let survived = try part(first: 1) {
            try ask(running, first: 1)
            running.kill()
            running = try start()
        }
        parts.append(("killed, back before them", sample(survived, since: \.due, running)))

        let overdue = try part(first: 2) {
            try ask(running, first: 2)
            running.kill()
            usleep(UInt32(Self.windowSeconds + 1) * 1_000_000)
            running = try start()
        }
        let up = running.answeredAt
        parts.append(
            (
                "killed, overdue: from its first answer",
                sample(overdue.map { Expiry(due: Swift.max($0.due, up), done: $0.done) }, since: \.due, running)
            ))
        return parts
    }

    /// Offers to a hundred mechanics whom nobody else has been offered to.
    private func ask(_ running: RunningTarget, first part: Int) throws {
        let (port, customers) = (running.port, tokens.customers)
        try waiting {
            let client = HTTPClient(host: "127.0.0.1", port: port)
            let begin = ContinuousClock.now
            for index in 0..<Self.offers {
                // Far apart from each other, so that nobody is alerted about many of these jobs.
                let provider = (part * Self.offers + index) * 33
                let place = DutyCity.places[provider]
                let answer = try await client.request(
                    "POST", "/api/services/request",
                    headers: [("Authorization", "Bearer \(customers[part * Self.offers + index])")],
                    json: [
                        "service_type": "breakdown", "mechanic_id": .string(City.provider(provider).hex),
                        "location": [
                            "latitude": .double(place.latitude), "longitude": .double(place.longitude),
                            "address": "Nairobi, Kenya",
                        ],
                    ])
                guard answer.status == 201 else {
                    throw Failure(description: "clock: \(answer.status) \(answer.text.prefix(300))")
                }
                let due = begin.advanced(by: .seconds(Self.spread / Double(Self.offers) * Double(index + 1)))
                try await Task.sleep(until: due, clock: .continuous)
            }
            try await client.close()
        }
    }

    /// What becomes of the offers that `work` has made, as the database's own clock sees it.
    private func part(first: Int, _ work: () throws -> Void) throws -> [Expiry] {
        let uri = database.uri
        let client = try MongoClient(
            .init(uri: uri, database: DutyCity.name, workers: 1, appName: "bench"))
        defer { client.shutdown() }
        let found = Mutex<[Expiry]>([])
        let isOpen = DispatchSemaphore(value: 0)
        let stream = client.watch(
            "offers",
            pipeline: [
                ["$match": ["operationType": "update", "updateDescription.updatedFields.state": "expired"]]
            ], fullDocument: true)
        let reader = Task {
            for await event in stream {
                switch event {
                case .opened: isOpen.signal()
                case .change(let change):
                    guard let done: Date = change.get("wallTime"),
                        let offer: Document = change.get("fullDocument"), let due: Date = offer.get("expires_at")
                    else { continue }
                    found.withLock { $0.append(Expiry(due: due, done: done)) }
                case .interrupted: continue
                }
            }
        }
        defer { reader.cancel() }
        isOpen.wait()
        try work()
        for _ in 0..<300 where found.withLock({ $0.count }) < Self.offers { usleep(100_000) }
        return found.withLock { $0 }
    }

    private func sample(_ expiries: [Expiry], since moment: KeyPath<Expiry, Date>, _ running: RunningTarget) -> Sample {
        let late = expiries.map { $0.done.timeIntervalSince($0[keyPath: moment]) * 1000 }.sorted()
        func quantile(_ share: Double) -> Double? {
            late.isEmpty ? nil : late[min(Int(share * Double(late.count)), late.count - 1)]
        }
        var sample = Sample(
            rate: Double(late.count) / Self.spread, p50: quantile(0.5), p99: quantile(0.99), memory: running.memory,
            errors: Swift.max(0, Self.offers - late.count), generator: 0, others: 0)
        (sample.p90, sample.max) = (quantile(0.9), late.last)
        return sample
    }
}
