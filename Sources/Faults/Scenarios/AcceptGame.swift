import FixOnCallClient
import Foundation
import Proving
import Synchronization

/// Jobs that two providers each want, each of them at a server of his own.
final class AcceptGame: Sendable {
    struct Outcome: Sendable {
        let job: Desk.Job
        let statuses: [Int]
        /// Milliseconds between the two requests.
        let apart: Double
        /// The place of the one whose answer was 200.
        var winner: Int { statuses[0] == 200 ? 0 : 1 }
    }

    let world: World
    let desk: Desk
    let crowd: Crowd
    private let customers: [Newcomer]
    private let providers: [Newcomer]
    private let clients: [HTTPClient]
    private let outcomes = Mutex<[Int: Outcome]>([:])

    init(_ stage: Stage, rounds: Int) async throws {
        world = try await stage.world(servers: 2, ["DISPATCH_STAGGER_SECONDS": "0"])
        desk = Desk(world: world)
        customers = try await world.customers(rounds)
        providers = try await world.providers(2 * rounds) { Place.apart($0 / 2) }
        crowd = stage.crowd()
        try await crowd.join(providers, ports: world.ports)
        try await crowd.gather()
        clients = [world.http(0), world.http(1)]
    }

    func people(_ round: Int) -> [Newcomer] { [providers[2 * round], providers[2 * round + 1]] }

    func outcome(_ round: Int) -> Outcome {
        outcomes.withLock { $0[round] } ?? Outcome(job: .init(id: "", number: 0), statuses: [0, 0], apart: 0)
    }

    func race(_ round: Int) async throws -> Outcome {
        let job = try await desk.open(by: customers[round], at: .apart(round), server: round % 2)
        try await desk.wait(within: .seconds(10)) { [desk] in
            try await desk.offers().count { $0.job == job.id } == 2
        }
        // The connections are there already when it counts.
        for client in clients { _ = try await client.get("/api/health") }
        let contenders = people(round)
        let answers = await withTaskGroup(of: (Int, UInt64, Int).self) { [desk, clients] group in
            for place in 0..<2 {
                group.addTask {
                    let begun = Moment.now
                    let status = await desk.accept(
                        job, by: contenders[place], over: clients[place], key: "round-\(round)-\(place)")
                    return (place, begun, status ?? 0)
                }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }
        }
        let moments = answers.map(\.1).sorted()
        let outcome = Outcome(
            job: job, statuses: answers.map(\.2), apart: Moment.milliseconds(from: moments[0], to: moments[1]))
        outcomes.withLock { $0[round] = outcome }
        return outcome
    }
}
