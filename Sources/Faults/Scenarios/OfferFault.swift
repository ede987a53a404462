import BSON
import FixOnCallClient
import Foundation
import Proving

/// 1: the server is killed while a provider thinks about an offer. One of two accepts when it is back, the other one too
/// late.
struct OfferFault: Fault {
    static let number = "1"
    static let name = "kill -9 in the middle of an offer"

    private static let seconds = 10

    func play(_ stage: Stage, _ verdict: inout Verdict) async throws {
        let world = try await stage.world(["DISPATCH_PICK_SECONDS": "\(Self.seconds)"])
        let desk = Desk(world: world)
        let customers = try await world.customers(2)
        // The chosen one of each place, then the other one.
        let providers = try await world.providers(4) { Place.apart($0 % 2) }
        let crowd = stage.crowd()
        try await crowd.join(providers, ports: world.ports)
        try await crowd.gather()
        var jobs: [Desk.Job] = []
        for place in 0..<2 {
            jobs.append(
                try await desk.open(by: customers[place], at: .apart(place), picking: providers[place]))
        }
        var before: [Date] = []
        for place in 0..<2 {
            let (job, provider) = (jobs[place], providers[place])
            try await desk.wait(within: .seconds(5)) { try await desk.offer(job, to: provider) != nil }
            before.append(try await desk.offer(job, to: provider)?.expiresAt ?? .distantPast)
        }
        try await Task.sleep(for: .seconds(1))
        world.servers[0].kill()
        try await Task.sleep(for: .seconds(1))
        let start = Moment.now
        try await world.servers[0].start()
        try await crowd.gather()
        verdict.note("back_ms", Moment.milliseconds(from: start, to: Moment.now))

        var shift = 0.0
        for place in 0..<2 {
            let after = try await desk.offer(jobs[place], to: providers[place])?.expiresAt ?? .distantPast
            shift = max(shift, abs(after.timeIntervalSince(before[place])) * 1000)
        }
        verdict.expect("deadline_shift_ms", shift, atMost: 250)
        let http = world.http(0)
        let seen = try await http.get("/api/services/available", token: providers[0].token).json?["data"]?["services"]?
            .array?.first { $0["id"]?.string == jobs[0].id }?["offer_expires_at"]?.string
        verdict.expect("still_seen", seen.map { $0.hasPrefix(ISO8601.seconds(before[0]).prefix(19)) } ?? false)
        verdict.expect(
            "accept_in_time", await desk.accept(jobs[0], by: providers[0], over: http) ?? 0, is: 200)

        let late = (jobs[1], providers[1])
        let wait = max(0, before[1].timeIntervalSinceNow) + 0.05
        try await Task.sleep(for: .seconds(wait))
        verdict.expect("accept_too_late", await desk.accept(late.0, by: late.1, over: http) ?? 0, is: 409)
        try await desk.wait(within: .seconds(10)) { try await desk.offer(late.0, to: late.1)?.state == "expired" }
        let ended = Date().timeIntervalSince(before[1]) * 1000
        let next = providers[3]
        try await desk.wait(within: .seconds(10)) { try await desk.offer(late.0, to: next) != nil }
        verdict.expect("ended_late_ms", ended, atMost: 2000)
        verdict.expect("next_accepts", await desk.accept(late.0, by: next, over: http) ?? 0, is: 200)

        let offers = try await desk.offers()
        verdict.expect("accepted", offers.count { $0.state == "accepted" }, is: 2)
        verdict.expect("expired", offers.count { $0.state == "expired" }, is: 1)
        verdict.expect("told_expired", try await desk.told("offer.expired").count, is: 1)
        let ledger = Ledger(client: world.client)
        try await ledger.settle(crowd)
        verdict.expectWhole(try await ledger.tally(crowd, []))
    }
}
