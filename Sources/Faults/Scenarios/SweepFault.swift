import Foundation
import Proving

/// 3: two servers watch over the same deadlines, and one of them is killed in the middle of them.
struct SweepFault: Fault {
    static let number = "3"
    static let name = "kill -9 of one of two sweepers while offers run out"

    private static let jobs = 20

    func play(_ stage: Stage, _ verdict: inout Verdict) async throws {
        let world = try await stage.world(servers: 2, ["DISPATCH_PICK_SECONDS": "5", "DISPATCH_STAGGER_SECONDS": "0"])
        let desk = Desk(world: world)
        let customers = try await world.customers(Self.jobs)
        let chosen = try await world.providers(Self.jobs) { Place.apart($0) }
        let others = try await world.providers(Self.jobs) { Place.apart($0) }
        let crowd = stage.crowd()
        try await crowd.join(chosen + others, ports: [world.ports[1]])
        try await crowd.gather()
        for place in 0..<Self.jobs {
            _ = try await desk.open(
                by: customers[place], at: .apart(place), picking: chosen[place], server: place % 2)
        }
        try await desk.wait(within: .seconds(5)) { try await desk.offers().count == Self.jobs }
        let deadlines = try await desk.offers().map(\.expiresAt).sorted()
        let middle = deadlines.isEmpty ? Date() : deadlines[deadlines.count / 2]
        try await Task.sleep(for: .seconds(max(0, middle.timeIntervalSinceNow)))
        world.servers[0].kill()
        let picked = Set(chosen.map(\.id))
        try await desk.wait(within: .seconds(30)) {
            let offers = try await desk.offers()
            return offers.count { $0.state == "expired" && picked.contains($0.provider) } == Self.jobs
                && offers.count { !picked.contains($0.provider) } == Self.jobs
        }
        verdict.note("last_passed_on_ms", Date().timeIntervalSince(deadlines.last ?? Date()) * 1000)
        // What would come twice comes soon.
        try await Task.sleep(for: .seconds(2))
        let offers = try await desk.offers()
        let expired = try await desk.told("offer.expired")
        let asked = try await desk.told("offer.new").filter { !picked.contains($0.person) }
        verdict.note("jobs", Self.jobs)
        verdict.expect("expired", offers.count { $0.state == "expired" }, is: Self.jobs)
        verdict.expect("next_offers", offers.count { $0.state == "offered" }, is: Self.jobs)
        verdict.expect("told_expired", expired.count, is: Self.jobs)
        verdict.expect("told_expired_once", Set(expired.map(\.job)).count, is: Self.jobs)
        verdict.expect("told_next", asked.count, is: Self.jobs)
        verdict.expect("told_next_once", Set(asked.map(\.job)).count, is: Self.jobs)
        let ledger = Ledger(client: world.client)
        try await ledger.settle(crowd)
        verdict.expectWhole(try await ledger.tally(crowd, []))
    }
}
