import BSON
import FixOnCallClient
import Proving

/// 10: tokens run out, are renewed, are somebody else's, and are revoked, all under live sockets.
struct TokenFault: Fault {
    static let number = "10"
    static let name = "tokens that end on live sockets"

    /// Milliseconds: a minute's token, its grace, and nothing besides.
    private static let (lifetime, grace, slack) = (60_000.0, 2000.0, 2000.0)

    func play(_ stage: Stage, _ verdict: inout Verdict) async throws {
        let world = try await stage.world(
            servers: 2, ["ACCOUNTS_ACCESS_MINUTES": "1", "SOCKETS_EXPIRY_GRACE_SECONDS": "2"])
        let registeredAt = Moment.now
        let people = try await world.customers(4)
        let crowd = stage.crowd()
        // One who lets his token run out, one who renews it, one who shows another's, and one who is signed out, at
        // each server.
        let (expiring, renewing, foreign) = (0, 1, 2)
        let revoked = [3, 4]
        try await crowd.join(people, ports: [world.ports[0]])
        try await crowd.join([people[3]], ports: [world.ports[1]])
        try await crowd.gather()
        try await crowd.each { $0.comesBack = false }

        let other = people[0].token
        try await crowd.each { if $0.index == foreign { $0.say(["op": "auth", "token": .string(other)]) } }
        try await crowd.wait(within: .seconds(5), among: { $0.index == foreign }) { !$0.ends.isEmpty }
        let left = Moment.now
        _ = try await world.http(0).post("/api/auth/logout-all", token: people[3].token)
        try await crowd.wait(within: .seconds(10), among: { revoked.contains($0.index) }) { !$0.ends.isEmpty }
        stage.say("waiting for a token of a minute to run out")
        // Half a minute later, so that the new token lasts longer than the old one by as much.
        try await Task.sleep(for: .milliseconds(Int(Self.lifetime / 2)))
        let renewed = try await Self.renew(people[renewing], at: world)
        try await crowd.each { if $0.index == renewing { $0.say(["op": "auth", "token": .string(renewed)]) } }
        try await crowd.wait(within: .seconds(75), among: { $0.index == expiring }) { !$0.ends.isEmpty }
        // The other token's end must pass as well before it is proven that it does not count any more.
        try await Task.sleep(for: .seconds(3))
        let admin = try await Self.renew(world.admin(), at: world)
        let pushed = try await world.http(1).post(
            "/api/notifications/send",
            ["recipient_id": .string(people[renewing].id), "title": "fault #1 ", "message": "still there"],
            token: admin)
        try await crowd.wait(within: .seconds(5), among: { $0.index == renewing }) { $0.cursor > 0 }

        let ends = try await crowd.with { $0.map(\.ends) }
        func code(_ client: Int) -> Int { ends[client].first?.code.map { Int($0) } ?? 0 }
        verdict.expect("expired_code", code(expiring), is: 4401)
        let lived = ends[expiring].first.map { Moment.milliseconds(from: registeredAt, to: $0.at) } ?? 0
        verdict.expect("expired_not_early", lived >= Self.lifetime)
        verdict.expect("expired_after_ms", lived, atMost: Self.lifetime + Self.grace + Self.slack)
        let words = try await crowd.said(to: renewing).compactMap { $0["op"]?.string }
        verdict.expect("asked_for_renewal", words.contains("reauth"))
        verdict.expect("renewal_taken", words.contains("ok"))
        verdict.expect("renewed_ended", ends[renewing].count, is: 0)
        verdict.expect("push_after_renewal", pushed.status, is: 201)
        verdict.expect("heard_after_renewal", try await crowd.count { $0.index == renewing && $0.cursor == 1 }, is: 1)
        verdict.expect("foreign_code", code(foreign), is: 4403)
        for (place, client) in revoked.enumerated() {
            verdict.expect("revoked_code_\(place + 1)", code(client), is: 4403)
            verdict.expect(
                "revoked_ms_\(place + 1)",
                ends[client].first.map { Moment.milliseconds(from: left, to: $0.at) } ?? .infinity, atMost: 2000)
        }
    }

    private static func renew(_ person: Newcomer, at world: World) async throws -> String {
        let answer = try await world.http(0).post(
            "/api/auth/refresh", ["refresh_token": .string(person.refreshToken)])
        guard let token = answer.json?["data"]?["access_token"]?.string else {
            throw Crowd.Failure(description: "renewing a token was answered \(answer.status): \(answer.text)")
        }
        return token
    }
}
