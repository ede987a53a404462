import BSON
import Foundation
import Mongo
import MongoTesting
import RoadsideRules
import Telemetry
import Testing

@testable import Roadside

@Suite("Live positions")
struct PositionTests {
    private static func place(_ km: Double, _ ago: Double, accuracy: Double? = nil) -> Position {
        Position(
            point: JobsWorld.north(km), accuracy: accuracy, fixAt: Date(timeIntervalSinceNow: -ago))
    }

    private func profile(of caller: Caller, in world: JobsWorld) async throws -> Document {
        try #require(try await world.store.mechanics.findOne(["_id": .id(caller.userID)]))
    }

    @Test("the answer shows him where he is now; direction and speed come from his way")
    func derived() async throws {
        try await JobsWorld.with { world in
            let provider = try await world.provider()
            _ = try await world.tracking.report(Self.place(1, 30), by: provider)
            let shown = try await world.tracking.report(Self.place(1.2, 20), by: provider)
            #expect(shown.location == JobsWorld.north(1.2))
            try await eventually("a majority has it") {
                let stored = try await profile(of: provider, in: world)
                return stored.get("heading") == 0.0 && abs((stored.get("speed") ?? 0) - 20) < 0.1
            }
        }
    }

    @Test("T4: a jump moves him only when the next position agrees, whichever server hears that")
    func jump() async throws {
        try await JobsWorld.with { world in
            let provider = try await world.provider()
            let other = Tracking(world.dependencies, dispatch: world.dispatch)
            _ = try await world.tracking.report(Self.place(1, 60), by: provider)
            let jumped = try await world.tracking.report(Self.place(80, 50), by: provider)
            #expect(jumped.location == JobsWorld.north(1))
            let back = try await other.report(Self.place(1.1, 40), by: provider)
            #expect(back.location == JobsWorld.north(1.1), "he was there all the time")
            _ = try await world.tracking.report(Self.place(80, 30), by: provider)
            let moved = try await other.report(Self.place(80.1, 20), by: provider)
            #expect(moved.location == JobsWorld.north(80.1))
        }
    }

    @Test("T4: a position that a program made up is kept and moves nobody, and is noted once")
    func mocked() async throws {
        try await JobsWorld.with { world in
            let provider = try await world.provider()
            _ = try await world.tracking.report(Self.place(1, 60), by: provider)
            for ago in [30.0, 20, 10] {
                var position = Self.place(1.1, ago)
                position.isMock = true
                let shown = try await world.tracking.report(position, by: provider)
                #expect(shown.location == JobsWorld.north(1))
            }
            let noted = await world.dependencies.metrics.text().contains(
                #"fixoncall_auth_events_total{event="spoof_location"} 1"#)
            #expect(noted)
        }
    }

    @Test("T4: who was five kilometres away a moment ago has not arrived, whatever he says; with the code he has")
    func arrival() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = (try await world.customer(), try await world.provider(km: 5))
            let (job, _) = try await world.accepted(by: provider, for: customer)
            _ = try await world.tracking.report(Position(point: JobsWorld.north(5), accuracy: 10), by: provider)
            let refusal = try await failure {
                _ = try await world.jobs.advance(.id(job.id), to: .arrived, by: provider)
            }
            #expect(refusal?.code == .notAtScene)
            let stopped = refusal?.details.contains { $0.0 == "status" && $0.1 == .string("en_route") }
            #expect(stopped == true, "he may well have departed")
            #expect(try await world.status(of: job) == "en_route")
            let again = try await refusalCode {
                _ = try await world.jobs.advance(.id(job.id), to: .arrived, by: provider)
            }
            #expect(again == .notAtScene)
            let isNoted = await world.dependencies.metrics.text().contains(
                #"fixoncall_auth_events_total{event="spoof_location"} 2"#)
            #expect(isNoted)
            let code = try await world.jobs.job(.id(job.id), for: customer).startOTP
            let started = try await world.jobs.start(.id(job.id), otp: code, by: provider)
            #expect(started.status == .inProgress)
        }
    }

