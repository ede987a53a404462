import BSON
import Foundation
import Mongo
import Proving
import Synchronization

/// 4: no server lives while forty offers run out.
struct OverdueFault: Fault {
    static let number = "4"
    static let name = "forty offers are overdue at boot"

    private static let jobs = 40
    /// Places by which one may be out of the order of the deadlines. Ours.
    private static let atOnce = 16

    func play(_ stage: Stage, _ verdict: inout Verdict) async throws {
        let world = try await stage.world(["DISPATCH_PICK_SECONDS": "12"])
        let desk = Desk(world: world)
        let customers = try await world.customers(Self.jobs)
        let chosen = try await world.providers(Self.jobs) { Place.apart($0) }
        let crowd = stage.crowd()
        try await crowd.join(chosen, ports: world.ports)
        try await crowd.gather()
        for place in 0..<Self.jobs {
            _ = try await desk.open(by: customers[place], at: .apart(place), picking: chosen[place])
        }
        try await desk.wait(within: .seconds(10)) { try await desk.offers().count == Self.jobs }
        world.servers[0].kill()
        // One in the last moment may have run out already.
        let overdue = try await desk.offers().filter { $0.state == "offered" }
        let open = Set(overdue.map(\.job))
        verdict.note("overdue", open.count)
        let last = overdue.map(\.expiresAt).max() ?? Date()
        try await Task.sleep(for: .seconds(max(0, last.timeIntervalSinceNow) + 1))
        let ends = Ends()
        let stream = world.client.watch(
            "offers",
            pipeline: [["$match": ["operationType": "update", "updateDescription.updatedFields.state": "expired"]]],
            fullDocument: true)
        let reader = Task {
            for await event in stream {
                if case .change(let change) = event { ends.note(change) }
            }
        }
        defer { reader.cancel() }
        try await Task.sleep(for: .milliseconds(500))
        try await world.servers[0].start()
        let boot = Date()
        try await desk.wait(within: .seconds(20)) {
            try await desk.offers().allSatisfy { $0.state != "offered" || !open.contains($0.job) }
        }
        try await crowd.gather()
        try await Task.sleep(for: .seconds(2))
        let ended = ends.all.filter { open.contains($0.job) }
        let first = ended.map(\.done).min() ?? .distantPast
        let final = ended.map(\.done).max() ?? .distantFuture
        verdict.expect("ended", ended.count, is: open.count)
        verdict.expect("after_boot_ms", final.timeIntervalSince(boot) * 1000, atMost: 1000)
        verdict.note("from_first_to_last_ms", final.timeIntervalSince(first) * 1000)
        let places = ended.indices.sorted { ended[$0].due < ended[$1].due }
        let displaced = zip(places.indices, places).map { abs($0 - $1) }
        verdict.note("out_of_place", displaced.count { $0 > 0 })
        // Several are attended to at once, and commit as the database lets them.
        verdict.expect("furthest_out_of_place", Double(displaced.max() ?? 0), atMost: Double(Self.atOnce))
        let told = try await desk.told("offer.expired").filter { open.contains($0.job) }
        verdict.expect("told", told.count, is: open.count)
        verdict.expect("told_once", Set(told.map(\.job)).count, is: open.count)
        let ledger = Ledger(client: world.client)
        try await ledger.settle(crowd)
        verdict.expectWhole(try await ledger.tally(crowd, []))
    }

    /// The ends of offers in the order of the database's log.
    private final class Ends: Sendable {
        private let ends = Mutex<[(job: String, due: Date, done: Date)]>([])

        var all: [(job: String, due: Date, done: Date)] { ends.withLock { $0 } }

        func note(_ change: Document) {
            guard let done: Date = change.get("wallTime"), let offer: Document = change.get("fullDocument"),
                let due: Date = offer.get("expires_at"), let job: ObjectID = offer.get("job_id")
            else { return }
            ends.withLock { $0.append((job.hex, due, done)) }
        }
    }
}
