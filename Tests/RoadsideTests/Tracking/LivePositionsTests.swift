import BSON
import Foundation
import Mongo
import MongoTesting
import RoadsideRules
import Synchronization
import Testing

@testable import Roadside

/// What one process tells those who watch in it.
private final class WatchLog: Sendable {
    private let events = Mutex<[LivePositionEvent]>([])

    init(_ live: LivePositions) {
        live.listen { [self] event in events.withLock { $0.append(event) } }
    }

    var positions: [LivePosition] {
        events.withLock { events in
            events.compactMap { if case .moved(let position) = $0 { position } else { nil } }
        }
    }

    var places: [GeoPoint] { positions.map(\.fix.point) }

    var over: [ObjectID] {
        events.withLock { events in events.compactMap { if case .over(let job) = $0 { job } else { nil } } }
    }
}

@Suite("Live positions for those who watch")
struct LivePositionsTests {
    private func at(_ km: Double, _ ago: Double) -> Position {
        Position(point: JobsWorld.north(km), heading: 180, fixAt: Date(timeIntervalSinceNow: -ago))
    }

    @Test("T3: from acceptance to the end, with what the job says of its arrival; nothing before, after, or of others")
    func life() async throws {
        try await JobsWorld.with { world in
            let log = WatchLog(world.tracking.live)
            let (customer, provider, other) = try await (
                world.customer(), world.provider(km: 3), world.provider("Other", km: 4)
            )
            let job = try await world.open(by: customer)
            try await world.tracking.report(at(3, 60), by: provider)
            #expect(log.positions.isEmpty)
            let taken = try await world.jobs.accept(.id(job.id), by: provider)
            try await world.tracking.report(at(2.9, 50), by: provider)
            try await world.tracking.report(at(3.9, 49), by: other)
            let told = try #require(log.positions.first)
            #expect(log.positions.count == 1)
            #expect(told.jobID == job.id && told.providerID == provider.userID)
            #expect(told.fix.point == JobsWorld.north(2.9) && told.fix.heading == 180)
            #expect(told.arrival == taken.arrival && told.promisedAt == taken.estimatedArrival)
            _ = try await world.jobs.advance(.id(job.id), to: .inProgress, by: provider)
            try await world.tracking.report(at(2.7, 20), by: provider)
            #expect(log.places.last == JobsWorld.north(2.7))
            #expect(log.over.isEmpty)
            _ = try await world.jobs.complete(.id(job.id), by: provider)
            try await world.tracking.report(at(2.6, 10), by: provider)
            #expect(log.positions.count == 2 && log.over == [job.id])
            #expect(world.tracking.live.last(of: job.id) == nil)
        }
    }

    @Test("a report that was under way when the job left its provider's hands is not told; the next provider's is")
    func handover() async throws {
        try await JobsWorld.with { world in
            let live = world.tracking.live
            let log = WatchLog(live)
            let (customer, first) = try await (world.customer(), world.provider(km: 3))
            let second = try await world.provider("Second", km: 4)
            let (job, _) = try await world.accepted(by: first, for: customer)
            _ = try await world.jobs.cancel(.id(job.id), by: first)
            #expect(log.over == [job.id])
            live.show(LivePosition(jobID: job.id, providerID: first.userID, fix: at(2.9, 5).fix(now: Date())))
            #expect(log.positions.isEmpty)
            _ = try await world.jobs.assign(.id(job.id), provider: .id(second.userID), by: world.admin())
            try await world.tracking.report(at(3.9, 5), by: second)
            live.show(LivePosition(jobID: job.id, providerID: first.userID, fix: at(2.8, 0).fix(now: Date())))
            #expect(log.positions.map(\.providerID) == [second.userID])
        }
    }

    @Test("T4: what is no news is not told, and neither is an older one")
    func news() async throws {
        try await JobsWorld.with { world in
            let log = WatchLog(world.tracking.live)
            let provider = try await world.provider(km: 3)
            _ = try await world.accepted(by: provider, for: try await world.customer())
            for (km, ago) in [(3.0, 60.0), (3.002, 58), (3.004, 56), (3.006, 54), (3.02, 57), (3.006, 44)] {
                try await world.tracking.report(at(km, ago), by: provider)
            }
            #expect(log.places == [3, 3.006, 3.006].map(JobsWorld.north))
        }
    }

