import BSON
import Foundation
import Mongo
import RoadsideRules
import Synchronization

extension Arrivals {
    /// Writes the jobs that are not there yet, with their reviews and what those do to their providers' stars.
    ///
    /// - Parameters:
    ///   - jobs: at most ``batch``, all of them over.
    ///   - rehearsal: nothing is written, and what would have been is noted there.
    /// - Returns: what became of each, in their order.
    public func record(
        _ jobs: [PastJob], rehearsal: Rehearsal? = nil
    ) async throws(RoadsideError) -> [Outcome] {
        let now = dependencies.now()
        var outcomes: [Outcome] = []
        try await commit { () async throws(RoadsideError) in
            let people = try await people(Set(jobs.flatMap { [$0.customer, $0.provider].compactMap(\.self) }))
            var origins = try await origins(of: jobs.map(\.origin.objectID), in: store.services)
            outcomes = jobs.map { job in
                let id = job.origin.objectID
                if let known = origins[id] {
                    return known == job.origin ? .known : .refused("another job has this id here")
                }
                if let reason = problem(of: job, people, rehearsal) { return .refused(reason) }
                origins[id] = .some(job.origin)
                return .new
            }
            let accepted = zip(jobs, outcomes).filter { $1 == .new }.map(\.0)
            guard rehearsal == nil, !accepted.isEmpty else {
                rehearsal?.state.withLock { state in
                    state.completed.formUnion(accepted.filter { $0.status == .completed }.map(\.origin.objectID))
                }
                return nil
            }
            let first = try await store.nextNumbers(.jobs, accepted.count)
            let documents = zip(first..., accepted).compactMap { document($1, number: $0, people, at: now) }
            let reviews = accepted.compactMap { review(of: $0, at: now) }
            return { transaction in
                try transaction.services.insert(contentsOf: documents)
                if !reviews.isEmpty { try Self.write(reviews, in: transaction) }
            }
        }
        return outcomes
    }

    /// Somebody of a job, as it keeps him.
    struct Known: Sendable {
        let contact: Contact
        let role: Role
    }

    func people(_ ids: Set<ObjectID>) async throws(RoadsideError) -> [ObjectID: Known] {
        let fields = Contact.fields.and(["roles": 1])
        let users = try await store.database { () async throws(MongoError) in
            try await store.users.find(["_id": ["$in": .array(ids.sorted().map(BSONValue.id))]], projection: fields)
        }
        var people: [ObjectID: Known] = [:]
        for user in users {
            let role = user.get("roles", as: [String].self)?.lazy.compactMap(Role.init(rawValue:)).first
            if let contact = Contact(user), let role { people[contact.id] = Known(contact: contact, role: role) }
        }
        return people
    }

    /// Where the documents with these ids came from; nil inside for one of our own.
    func origins(
        of ids: [ObjectID], in collection: MongoCollection
    ) async throws(RoadsideError) -> [ObjectID: Origin?] {
        let documents = try await store.database { () async throws(MongoError) in
            try await collection.find(
                ["_id": ["$in": .array(ids.map(BSONValue.id))]], projection: [Origin.field: 1])
        }
        var origins: [ObjectID: Origin?] = [:]
        for document in documents {
            if let id: ObjectID = document.get("_id") { origins[id] = .some(Origin(document.get(Origin.field))) }
        }
        return origins
    }

    private func problem(of job: PastJob, _ people: [ObjectID: Known], _ rehearsal: Rehearsal?) -> String? {
        func role(_ id: ObjectID) -> Role? { people[id]?.role ?? rehearsal?.state.withLock { $0.people[id] } }
        guard role(job.customer) != nil else { return "its customer is not here" }
        if let provider = job.provider {
            guard let role = role(provider) else { return "its provider is not here" }
            guard role == .provider else { return "its provider is no provider" }
            if provider == job.customer { return "its customer and its provider are the same" }
        }
        if job.status.isOpen { return "it is not over" }
        if job.status == .completed, job.provider == nil { return "it is completed and nobody had it" }
        if let stars = job.stars {
            guard ReviewRules.stars.contains(stars) else { return "its stars are not 1 to 5" }
            if job.provider == nil || job.status != .completed { return "it has stars and was not completed" }
        }
        return type(of: job) == nil ? "there is no such type of service" : nil
    }

    private func type(of job: PastJob) -> ServiceType? {
        let reference = dependencies.reference.current
        if let code = job.serviceType { return reference.type(code) }
        return reference.type(of: job.destination == nil ? .repair : .towing)
    }

    private func document(
        _ job: PastJob, number: Int64, _ people: [ObjectID: Known], at now: Date
    ) -> Document? {
        guard let type = type(of: job), let customer = people[job.customer]?.contact else { return nil }
        let begun = min(job.createdAt ?? now, now)
        let closed = min(max(job.closedAt ?? begun, begun), now)
        let price = job.price ?? Money(minorUnits: 0, type.tariff.callOut.currency)
        // A reader of events goes by them: who asked, and how it ended.
        let events = [
            JobEvent(
                seq: 1, at: begun, status: .matching, by: Actor(role: .customer, userID: job.customer), attempt: 1),
            JobEvent(
                seq: 2, at: closed, status: job.status,
                by: (job.status == .completed ? job.provider : nil).map { Actor(role: .provider, userID: $0) }
                    ?? .system,
                reason: job.reason),
        ]
        let finished = FinishedJob(
            id: job.origin.objectID, channel: job.origin.system, customerID: job.customer, providerID: job.provider,
            type: type, pickup: job.pickup, destination: job.destination,
            description: Wording.clean(job.description), vehicle: job.vehicle, events: events,
            quote: [PriceLine(code: "imported", title: "Price in the system before", amount: price)], estimate: price,
            paymentStatus: job.isPaid ? "paid" : "pending")
        return finished.document(
            number: number, customer: JobRecord.Person(customer),
            provider: job.provider.flatMap { people[$0]?.contact }.map(JobRecord.Person.init),
            pricesVersion: "", settings: settings
        ).and([Origin.field: .document(job.origin.document)])
    }

    private func review(of job: PastJob, at now: Date) -> Review? {
        guard let stars = job.stars, let provider = job.provider else { return nil }
        let origin = Origin(system: job.origin.system, table: "\(job.origin.table)/stars", id: job.origin.id)
        // Never of an id of the row itself: that is the job's.
        return Review(
            id: SeedID.of("review/\(origin.system)/\(origin.table)/\(origin.id)"), jobID: job.origin.objectID,
            author: job.customer, subject: provider, side: .customer, stars: stars, comment: nil,
            createdAt: min(job.closedAt ?? job.createdAt ?? now, now))
    }

    /// The rows of `reviews`, and each provider's new stars on top of those he has.
    static func write(
        _ reviews: [Review], from origins: [ObjectID: Origin] = [:], in transaction: MongoTransaction
    ) throws(MongoError) {
        try transaction.reviews.insert(
            contentsOf: reviews.map { review in
                guard let origin = origins[review.id] else { return review.document }
                return review.document.and([Origin.field: .document(origin.document)])
            })
        var stars: [ObjectID: (sum: Int, count: Int)] = [:]
        for review in reviews {
            let before = stars[review.subject] ?? (0, 0)
            stars[review.subject] = (before.sum + review.stars, before.count + 1)
        }
        try transaction.mechanics.bulk(
            stars.sorted { $0.key < $1.key }.map { provider, new in
                .updateOne(["_id": .id(provider)], ProviderProfile.update(addingStars: new.sum, count: new.count))
            })
    }
}
