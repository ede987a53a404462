import BSON
import Foundation
import Mongo
import MongoTesting
import RoadsideRules
import Testing

@testable import Roadside

@Suite("Rounds of assignments and their traces (domain 4.5.5, 4.5.7)")
struct RoundTests {
    private static func settings(
        _ matching: Matching, _ mode: DispatchMode = .cascade
    ) -> (inout RoadsideSettings) -> Void {
        { settings in
            settings.searchPlan.mode = mode
            settings.matching = matching
        }
    }

    /// As if the round had begun that these jobs wait for.
    private func beginRound(_ jobs: [Job], in world: JobsWorld) async throws {
        for job in jobs {
            try await world.store.services.updateOne(
                ["_id": .id(job.id), "dispatch.round_at": ["$exists": true]],
                ["$set": ["dispatch.round_at": .date(Date(timeIntervalSince1970: 0))]])
        }
        // Another round may be served: the one before is long over.
        _ = try await world.store.leases.deleteMany(["_id": "dispatch_round"])
        await world.dispatch.settle()
    }

    private func traces(of job: Job, in world: JobsWorld) async throws -> [DispatchTrace] {
        try await world.dispatch.traces.traces(of: job.id, after: nil, limit: 100)
    }

    /// Two jobs and two providers on a line: P1 is the nearest to both, P2 is near to the first only.
    private func crossing(in world: JobsWorld) async throws -> (jobs: [Job], providers: [Caller]) {
        let customer = try await world.customer()
        let first = try await world.open(JobsWorld.request(km: 4), by: customer)
        let second = try await world.open(JobsWorld.request(km: 0), by: customer)
        let providers = [try await world.provider("P1", km: 3), try await world.provider("P2", km: 6)]
        return ([first, second], providers)
    }

    @Test("two jobs that share candidates are served together, at the least sum; nearest first would send one far")
    func crossing() async throws {
        try await JobsWorld.with(Self.settings(.assignment)) { world in
            let (jobs, providers) = try await crossing(in: world)
            await world.dispatch.settle()
            try await beginRound(jobs, in: world)
            #expect(try await world.offers(of: jobs[0]) == [providers[1].userID: "offered"])
            #expect(try await world.offers(of: jobs[1]) == [providers[0].userID: "offered"])
        }
        try await JobsWorld.with(Self.settings(.nearest)) { world in
            let (jobs, providers) = try await crossing(in: world)
            try await world.makeDue(jobs[0])
            await world.dispatch.settle()
            try await world.makeDue(jobs[1])
            await world.dispatch.settle()
            #expect(try await world.offers(of: jobs[0]) == [providers[0].userID: "offered"])
            #expect(try await world.offers(of: jobs[1]) == [providers[1].userID: "offered"])
        }
    }

    @Test("a job that is alone does not wait for a round; one with rivals waits two seconds at most")
    func waiting() async throws {
        try await JobsWorld.with(Self.settings(.assignment)) { world in
            let customer = try await world.customer()
            let provider = try await world.provider()
            let alone = try await world.open(by: customer)
            await world.dispatch.settle()
            #expect(try await world.offers(of: alone) == [provider.userID: "offered"])

            let rival = try await world.open(by: customer)
            await world.dispatch.settle()
            let search = try #require(JobRecord(try await world.document(of: rival))).search
            let wait = try #require(search.roundAt).timeIntervalSince(Date())
            #expect(wait <= 2.0 && wait > -2)
            let far = try await world.open(JobsWorld.request(km: 90), by: customer)
            await world.dispatch.settle()
            #expect(try #require(JobRecord(try await world.document(of: far))).search.roundAt == nil)
        }
    }

    @Test("who is considering an offer is passed over, said so, and comes back when he has answered")
    func considering() async throws {
        try await JobsWorld.with(Self.settings(.assignment)) { world in
            let customer = try await world.customer()
            let provider = try await world.provider()
            let first = try await world.open(by: customer)
            await world.dispatch.settle()
            let second = try await world.open(by: customer)
            await world.dispatch.settle()
            try await beginRound([second], in: world)
            #expect(try await world.offers(of: second).isEmpty)
            let trace = try #require(try await traces(of: second, in: world).last)
            #expect(trace.excluded.first { $0.id == provider.userID }?.reasons == [.considering])
            #expect(try #require(JobRecord(try await world.document(of: second))).search.roundAt != nil)

            try await world.jobs.decline(.id(first.id), by: provider)
            try await beginRound([first, second], in: world)
            #expect(try await world.offers(of: second) == [provider.userID: "offered"])
        }
    }

