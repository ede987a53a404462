public import BSON
import FoundationEssentials
import Mongo
public import RoadsideRules

/// What the two sides of a job say of each other, once it is done: one review a side, the last word on which is an index.
///
/// What customers say of a provider makes his average, in the same transaction. What a provider says of a customer is kept
/// for both sides and staff; no average is made of it.
public struct Reviews: Sendable {
    private let dependencies: Dependencies
    private let inbox: Inbox
    private let reader: JobReader
    private var store: Store { dependencies.store }

    init(_ dependencies: Dependencies, inbox: Inbox) {
        self.dependencies = dependencies
        self.inbox = inbox
        reader = JobReader(dependencies: dependencies)
    }

    /// Reviews the other side of a completed job, who finds a row in his inbox.
    ///
    /// - Parameters:
    ///   - stars: 1 … 5.
    ///   - comment: at most 1000 characters; blank is none.
    /// - Throws: `VALIDATION_ERROR` with every issue; `CONFLICT` for a job that was not completed, when the window is over,
    ///   and for a second review of this side; `FORBIDDEN` for anybody but customers and providers; `NOT_FOUND`.
    public func review(
        _ reference: Reference, stars: Int, comment: String? = nil, by caller: Caller
    ) async throws(RoadsideError) -> Review {
        try caller.require(.customer, .provider, toDo: "review jobs")
        let comment = try Self.checked(stars: stars, comment: comment)
        let job = try await reader.record(reference, for: caller)
        guard job.isParty(caller) else { throw .jobNotFound }
        let now = dependencies.now()
        switch ReviewRules.problem(
            completedAt: job.completedAt, windowSeconds: dependencies.settings.reviewWindow.timeInterval, now: now)
        {
        case .notCompleted: throw RoadsideError(.conflict, "Only a completed job can be reviewed.")
        case .tooLate: throw RoadsideError(.conflict, "This job can no longer be reviewed.")
        case nil: break
        }
        // Whoever has completed it holds it.
        guard let subject = job.counterpart(of: caller) else { throw .jobNotFound }
        let review = Review(
            id: ObjectID(), jobID: job.id, author: caller.userID, subject: subject, side: caller.role, stars: stars,
            comment: comment, createdAt: now)
        var body = job.body("review.received")
        (body.actor, body.stars, body.text, body.topic) = (caller.role, stars, comment, "review")
        let entry = InboxEntry(recipient: subject, kind: .message, routes: [], body: body)
        // A completed job is frozen, so nothing of what was asked above can have changed.
        let rows = try await store.transaction { [inbox] transaction in
            try transaction.reviews.insert(review.document)
            if review.side == .customer {
                try transaction.mechanics.updateOne(
                    ["_id": .id(subject)], ProviderProfile.update(addingStars: stars, count: 1))
            }
            return try inbox.append([entry], in: transaction)
        }
        inbox.ring(rows)
        return review
    }

    /// Both sides' reviews of a job, the older first, for its parties and staff.
    ///
    /// - Throws: `NOT_FOUND` for everybody else.
    public func reviews(of reference: Reference, for caller: Caller) async throws(RoadsideError) -> [Review] {
        let job = try await reader.record(reference, for: caller)
        // A provider who is offered a job sees it, but not what is said of it.
        guard caller.role.isStaff || job.isParty(caller) else { throw .jobNotFound }
        let documents = try await store.database { () async throws(MongoError) in
            try await store.reviews.find(
                ["job_id": .id(job.id), "hidden": false], sort: ["created_at": 1, "_id": 1], limit: 2)
        }
        return documents.compactMap(Review.init)
    }

    /// How many stars the customers of these jobs have given, by job; those who have given none are left out.
    ///
    /// - Parameter jobs: which the viewer has been shown.
    public func stars(of jobs: [Job]) async throws(RoadsideError) -> [ObjectID: Int] {
        let ids = jobs.filter { $0.status == .completed }.map(\.id)
        guard !ids.isEmpty else { return [:] }
        let documents = try await store.database { () async throws(MongoError) in
            try await store.reviews.find(
                [
                    "job_id": ["$in": .array(ids.map(BSONValue.id))], "side": .string(Role.customer.rawValue),
                    "hidden": false,
                ], limit: ids.count)
        }
        return Dictionary(documents.compactMap(Review.init).map { ($0.jobID, $0.stars) }) { first, _ in first }
    }

    /// What customers say of a provider, newest first, for anybody who is signed in.
    ///
    /// - Throws: `NOT_FOUND` when there is no such provider; `VALIDATION_ERROR` for a cursor that is none of ours.
    public func reviews(
        ofProvider reference: Reference, _ request: PageRequest
    ) async throws(RoadsideError) -> Page<Review> {
        let profile = try await store.database { () async throws(MongoError) in
            try await store.mechanics.findOne(reference.filter, projection: ["_id": 1])
        }
        guard let id: ObjectID = profile?.get("_id") else { throw .notFound("Provider") }
        let page = try await store.page(store.reviews, ["to": .id(id), "hidden": false], request)
        return page.replacing(page.items.compactMap(Review.init))
    }

    private static func checked(stars: Int, comment: String?) throws(RoadsideError) -> String? {
        var issues: [FieldIssue] = []
        if !ReviewRules.stars.contains(stars) {
            issues.append(FieldIssue(name: "stars", message: "Give 1 to 5 stars."))
        }
        let comment = comment.map(Wording.clean) ?? ""
        if comment.count > ReviewRules.commentLimit {
            issues.append(FieldIssue(name: "comment", message: "At most \(ReviewRules.commentLimit) characters."))
        }
        guard issues.isEmpty else { throw .validation(issues) }
        return comment.isEmpty ? nil : comment
    }
}

extension JobRecord {
    /// Whether he asked for the job, or holds it.
    func isParty(_ caller: Caller) -> Bool { caller.userID == customerID || caller.userID == assignedTo }

    /// The other side of a job, for one of its two; nil for everybody else, and while nobody has taken it.
    func counterpart(of caller: Caller) -> ObjectID? {
        switch caller.userID {
        case customerID: assignedTo
        case assignedTo: customerID
        default: nil
        }
    }

    /// nil for a job that was not completed.
    var completedAt: Date? { status == .completed ? events.last { $0.status == .completed }?.at : nil }
}