    @Test("customers see their live jobs, providers the one they hold, staff all, each with the last position if any")
    func seats() async throws {
        try await JobsWorld.with { world in
            let live = world.tracking.live
            let (customer, provider) = try await (world.customer(), world.provider(km: 3))
            let (stranger, silent) = try await (world.customer(), world.provider("Silent", km: 4))
            let (job, _) = try await world.accepted(by: provider, for: customer)
            let (quiet, _) = try await world.accepted(by: silent, for: stranger)
            _ = try await world.open(by: stranger)
            try await world.tracking.report(at(2.9, 5), by: provider)
            let seen = try await live.jobs(for: customer)
            #expect(seen.map(\.jobID) == [job.id] && seen.map(\.providerID) == [provider.userID])
            #expect(seen.first?.isApproach == true)
            let last = try #require(seen.first?.last)
            let shown = try await world.jobs.job(.id(job.id), for: customer)
            #expect(last.fix.point == JobsWorld.north(2.9) && last.fix.heading == 180)
            #expect(last.arrival == shown.arrival && last.promisedAt == shown.estimatedArrival)
            let his = try await live.jobs(for: stranger)
            #expect(his.map(\.jobID) == [quiet.id])
            #expect(his.first?.last == nil, "a base is no position")
            // Together, as after a restart.
            let all = [provider, silent, customer, stranger, try await world.admin(), try await world.provider("Free")]
            let answers = await together(all.count) { try await live.jobs(for: all[$0]).map(\.jobID) }
            #expect(
                answers.compactMap(\.value)
                    == [[job.id], [quiet.id], [job.id], [quiet.id], [quiet.id, job.id], []])
        }
    }
}

@Suite("Live positions between servers of one database", .timeLimit(.minutes(5)))
struct PositionRelayTests {
    /// Two processes on one database, both at work; only the second is watched.
    private func between(
        _ story: (JobsWorld, WatchLog) async throws -> Void
    ) async throws {
        try await JobsWorld.with({ $0.positionRelayInterval = .milliseconds(1) }) { world in
            let there = JobsWorld(elsewhere: world)
            let log = WatchLog(there.tracking.live)
            there.tracking.live.enter()
            let work = [world.tracking.live, there.tracking.live].map { live in Task { await live.run() } }
            defer { for task in work { task.cancel() } }
            try await story(world, log)
        }
    }

    /// He comes twenty metres nearer with each report.
    private func at(_ step: Int) -> Position { Position(point: JobsWorld.north(2.9 - Double(step) / 50)) }

    @Test("what is reported here is told there, in order, once, and not again here; history is not")
    func crossing() async throws {
        try await between { world, log in
            let here = WatchLog(world.tracking.live)
            world.tracking.live.enter()
            let provider = try await world.provider(km: 3)
            let (job, _) = try await world.accepted(by: provider, for: try await world.customer())
            var step = 0
            func move(until what: String, _ isHeard: () -> Bool) async throws {
                try await eventually(what) {
                    step += 1
                    try await world.tracking.report(at(step), by: provider)
                    return isHeard()
                }
            }
            try await move(until: "it is heard there") { !log.positions.isEmpty }
            #expect(log.positions.first?.jobID == job.id)
            for _ in 1...3 {
                step += 1
                let place = at(step)
                try await world.tracking.report(place, by: provider)
                try await eventually("the next is heard there") { log.places.last == place.point }
            }
            let moments = log.positions.map(\.fix.at)
            #expect(moments == moments.sorted() && Set(moments).count == moments.count)
            #expect(here.positions.count == step, "each is told here once, and not again from there")

            let late = JobsWorld(elsewhere: world)
            let lateLog = WatchLog(late.tracking.live)
            late.tracking.live.enter()
            let work = Task { await late.tracking.live.run() }
            defer { work.cancel() }
            let before = at(step).point
            try await move(until: "the latecomer hears, too") { !lateLog.positions.isEmpty }
            let first = try #require(lateLog.places.first)
            #expect(first.latitude < before.latitude, "what was before he came is history")
        }
    }

    @Test("a cursor that is killed is opened anew")
    func killed() async throws {
        try await between { world, log in
            let provider = try await world.provider(km: 3)
            _ = try await world.accepted(by: provider, for: try await world.customer())
            var step = 0
            func heard(_ what: String) async throws {
                let before = log.positions.count
                try await eventually(what) {
                    step += 1
                    try await world.tracking.report(at(step), by: provider)
                    return log.positions.count > before
                }
            }
            try await heard("the first is heard")
            let cursors = try await world.store.client.run(
                [
                    "aggregate": 1, "cursor": [:],
                    "pipeline": [
                        ["$currentOp": ["idleCursors": true]],
                        ["$match": ["ns": .string("\(world.database.name).live_positions")]],
                    ],
                ], on: "admin")
            let found = cursors.get("cursor", as: Document.self)?.get("firstBatch", as: [Document].self) ?? []
            let ids = found.compactMap { $0.value(at: ["cursor", "cursorId"]) }
            try #require(!ids.isEmpty)
            try await world.store.client.run(["killCursors": "live_positions", "cursors": .array(ids)])
            try await heard("it is heard again")
        }
    }
}

extension JobsWorld {
    /// Another process on the same database.
    init(elsewhere world: JobsWorld) {
        let dependencies = world.dependencies
        let inbox = Inbox(dependencies)
        let dispatch = Dispatch(dependencies, inbox: inbox)
        self.init(
            database: world.database, dependencies: dependencies, inbox: inbox, dispatch: dispatch,
            jobs: Jobs(dependencies, inbox: inbox, dispatch: dispatch),
            tracking: Tracking(dependencies, dispatch: dispatch),
            providers: Providers(dependencies, inbox: inbox, dispatch: dispatch),
            fleets: Fleets(dependencies, inbox: inbox), catalog: world.catalog)
    }
}
