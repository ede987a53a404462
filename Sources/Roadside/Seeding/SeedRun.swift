import BSON
import Foundation
import Mongo

/// What is wanted of a city; what is nil is as recorded, or the default at the first run.
public struct CityWish: Sendable, Hashable {
    /// Providers beside those known by name.
    public var providers: Int?
    public var randomSeed: UInt64?
    /// Whole days of history.
    public var days: Int?

    public init(providers: Int? = nil, randomSeed: UInt64? = nil, days: Int? = nil) {
        self.providers = providers
        self.randomSeed = randomSeed
        self.days = days
    }

    public static let providerLimits = 1...200_000
    /// Everybody has had an account for two months.
    public static let dayLimits = 0...45
    public static let defaultProviders = 600
    public static let defaultDays = 7
    /// Kenya's telephone code.
    public static let defaultRandomSeed: UInt64 = 254
}

/// The record of a seeding: a document of `settings` under `seed.<name>`.
struct SeedRun: Sendable {
    /// What is counted while it is written.
    enum Stage: String, CaseIterable, Sendable { case customers, providers, jobs, notices }

    let id: String
    let randomSeed: UInt64
    let providers: Int
    let days: Int
    /// The moment of the first run: history lies before it, in every run.
    let anchor: Date
    let version: Int
    /// Customers beside those known by name, and generated providers who take part in the history.
    let customers: Int
    let cast: Int
    let loaded: [Stage: Int]
    let finishedAt: Date?

    init?(_ document: Document?) {
        guard let document, let id: String = document.get("_id"), let seed: Int64 = document.get("random_seed"),
            let anchor: Date = document.get("anchor")
        else { return nil }
        self.id = id
        self.anchor = anchor
        randomSeed = UInt64(bitPattern: seed)
        providers = document.get("providers") ?? 0
        days = document.get("days") ?? 0
        version = document.get("version") ?? 0
        customers = document.get("customers") ?? 0
        cast = document.get("cast") ?? 0
        let counts = document.get("loaded", as: Document.self)
        loaded = Dictionary(uniqueKeysWithValues: Stage.allCases.map { ($0, counts?.get($0.rawValue) ?? 0) })
        finishedAt = document.get("finished_at")
    }

    static func id(_ seed: String) -> String { "seed.\(seed)" }

    /// The document of a first run.
    static func beginning(_ wish: CityWish, at now: Date) -> Document {
        let providers = wish.providers ?? CityWish.defaultProviders
        return [
            "random_seed": .int64(Int64(bitPattern: wish.randomSeed ?? CityWish.defaultRandomSeed)),
            "providers": .int(providers), "days": .int(wish.days ?? CityWish.defaultDays),
            "anchor": .date(Date(timeIntervalSince1970: now.timeIntervalSince1970.rounded(.down))),
            "version": .int(CityPlan.version), "customers": .int(min(max(providers / 10, 60), 2000)),
            "cast": .int(min(providers, 2000)),
            "loaded": .document(Document(fields: Stage.allCases.map { ($0.rawValue, .int64(0)) })),
        ]
    }
}

extension Seeding {
    func run(_ seed: String) async throws(RoadsideError) -> SeedRun? {
        SeedRun(
            try await store.database { () async throws(MongoError) in
                try await store.settings.findOne(["_id": .string(SeedRun.id(seed))])
            })
    }

    /// The record, made or extended by what is wanted now.
    ///
    /// - Throws: `CONFLICT` when another city is there already.
    func begin(_ seed: String, _ wish: CityWish) async throws(RoadsideError) -> SeedRun {
        let filter: Document = ["_id": .string(SeedRun.id(seed))]
        let first = SeedRun.beginning(wish, at: dependencies.now())
        let document = try await store.database { () async throws(MongoError) in
            do throws(MongoError) {
                return try await store.settings.findOneAndUpdate(
                    filter, ["$setOnInsert": .document(first)], upsert: true)
            } catch {
                // Two first runs at once: the other one has made it.
                guard error.code == .duplicateKey else { throw error }
                return try await store.settings.findOne(filter)
            }
        }
        guard let run = SeedRun(document) else { throw .broken("the record of the seeding is broken") }
        try refuse(wish, against: run)
        guard let providers = wish.providers, providers > run.providers else { return run }
        let grown = try await store.database { () async throws(MongoError) in
            try await store.settings.findOneAndUpdate(
                filter, ["$max": ["providers": .int(providers)], "$unset": ["finished_at": ""]])
        }
        return SeedRun(grown) ?? run
    }

    private func refuse(_ wish: CityWish, against run: SeedRun) throws(RoadsideError) {
        var reasons: [String] = []
        if let seed = wish.randomSeed, seed != run.randomSeed {
            reasons.append("it was made from the random seed \(run.randomSeed)")
        }
        if let days = wish.days, days != run.days { reasons.append("it has \(run.days) days of history") }
        let isWanting = run.finishedAt == nil || wish.providers ?? 0 > run.providers
        if isWanting, run.version != CityPlan.version {
            reasons.append("another version of this program made it, whose people were others")
        }
        guard reasons.isEmpty else {
            throw RoadsideError(
                .conflict,
                "This database holds a demo city already: \(reasons.joined(separator: ", and ")). "
                    + "Another one needs another database.")
        }
    }
}

extension Store {
    /// Draws so many numbers that follow each other, and returns the first.
    func nextNumbers(_ kind: NumberKind, _ count: Int) async throws(RoadsideError) -> Int64 {
        let counter = try await database { () async throws(MongoError) in
            try await counters.findOneAndUpdate(
                ["_id": .string(kind.rawValue)], ["$inc": ["value": .int(count)]], upsert: true)
        }
        guard let value = counter?.get("value", as: Int64.self) else {
            throw RoadsideError.broken("counter \(kind) is broken")
        }
        return value - Int64(count) + 1
    }
}