    @Test("a trace explains who was asked, what each costs, and why a nearer one was not (U16)")
    func trace() async throws {
        try await JobsWorld.with(JobsWorld.asksAllAtOnce) { world in
            let customer = try await world.customer()
            let offDuty = try await world.provider("Off duty", km: 0.5, availability: .offline)
            let unskilled = try await world.provider("No skill", km: 0.6, ["towing"])
            let stale = try await world.provider("Silent", km: 0.7, fixAt: Date().addingTimeInterval(-121))
            let homely = try await world.provider("Homely", km: 3, radiusKm: 1)
            let near = try await world.provider("Near", km: 2)
            let far = try await world.provider("Far", km: 8)
            let job = try await world.open(by: customer)
            await world.dispatch.settle()
            let trace = try #require(try await traces(of: job, in: world).first)
            #expect(trace.mode == .broadcast && trace.plan == "settings" && trace.ringKm == 10)
            #expect(trace.candidates.map(\.candidate.id) == [near.userID, far.userID])
            #expect(trace.chosen == [near.userID, far.userID])
            #expect((trace.candidates.first?.cost ?? 0) < (trace.candidates.last?.cost ?? 0))
            let reasons = Dictionary(trace.excluded.map { ($0.id, $0.reasons) }) { first, _ in first }
            #expect(
                reasons == [
                    offDuty.userID: [.offDuty], unskilled.userID: [.capability], stale.userID: [.stalePosition],
                    homely.userID: [.outOfRadius],
                ])
        }
    }

    @Test("declined, left and asked already are reasons, too")
    func history() async throws {
        try await JobsWorld.with(JobsWorld.asksAllAtOnce) { world in
            let customer = try await world.customer()
            let unwilling = try await world.provider("Unwilling")
            let quitter = try await world.provider("Quitter", km: 2)
            let job = try await world.open(by: customer)
            await world.dispatch.settle()
            try await world.jobs.decline(.id(job.id), by: unwilling)
            _ = try await world.jobs.accept(.id(job.id), by: quitter)
            _ = try await world.jobs.cancel(.id(job.id), by: quitter)
            await world.dispatch.settle()
            let trace = try #require(try await traces(of: job, in: world).last)
            #expect(trace.attempt == 2)
            let reasons = Dictionary(trace.excluded.map { ($0.id, $0.reasons) }) { first, _ in first }
            #expect(reasons[unwilling.userID] == [.declined])
            #expect(reasons[quitter.userID] == [.leftJob])
        }
    }

    @Test("the same trace and settings give the same answer, for every mode and for a whole round")
    func replay() async throws {
        for mode in [DispatchMode.broadcast, .cascade, .auto] {
            try await JobsWorld.with(Self.settings(.assignment, mode)) { world in
                let customer = try await world.customer()
                for number in 0..<8 {
                    _ = try await world.provider("Mechanic \(number)", km: Double(number) * 0.7 + 0.3)
                }
                var jobs: [Job] = []
                for number in 0..<4 {
                    jobs.append(try await world.open(JobsWorld.request(km: Double(number)), by: customer))
                }
                await world.dispatch.settle()
                try await beginRound(jobs, in: world)
                let documents = try await world.store.dispatchTraces.find(sort: ["_id": 1])
                let all = documents.compactMap(DispatchTrace.init)
                #expect(all.count >= 4)
                for (round, members) in Dictionary(grouping: all, by: { $0.roundID ?? $0.id }) {
                    let again = DispatchTrace.replay(members)
                    for trace in members {
                        #expect(again[trace.jobID] ?? [] == trace.chosen, "\(mode) \(round)")
                    }
                }
            }
        }
    }

    @Test("a round whose server died is served when its lease is over; two servers do not tear one apart")
    func deadServer() async throws {
        try await JobsWorld.with(workers: 16, Self.settings(.assignment)) { world in
            let customer = try await world.customer()
            let providers = try await world.providers(6)
            var jobs: [Job] = []
            for _ in 1...5 { jobs.append(try await world.open(by: customer)) }
            await world.dispatch.settle()
            // As a server left them that died right after taking the round up.
            for job in jobs {
                try await world.store.services.updateOne(
                    ["_id": .id(job.id)], ["$set": ["dispatch.round_at": .date(Date().addingTimeInterval(600))]])
            }
            let early = await world.dispatch.takeRound()
            #expect(!early)
            for job in jobs {
                try await world.store.services.updateOne(
                    ["_id": .id(job.id)],
                    ["$set": ["dispatch.round_at": .date(Date(timeIntervalSince1970: 0))]])
            }
            let taken = await together(4) { _ in
                await Dispatch(world.dependencies, inbox: world.inbox).takeRound()
            }
            let rounds = taken.compactMap(\.value).filter { $0 }.count
            #expect(rounds == 1)
            var asked: [ObjectID] = []
            for job in jobs { asked += try await world.offers(of: job).filter { $0.value == "offered" }.map(\.key) }
            #expect(asked.count == 5 && Set(asked).count == 5)
            #expect(Set(asked).isSubset(of: providers.map(\.userID)))
        }
    }

    @Test("a job that was cancelled while it waited for its round is asked about no more")
    func cancelled() async throws {
        try await JobsWorld.with(Self.settings(.assignment)) { world in
            let customer = try await world.customer()
            _ = try await world.providers(2)
            let first = try await world.open(by: customer)
            let second = try await world.open(by: customer)
            await world.dispatch.settle()
            _ = try await world.jobs.cancel(.id(second.id), by: customer)
            try await beginRound([first, second], in: world)
            #expect(try await world.offers(of: second).values.allSatisfy { $0 == "withdrawn" })
            #expect(try await world.document(of: second).value(at: ["dispatch", "round_at"]) == nil)
        }
    }

    @Test("traces go when their month is over, and none are kept where the setting says so")
    func lifetime() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            _ = try await world.provider()
            _ = try await world.open(by: customer)
            await world.dispatch.settle()
            let document = try #require(try await world.store.dispatchTraces.findOne())
            let (at, purge): (Date?, Date?) = (document.get("at"), document.get("purge_at"))
            #expect(try #require(purge).timeIntervalSince(try #require(at)) == 30 * 24 * 3600)
        }
        try await JobsWorld.with({ $0.traceLifetime = nil }) { world in
            _ = try await world.provider()
            _ = try await world.open(by: try await world.customer())
            await world.dispatch.settle()
            #expect(try await world.store.dispatchTraces.count() == 0)
        }
    }
}
