import BSON
import Foundation
import Mongo
import RoadsideRules

extension Seeding {
    /// What a city has been through, and who is told of it.
    struct Past {
        let jobs: [SeedJob]
        /// Whose lists of notices shall not be empty: customers, a hundred at most, and the named providers.
        let listeners: [SeedPerson]

        init(_ cast: CityCast, _ run: SeedRun, residents: [SeedPerson]) {
            let customers = residents.filter { $0.role == .customer }
            let providers = residents.filter { $0.role == .provider }
            let history = CityHistory(
                cast: cast, customers: customers, generated: run.customers,
                providers: providers + (0..<run.cast).map { cast.provider($0) })
            jobs = history.jobs(days: run.days, anchor: run.anchor)
            listeners = customers + providers + (0..<min(run.customers, Self.mostListeners)).map { cast.customer($0) }
        }

        private static let mostListeners = 100
    }

    /// Writes the jobs from the run's mark on, with their reviews and what those do to the ratings.
    func jobs(
        _ past: Past, _ run: SeedRun, _ progress: @Sendable (SeedProgress) -> Void
    ) async throws(RoadsideError) {
        while true {
            let from = try await mark(.jobs, of: run)
            progress(SeedProgress(what: "jobs", done: min(from, past.jobs.count), total: past.jobs.count))
            guard from < past.jobs.count else { return }
            let to = min(from + Self.batch, past.jobs.count)
            try await write(Array(past.jobs[from..<to]), run, from: from, to: to)
        }
    }

    private func write(_ jobs: [SeedJob], _ run: SeedRun, from: Int, to: Int) async throws(RoadsideError) {
        let people = try await names(of: Set(jobs.flatMap { [$0.customerID, $0.providerID].compactMap(\.self) }))
        // Of people who were left out there is nothing to tell.
        let known = jobs.filter { people[$0.customerID] != nil && $0.providerID.map { people[$0] != nil } ?? true }
        let first = try await store.nextNumbers(.jobs, known.count)
        var stars = try await stars(of: Set(known.compactMap(\.providerID)))
        let documents = zip(first..., known).compactMap { number, job -> Document? in
            guard let customer = people[job.customerID] else { return nil }
            let provider = job.providerID.flatMap { people[$0] }.map { provider in
                var person = JobRecord.Person(provider)
                person.masked?.rating = stars[provider.id]?.average ?? 0
                person.masked?.ratingCount = stars[provider.id]?.count ?? 0
                return person
            }
            if let review = job.review, let id = job.providerID {
                stars[id, default: Stars()].add(review.stars)
            }
            return job.document(
                number: number, customer: JobRecord.Person(customer), provider: provider,
                pricesVersion: catalog.current.versions.text, settings: dependencies.settings)
        }
        let reviews = known.compactMap(\.reviewDocument)
        let ratings = Self.ratings(known)
        _ = try await write(.jobs, of: run, from: from, to: to) { transaction in
            try transaction.services.insert(contentsOf: documents)
            try transaction.collection("reviews").insert(contentsOf: reviews)
            if !ratings.isEmpty { _ = try transaction.mechanics.bulk(ratings) }
        }
    }

    private func names(of ids: Set<ObjectID>) async throws(RoadsideError) -> [ObjectID: Contact] {
        let users = try await store.database { () async throws(MongoError) in
            try await store.users.find(
                ["_id": ["$in": .array(ids.sorted().map(BSONValue.id))]], projection: Contact.fields)
        }
        return Dictionary(users.compactMap { Contact($0) }.map { ($0.id, $0) }) { first, _ in first }
    }

    /// The stars that providers have so far: each job shows its provider as he was then.
    private func stars(of ids: Set<ObjectID>) async throws(RoadsideError) -> [ObjectID: Stars] {
        let providers = try await store.database { () async throws(MongoError) in
            try await store.mechanics.find(
                ["_id": ["$in": .array(ids.sorted().map(BSONValue.id))]], projection: ["rating": 1])
        }
        var stars: [ObjectID: Stars] = [:]
        for provider in providers {
            guard let id: ObjectID = provider.get("_id"), let rating: Document = provider.get("rating") else {
                continue
            }
            stars[id] = Stars(sum: rating.get("sum") ?? 0, count: rating.get("count") ?? 0)
        }
        return stars
    }

    private struct Stars {
        var sum = 0
        var count = 0

        var average: Double { count == 0 ? 0 : Double(sum) / Double(count) }

        mutating func add(_ more: Int) { (sum, count) = (sum + more, count + 1) }
    }

    /// Each provider's new stars on top of those he has: `rating` is the sum of his rows of `reviews` at any moment.
    private static func ratings(_ jobs: [SeedJob]) -> [BulkWrite] {
        var stars: [ObjectID: (sum: Int, count: Int)] = [:]
        for job in jobs {
            guard let provider = job.providerID, let review = job.review else { continue }
            let before = stars[provider] ?? (0, 0)
            stars[provider] = (before.sum + review.stars, before.count + 1)
        }
        return stars.sorted { $0.key < $1.key }.map { provider, new in
            .updateOne(["_id": .id(provider)], ProviderProfile.update(addingStars: new.sum, count: new.count))
        }
    }
}
