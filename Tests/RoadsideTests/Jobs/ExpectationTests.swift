import BSON
import Foundation
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

@Suite("§4.8.4: a command for the version that its sender has seen")
struct ExpectationTests {
    @Test("twenty commands for one version: one is carried out, the others hear that the job has changed")
    func twentyForOne() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = (try await world.customer(), try await world.provider())
            let (job, _) = try await world.accepted(by: provider, for: customer)
            let seen = Expectation.oneOf([job.version])
            let results = await together(20) { index in
                index.isMultiple(of: 2)
                    ? try await world.jobs.advance(.id(job.id), to: .enRoute, ifVersion: seen, by: provider)
                    : try await world.jobs.cancel(.id(job.id), ifVersion: seen, by: customer)
            }
            #expect(results.compactMap(\.value).count == 1)
            #expect(results.filter { $0.code == .preconditionFailed }.count == 19, "\(results.map(\.code))")
            let now = try await world.jobs.job(.id(job.id), for: customer)
            #expect(now.version == job.version + 1)
        }
    }

    @Test("a stale version stops every command, changes nothing, and says the version as it is")
    func stale() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = (try await world.customer(), try await world.provider())
            let admin = try await world.admin()
            let open = try await world.open(by: customer)
            await world.dispatch.settle()
            let stale = Expectation.oneOf([open.version + 7])
            let jobs = world.jobs
            let commands: [(String, () async throws -> Void)] = [
                ("accept", { _ = try await jobs.accept(.id(open.id), ifVersion: stale, by: provider) }),
                (
                    "advance",
                    { _ = try await jobs.advance(.id(open.id), to: .accepted, ifVersion: stale, by: provider) }
                ),
                ("decline", { try await jobs.decline(.id(open.id), ifVersion: stale, by: provider) }),
                (
                    "propose",
                    {
                        _ = try await jobs.assign(
                            .id(open.id), provider: .id(provider.userID), ifVersion: stale, by: customer)
                    }
                ),
                (
                    "assign",
                    {
                        _ = try await jobs.assign(
                            .id(open.id), provider: .id(provider.userID), ifVersion: stale, by: admin)
                    }
                ),
                ("cancel", { _ = try await jobs.cancel(.id(open.id), ifVersion: stale, by: customer) }),
                ("complete", { _ = try await jobs.complete(.id(open.id), ifVersion: stale, by: admin) }),
                ("start", { _ = try await jobs.start(.id(open.id), otp: nil, ifVersion: stale, by: admin) }),
                (
                    "change",
                    {
                        _ = try await world.bookings.change(
                            .id(open.id), BookingDetails(notes: "gate"), ifVersion: stale, by: customer)
                    }
                ),
            ]
            let before = try await world.document(of: open)
            for (name, command) in commands {
                let refused = try await failure(command)
                #expect(refused?.code == .preconditionFailed, "\(name): \(String(describing: refused))")
                let told = refused?.details.first { $0.0 == "version" }?.1
                #expect(told == .int(open.version), "\(name)")
            }
            #expect(try await world.document(of: open) == before)
            let offers = try await world.offers(of: open)
            #expect(offers == [provider.userID: "offered"])
        }
    }

    @Test("a version proposed at the last moment is looked at where the offer is written")
    func proposedInside() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = (try await world.customer(), try await world.provider())
            let job = try await world.open(by: customer)
            let record = try #require(JobRecord(try await world.document(of: job)))
            let profile = try await world.jobs.known(.id(provider.userID))
            // The job moves after it was read, and before the offer is.
            try await world.store.services.updateOne(["_id": .id(job.id)], ["$inc": ["version": .int64(1)]])
            let refused = try await refusalCode {
                try await world.dispatch.propose(record, to: profile, ifVersion: .oneOf([job.version]))
            }
            #expect(refused == .preconditionFailed)
            #expect(try await world.store.offers.count(["job_id": .id(job.id), "mode": "pick"]) == 0)
        }
    }

    @Test("nobody learns the version of a job that is none of his business")
    func foreign() async throws {
        try await JobsWorld.with { world in
            let (customer, stranger) = (try await world.customer(), try await world.customer())
            let far = try await world.provider(km: 300)
            let job = try await world.open(by: customer)
            let stale = Expectation.oneOf([99])
            let refusals = [
                try await refusalCode { _ = try await world.jobs.cancel(.id(job.id), ifVersion: stale, by: stranger) },
                try await refusalCode { _ = try await world.jobs.accept(.id(job.id), ifVersion: stale, by: far) },
                try await refusalCode {
                    _ = try await world.jobs.start(.id(job.id), otp: "123456", ifVersion: stale, by: far)
                },
                try await refusalCode {
                    _ = try await world.bookings.change(
                        .id(job.id), BookingDetails(notes: "x"), ifVersion: stale, by: stranger)
                },
            ]
            #expect(refusals == Array(repeating: .notFound, count: 4))
        }
    }

    @Test("a start code for a stale version costs the customer no try")
    func noTrySpent() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = (try await world.customer(), try await world.provider())
            let (job, code) = try await world.accepted(by: provider, for: customer)
            for otp in [code, "000000"] {
                let refused = try await refusalCode {
                    _ = try await world.jobs.start(
                        .id(job.id), otp: otp, ifVersion: .oneOf([job.version - 1]), by: provider)
                }
                #expect(refused == .preconditionFailed)
            }
            let record = JobRecord(try await world.document(of: job))
            #expect(record?.code?.facts.tries == 0)
            let started = try await world.jobs.start(
                .id(job.id), otp: code, ifVersion: .oneOf([job.version]), by: provider)
            #expect(started.status == .inProgress)
        }
    }
}
