import BSON
import Foundation
import Testing

@testable import Roadside
@testable import RoadsideRules

@Suite("The past of the demo city")
struct CityHistoryTests {
    /// A Saturday, ten o'clock in Nairobi.
    static let anchor = Date(timeIntervalSince1970: 1_795_244_400)

    static func history(randomSeed: UInt64 = 254, providers: Int = 600) throws -> CityHistory {
        let cast = try SeedFiles.cast(randomSeed: randomSeed)
        let named = try SeedFiles.accounts().people
        return CityHistory(
            cast: cast, customers: named.filter { $0.role == .customer }, generated: 60,
            providers: named.filter { $0.role == .provider } + (0..<providers).map { cast.provider($0) })
    }

    private static let week: [SeedJob] = (try? history().jobs(days: 7, anchor: anchor)) ?? []

    private static func hour(_ job: SeedJob) -> Int {
        Int((job.createdAt.timeIntervalSince1970 + 3 * 3600) / 3600) % 24
    }

    @Test("the same seed gives the same days, another gives others")
    func reproducible() throws {
        func digest(_ jobs: [SeedJob]) -> [String] {
            jobs.map { "\($0.id) \($0.customerID) \($0.providerID?.hex ?? "-") \($0.events.map(\.at)) \($0.pickup)" }
        }
        #expect(digest(Self.week) == digest(try Self.history().jobs(days: 7, anchor: Self.anchor)))
        let other = try Self.history(randomSeed: 7).jobs(days: 7, anchor: Self.anchor)
        #expect(Set(other.map(\.id)).isDisjoint(with: Self.week.map(\.id)))
    }

    @Test("some thousands of jobs, in order, of the seven days before, all of them finished")
    func span() throws {
        let jobs = Self.week
        #expect((2000...5000).contains(jobs.count))
        #expect(Set(jobs.map(\.id)).count == jobs.count)
        let midnight = Self.anchor.addingTimeInterval(-10 * 3600)
        for (job, next) in zip(jobs, jobs.dropFirst()) { #expect(job.createdAt <= next.createdAt) }
        #expect(jobs.allSatisfy { $0.createdAt >= midnight.addingTimeInterval(-7 * 86_400) && $0.createdAt < midnight })
        #expect(jobs.allSatisfy { $0.status.isTerminal && $0.closedAt < Self.anchor })
        let days = Dictionary(grouping: jobs) { Int(midnight.timeIntervalSince($0.createdAt) / 86_400) }
        #expect(days.count == 7)
        #expect(days.values.allSatisfy { $0.count > 150 })
    }

    @Test("right after midnight the evening before is over, too", arguments: [0.0, 60, 3600])
    func midnight(seconds: Double) throws {
        let anchor = Self.anchor.addingTimeInterval(-10 * 3600 + seconds)
        let jobs = try Self.history(providers: 60).jobs(days: 2, anchor: anchor)
        #expect(!jobs.isEmpty)
        #expect(jobs.allSatisfy { $0.closedAt < anchor })
        for (job, next) in zip(jobs, jobs.dropFirst()) where next.createdAt < job.createdAt {
            Issue.record("out of order")
        }
    }

    @Test("rush hours are full and nights are quiet")
    func hours() {
        let counts = Dictionary(grouping: Self.week, by: Self.hour).mapValues(\.count)
        let rush = [7, 8, 17, 18].map { counts[$0] ?? 0 }.min() ?? 0
        let night = [1, 2, 3, 4].map { counts[$0] ?? 0 }.max() ?? 0
        #expect(rush > 4 * night)
        #expect(night > 0)
    }

    @Test("service types and endings have plausible shares")
    func shares() {
        func percent(_ isCounted: (SeedJob) -> Bool) -> Int {
            Self.week.filter(isCounted).count * 100 / Self.week.count
        }
        #expect((30...38).contains(percent { $0.type.code == "breakdown" }))
        #expect((12...18).contains(percent { $0.type.code == "towing" }))
        #expect(Set(Self.week.map(\.type.code)).count == 7)
        #expect((80...92).contains(percent { $0.status == .completed }))
        #expect((6...13).contains(percent { $0.status == .cancelled }))
        #expect((1...9).contains(percent { $0.status == .expired }))
        #expect((50...75).contains(percent { $0.review != nil }))
        #expect(Self.week.allSatisfy { $0.review == nil || $0.status == .completed })
    }

    @Test("whoever came could do it, was in reach, and did nothing else meanwhile")
    func providers() throws {
        let history = try Self.history()
        let profiles = Dictionary(uniqueKeysWithValues: history.providers.map { ($0.id, $0) })
        var busyUntil: [ObjectID: Date] = [:]
        let taken = Self.week.compactMap { job in
            job.events.first { $0.status == .accepted }.map { (job: job, at: $0.at) }
        }
        for (job, at) in taken.sorted(by: { $0.at < $1.at }) {
            let profile = try #require(job.providerID.flatMap { profiles[$0] })
            #expect(profile.isVerified && profile.capabilities.contains(job.type.capability))
            let metres = try #require(profile.location).distance(to: job.pickup.point)
            #expect(metres <= profile.serviceRadiusKm * 1000)
            #expect(busyUntil[profile.id] ?? .distantPast < at)
            busyUntil[profile.id] = job.closedAt
        }
        #expect(busyUntil.count > 300)
    }

    @Test("every past is one that the rules allow, step by step")
    func lawful() throws {
        for job in Self.week {
            #expect(job.events.prefix(2).map(\.status) == [.requested, .matching])
            for (event, next) in zip(job.events, job.events.dropFirst()) {
                #expect(event.at <= next.at)
                let isLawful = JobTransition.table.contains { $0.from == event.status && $0.to == next.status }
                #expect(isLawful, "\(event.status) → \(next.status)")
            }
            #expect((job.destination != nil) == job.type.needsDestination)
        }
    }

    @Test("a city of one provider has a past, and one of none day has none")
    func small() throws {
        #expect(!(try Self.history(providers: 1).jobs(days: 1, anchor: Self.anchor)).isEmpty)
        #expect(try Self.history(providers: 1).jobs(days: 0, anchor: Self.anchor).isEmpty)
    }
}
