import BSON
public import Foundation
import Mongo
import RoadsideRules

/// How far a long run over data has come.
public struct SeedProgress: Sendable, Hashable {
    /// `customers`, `providers`, `jobs`, `notices`; of an import its tables.
    public let what: String
    public let done: Int
    public let total: Int

    public init(what: String, done: Int, total: Int) {
        self.what = what
        self.done = done
        self.total = total
    }

    public var percent: Int { total > 0 ? done * 100 / total : 100 }

    /// `providers 12000 of 100000, 12 %, 41 s left`.
    ///
    /// - Parameters:
    ///   - elapsed: since this stage began.
    ///   - before: what was done when it began; a continued run does not begin at 0.
    public func text(after elapsed: Duration, from before: Int) -> String {
        let text = "\(what) \(done) of \(total), \(percent) %"
        guard done > before, done < total else { return text }
        let seconds = elapsed / .seconds(1) / Double(done - before) * Double(total - done)
        let whole = Int(min(seconds.rounded(.up), 1e6))
        return whole < 120 ? "\(text), \(whole) s left" : "\(text), \((whole + 59) / 60) min left"
    }
}

/// What a city consists of after a seeding.
public struct CityReport: Sendable {
    public let accounts: [Seeding.Account]
    /// Everything was there already.
    public let isUnchanged: Bool
    /// Beside the named ones.
    public let providers: Int
    public let customers: Int
    public let jobs: Int
    public let days: Int
    public let randomSeed: UInt64
    public let anchor: Date
    /// Generated people who are missing because somebody else has their address or phone number.
    public let leftOut: Int
}

extension Seeding {
    /// Whether a city was begun and not finished.
    public func isInterrupted(_ seed: String) async throws(RoadsideError) -> Bool {
        guard let run = try await run(seed) else { return false }
        return run.finishedAt == nil
    }

    /// Makes the city, or what is missing of it.
    ///
    /// - Parameters:
    ///   - named: its accounts known by name, and everybody's password.
    ///   - progress: called before the first and after each batch.
    /// - Throws: `FORBIDDEN` in production; `CONFLICT` when the database holds another city.
    public func build(
        _ plan: CityPlan, named: SeedAccounts, _ wish: CityWish = CityWish(),
        progress: @Sendable (SeedProgress) -> Void = { _ in }
    ) async throws(RoadsideError) -> CityReport {
        try refuseProduction()
        let run = try await begin(named.seed, wish)
        let residents = try await residents(named, anchor: run.anchor)
        var leftOut = 0
        if run.finishedAt == nil {
            let cast = CityCast(plan: plan, named: named, randomSeed: run.randomSeed)
            let hash = try await passwords.hash(named.password)
            leftOut += try await people(.customers, run.customers, run, hash: hash, progress) { cast.customer($0) }
            leftOut += try await people(.providers, run.providers, run, hash: hash, progress) { cast.provider($0) }
            let past = Past(cast, run, residents: residents.compactMap(\.person))
            try await jobs(past, run, progress)
            try await notices(past, run, progress)
            try await finish(run)
        }
        let made = try await self.run(named.seed) ?? run
        return CityReport(
            accounts: residents.map(\.account),
            isUnchanged: run.finishedAt != nil && residents.allSatisfy { !$0.account.isNew }, providers: made.providers,
            customers: made.customers, jobs: made.loaded[.jobs] ?? 0, days: made.days, randomSeed: made.randomSeed,
            anchor: made.anchor, leftOut: leftOut)
    }

    /// Writes one batch together with the mark that it is written.
    ///
    /// - Returns: false when somebody else has moved the mark meanwhile, and nothing was written.
    func write(
        _ stage: SeedRun.Stage, of run: SeedRun, from: Int, to: Int,
        _ body: @escaping @Sendable (MongoTransaction) throws -> Void
    ) async throws(RoadsideError) -> Bool {
        let mark = "loaded.\(stage.rawValue)"
        let work: @Sendable (MongoTransaction) throws -> Bool = { transaction in
            let moved = try transaction.settings.updateOne(
                ["_id": .string(run.id), mark: .int(from)], ["$set": [mark: .int(to)]])
            guard moved.matched == 1 else { return false }
            try body(transaction)
            return true
        }
        do {
            return try await Deadline.$scoped.withValue(.after(Self.patience)) { try await store.transaction(work) }
        } catch {
            throw RoadsideError(any: error)
        }
    }

    /// Not when more providers have been asked for meanwhile.
    private func finish(_ run: SeedRun) async throws(RoadsideError) {
        _ = try await store.database { () async throws(MongoError) in
            try await store.settings.updateOne(
                ["_id": .string(run.id), "providers": .int(run.providers)],
                ["$set": ["finished_at": .date(dependencies.now())]])
        }
    }

    /// Where the run stands now.
    func mark(_ stage: SeedRun.Stage, of run: SeedRun) async throws(RoadsideError) -> Int {
        let document = try await store.database { () async throws(MongoError) in
            try await store.settings.findOne(["_id": .string(run.id)])
        }
        guard let now = SeedRun(document) else { throw .broken("the record of the seeding is gone") }
        return now.loaded[stage] ?? 0
    }

    /// Documents of one kind in one transaction.
    static let batch = 500
    /// A batch takes longer on a busy machine than a request may.
    private static let patience: Duration = .seconds(120)
}
