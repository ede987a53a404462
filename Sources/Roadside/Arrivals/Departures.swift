public import BSON
public import FoundationEssentials
import Mongo
public import RoadsideRules

/// What other systems may be given of ours, page by page in the order of ids: customers and providers, and jobs that are
/// over.
public struct Departures: Sendable {
    let dependencies: Dependencies
    private var store: Store { dependencies.store }

    /// Of one page.
    public static let page = 500

    /// Somebody, with all that another system might keep of him.
    public struct Person: Sendable {
        public let account: Account
        /// nil for who has none.
        public let passwordHash: String?
    }

    /// A job that is over.
    public struct FormerJob: Sendable {
        public let id: ObjectID
        public let number: Int64
        public let customer: (id: ObjectID, number: Int64)
        /// nil when nobody had it.
        public let provider: (id: ObjectID, number: Int64)?
        public let serviceType: String
        public let pickup: Place
        public let destination: Place?
        public let description: String
        public let vehicle: VehicleFacts?
        public let status: JobStatus
        public let reason: String?
        public let price: Money
        public let isPaid: Bool
        public let createdAt: Date
        public let closedAt: Date
        /// What its customer said of its provider.
        public let review: Review?
    }

    /// - Parameter last: behind whom to go on; nil: from the first.
    public func people(after last: ObjectID?) async throws(RoadsideError) -> [Person] {
        let roles: BSONValue = ["$in": [.string(Role.customer.rawValue), .string(Role.provider.rawValue)]]
        let filter = Self.behind(last).and(["roles": roles])
        return try await store.lease { lease throws(MongoError) in
            let users = try lease.users.find(filter, sort: ["_id": 1], hint: "_id_", limit: Self.page)
            let ids = users.compactMap { $0["_id"] }
            let mechanics = try lease.mechanics.find(["_id": ["$in": .array(ids)]], limit: Self.page)
            let profiles = Dictionary(mechanics.map { ($0["_id"], $0) }) { first, _ in first }
            return users.compactMap { user in
                let account = try? Account(user, profile: profiles[user["_id"]])
                return account.map { Person(account: $0, passwordHash: user.get("password_hash")) }
            }
        }
    }

    /// - Parameter last: behind which to go on; nil: from the first.
    /// - Returns: those of one page that are over, and the last id of the page; nil for that behind the last page.
    public func jobs(after last: ObjectID?) async throws(RoadsideError) -> (jobs: [FormerJob], last: ObjectID?) {
        let (documents, rows) = try await store.lease { lease throws(MongoError) in
            let jobs = try lease.services.find(Self.behind(last), sort: ["_id": 1], limit: Self.page)
            let reviews = try lease.collection("reviews").find(
                [
                    "job_id": ["$in": .array(jobs.compactMap { $0["_id"] })],
                    "side": .string(Role.customer.rawValue),
                ], limit: Self.page)
            return (jobs, reviews)
        }
        let reviews = Dictionary(rows.compactMap { Review($0) }.map { ($0.jobID, $0) }) { first, _ in first }
        let jobs = documents.compactMap { JobRecord($0) }.filter(\.status.isTerminal).map { job in
            FormerJob(
                id: job.id, number: job.number, customer: (job.customerID, job.customer.number),
                provider: job.assignedTo.flatMap { id in job.provider.map { (id, $0.number) } },
                serviceType: job.serviceType, pickup: job.pickup, destination: job.destination,
                description: job.description, vehicle: job.vehicle, status: job.status,
                reason: job.events.last?.reason, price: job.charges.final?.total ?? job.estimate,
                isPaid: job.paymentStatus == "paid", createdAt: job.createdAt,
                closedAt: job.events.last?.at ?? job.updatedAt, review: reviews[job.id])
        }
        return (jobs, documents.last?.get("_id"))
    }

    private static func behind(_ last: ObjectID?) -> Document { last.map { ["_id": ["$gt": .id($0)]] } ?? [:] }
}