    @Test("T4: who was there and has driven on may say all of it at the end")
    func through() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = (try await world.customer(), try await world.provider(km: 2))
            let (job, _) = try await world.accepted(by: provider, for: customer)
            // Of the last two the first is doubted, and the second agrees with it.
            for km in [0.05, 9, 9.005] {
                _ = try await world.tracking.report(Position(point: JobsWorld.north(km)), by: provider)
            }
            let completed = try await world.jobs.advance(.id(job.id), to: .completed, by: provider)
            #expect(completed.status == .completed)
        }
    }

    @Test("T4: who sends no positions, and who sent his last before the job, says himself that he is there")
    func believed() async throws {
        try await JobsWorld.with { world in
            for isKnown in [false, true] {
                let (customer, provider) = (try await world.customer(), try await world.provider(km: 9))
                if isKnown { _ = try await world.tracking.report(Self.place(9, 5), by: provider) }
                let (job, _) = try await world.accepted(by: provider, for: customer)
                let arrived = try await world.jobs.advance(.id(job.id), to: .arrived, by: provider)
                #expect(arrived.status == .arrived)
            }
        }
    }

    @Test("several at once: any order, the newest counts, every fault is named")
    func several() async throws {
        try await JobsWorld.with { world in
            let provider = try await world.provider()
            let shown = try await world.tracking.report(
                [Self.place(1.3, 40), Self.place(1.5, 20), Self.place(1.4, 30)], by: provider)
            #expect(shown.location == JobsWorld.north(1.5))
            let nowhere = try #require(GeoPoint(latitude: 0, longitude: 0))
            let error = try await failure {
                _ = try await world.tracking.report(
                    [Self.place(1, 10), Self.place(1, 86_500), Position(point: nowhere), Self.place(1, -31)],
                    by: provider)
            }
            #expect(
                error?.fields.map(\.name) == ["positions[1].fix_at", "positions[2].latitude", "positions[3].fix_at"])
            for count in [0, 101] {
                let code = try await refusalCode {
                    _ = try await world.tracking.report(
                        Array(repeating: Self.place(1, 10), count: count), by: provider)
                }
                #expect(code == .validation)
            }
        }
    }

    @Test("who has no provider's profile is not found")
    func noProfile() async throws {
        try await JobsWorld.with { world in
            let caller = Caller(
                userID: ObjectID(), role: .provider, sessionID: ObjectID(), sessionVersion: 1, expiresAt: Date())
            let code = try await refusalCode { _ = try await world.tracking.report(Self.place(1, 10), by: caller) }
            #expect(code == .notFound)
        }
    }

    @Test("the way of a job is kept, in pieces of five minutes, once, and of nobody else")
    func tracks() async throws {
        try await JobsWorld.with { world in
            let (idle, provider) = (try await world.provider("Idle"), try await world.provider())
            let (job, _) = try await world.accepted(by: provider, for: try await world.customer())
            _ = try await world.tracking.report(Self.place(1, 5), by: idle)
            let way = [Self.place(1, 900), Self.place(1.1, 890), Self.place(60, 880), Self.place(1.2, 100)]
            _ = try await world.tracking.report(way, by: provider)
            _ = try await world.tracking.report(way, by: provider)
            _ = try await world.tracking.report([Self.place(1.15, 200)], by: provider)
            let pieces = try await world.store.client.collection("tracks").find(sort: ["from": 1])
            let owners = Set(pieces.compactMap { $0.get("provider_id", as: ObjectID.self) })
            let jobs = Set(pieces.compactMap { $0.get("job_id", as: ObjectID.self) })
            #expect(owners == [provider.userID] && jobs == [job.id])
            let fixes = pieces.flatMap { $0.get("fixes", as: [Document].self) ?? [] }
            #expect(fixes.count == 5)
            let lasting = pieces.allSatisfy { piece in
                guard let from: Date = piece.get("from"), let end: Date = piece.get("purge_at") else { return false }
                return end.timeIntervalSince(from) == 90 * 86_400
            }
            #expect(lasting)
            #expect(pieces.count >= 2)
        }
    }

    @Test("two hundred reports at once: each is answered, and of every provider the newest is kept")
    func group() async throws {
        try await JobsWorld.with(workers: 8) { world in
            let providers = try await world.providers(20)
            let trackings = [world.tracking, Tracking(world.dependencies, dispatch: world.dispatch)]
            let base = Date(timeIntervalSinceNow: -600).truncatedToMilliseconds
            let results = await together(200) { index in
                // Ten of each provider, the newest neither first nor last.
                let age = Double((index / 20 * 7) % 10)
                return try await trackings[index / 20 % 2].report(
                    Position(point: JobsWorld.north(1 + age / 1000), fixAt: base.addingTimeInterval(age)),
                    by: providers[index % 20])
            }
            let answered = results.allSatisfy { $0.value?.fixAt != nil }
            #expect(answered)
            try await eventually("a majority has the newest of each") {
                let stored = try await world.store.mechanics.find()
                return stored.count == 20
                    && stored.allSatisfy { $0.get("fix_at") == base.addingTimeInterval(9) }
            }
        }
    }

    @Test(
        "without a routing engine, or with one that fails, times are estimated; with one that answers they are its own")
    func routing() async throws {
        struct Roads: RoutingEngine {
            struct Gone: Error {}
            let answer: [Double?]?
            func seconds(from starts: [GeoPoint], to end: GeoPoint) async throws -> [Double?] {
                guard let answer else { throw Gone() }
                return answer
            }
        }
        try await JobsWorld.with { world in
            let starts = [JobsWorld.north(5), JobsWorld.north(10)]
            func times(_ engine: Roads?) async throws -> [TravelTime] {
                let known = world.dependencies
                let dependencies = Dependencies(
                    client: world.database.client, settings: known.settings, secrets: known.secrets, clock: known.now,
                    routing: engine, logger: known.logger)
                return await Travel(dependencies: dependencies).times(
                    from: starts, to: JobsWorld.center, at: Date())
            }
            let estimates = try await times(nil)
            #expect(estimates.map(\.p50) == [780, 1560])
            #expect(try await times(Roads(answer: nil)) == estimates)
            #expect(try await times(Roads(answer: [1])) == estimates, "an answer that does not fit is none")
            let mixed = try await times(Roads(answer: [600, nil]))
            #expect(mixed == [TravelTime(p50: 600, p90: 900, source: .roads), estimates[1]])
        }
    }
}
