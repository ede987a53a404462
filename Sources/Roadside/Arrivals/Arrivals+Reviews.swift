import BSON
import Foundation
import Mongo
import RoadsideRules
import Synchronization

extension Arrivals {
    /// Writes what customers said of the providers of jobs that are here, and adds to their stars.
    ///
    /// - Parameters:
    ///   - reviews: at most ``batch``.
    ///   - rehearsal: nothing is written.
    /// - Returns: what became of each, in their order.
    public func record(
        _ reviews: [PastReview], rehearsal: Rehearsal? = nil
    ) async throws(RoadsideError) -> [Outcome] {
        let now = dependencies.now()
        var outcomes: [Outcome] = []
        try await commit { () async throws(RoadsideError) in
            let jobs = try await jobs(Set(reviews.map(\.job)))
            var origins = try await origins(of: reviews.map(\.origin.objectID), in: store.reviews)
            var reviewed = try await reviewedJobs(jobs.keys)
            outcomes = reviews.map { review in
                let id = review.origin.objectID
                if let known = origins[id] {
                    return known == review.origin ? .known : .refused("another review has this id here")
                }
                let isRehearsed = rehearsal?.state.withLock { $0.completed.contains(review.job) } ?? false
                guard jobs[review.job] != nil || isRehearsed else {
                    return .refused("its job is not here, or was not completed")
                }
                guard ReviewRules.stars.contains(review.stars) else { return .refused("its stars are not 1 to 5") }
                guard reviewed.insert(review.job).inserted else { return .refused("its job has a review already") }
                origins[id] = .some(review.origin)
                return .new
            }
            let accepted = zip(reviews, outcomes).filter { $1 == .new }.map(\.0)
            guard rehearsal == nil, !accepted.isEmpty else { return nil }
            let written = accepted.compactMap { review -> Review? in
                guard let job = jobs[review.job], let provider = job.assignedTo else { return nil }
                let text = Wording.clean(review.comment).prefix(ReviewRules.commentLimit)
                return Review(
                    id: review.origin.objectID, jobID: job.id, author: job.customerID, subject: provider,
                    side: .customer, stars: review.stars, comment: text.isEmpty ? nil : String(text),
                    createdAt: min(review.createdAt ?? job.updatedAt, now))
            }
            let sources = Dictionary(accepted.map { ($0.origin.objectID, $0.origin) }) { first, _ in first }
            return { transaction in try Self.write(written, from: sources, in: transaction) }
        }
        return outcomes
    }

    /// Those that were completed.
    private func jobs(_ ids: Set<ObjectID>) async throws(RoadsideError) -> [ObjectID: JobRecord] {
        let documents = try await store.database { () async throws(MongoError) in
            try await store.services.find([
                "_id": ["$in": .array(ids.sorted().map(BSONValue.id))],
                "status": .string(JobStatus.completed.rawValue), "assigned_to": ["$exists": true],
            ])
        }
        return Dictionary(documents.compactMap { JobRecord($0) }.map { ($0.id, $0) }) { first, _ in first }
    }

    private func reviewedJobs(_ ids: some Collection<ObjectID>) async throws(RoadsideError) -> Set<ObjectID> {
        let filter: Document = [
            "job_id": ["$in": .array(ids.map(BSONValue.id))], "side": .string(Role.customer.rawValue),
        ]
        let rows = try await store.database { () async throws(MongoError) in
            try await store.reviews.find(filter, projection: ["job_id": 1])
        }
        return Set(rows.compactMap { $0.get("job_id") })
    }
}
