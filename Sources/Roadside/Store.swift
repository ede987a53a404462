import BSON
import Mongo
import RoadsideRules

/// The collections by name. Physical names are those of D26 where it names them.
struct Store: Sendable {
    let client: MongoClient
    private let numbers = Numbers()

    init(client: MongoClient) { self.client = client }

    var users: MongoCollection { client.collection("users") }
    /// Provider profiles, `_id` = user id.
    var mechanics: MongoCollection { client.collection("mechanics") }
    /// Jobs.
    var services: MongoCollection { client.collection("services") }
    /// The beginnings of long stories of jobs.
    var jobEvents: MongoCollection { client.collection("job_events") }
    var offers: MongoCollection { client.collection("offers") }
    /// Why searches asked whom.
    var dispatchTraces: MongoCollection { client.collection("dispatch_traces") }
    /// What customers pay.
    var payments: MongoCollection { client.collection("payments") }
    /// Appointments that point at jobs.
    var bookings: MongoCollection { client.collection("bookings") }
    /// Prices promised to customers.
    var quotes: MongoCollection { client.collection("quotes") }
    /// Fleets.
    var companies: MongoCollection { client.collection("companies") }
    /// Trucks of fleets, and the vehicles of customers.
    var vehicles: MongoCollection { client.collection("vehicles") }
    /// What the sides of jobs say of each other.
    var reviews: MongoCollection { client.collection("reviews") }
    /// What they say to each other.
    var messages: MongoCollection { client.collection("messages") }
    /// How many messages a job has and how far its sides have read, `_id` = job id.
    var chats: MongoCollection { client.collection("chats") }
    /// Calls for help in danger.
    var emergencyAlerts: MongoCollection { client.collection("emergency_alerts") }
    /// Links by which a job can be followed, by the hash of their token.
    var shareLinks: MongoCollection { client.collection("share_links") }
    /// Inbox rows.
    var notifications: MongoCollection { client.collection("notifications") }
    /// Last `seq` per recipient, `_id` = user id.
    var inboxHeads: MongoCollection { client.collection("inbox_heads") }
    /// Refresh tokens, one document each.
    var sessions: MongoCollection { client.collection("sessions") }
    var verificationCodes: MongoCollection { client.collection("verification_codes") }
    /// Counters of what costs money or room, a document for each window.
    var budgets: MongoCollection { client.collection("budgets") }
    /// People who have left and of whom something is still to be taken away, `_id` = user id.
    var erasures: MongoCollection { client.collection("erasures") }
    /// What staff have done; written by ``MongoTransaction/audit(_:by:at:)`` alone.
    var auditLog: MongoCollection { client.collection(AuditLog.collection) }
    /// Who may become staff or a partner, by the hash of his token.
    var invitations: MongoCollection { client.collection("invitations") }
    /// What is told to many, and how far that is.
    var announcements: MongoCollection { client.collection("announcements") }
    /// What opens a socket once, by the hash of its secret.
    var socketTickets: MongoCollection { client.collection("socket_tickets") }
    /// Leases of running servers, `_id` = incarnation.
    var instances: MongoCollection { client.collection("instances") }
    /// Who is connected to which of them.
    var presence: MongoCollection { client.collection("presence") }
    /// Positions on their way to other servers, capped.
    var livePositions: MongoCollection { client.collection("live_positions") }
    /// What has been learned about travel times, by zone and hour.
    var travelSpeeds: MongoCollection { client.collection("travel_speeds") }
    var counters: MongoCollection { client.collection("counters") }
    var migrations: MongoCollection { client.collection("migrations") }
    var leases: MongoCollection { client.collection("leases") }
    /// Commands by the key they were sent under, and what they were answered.
    var idempotencyKeys: MongoCollection { client.collection("idempotency_keys") }
    var settings: MongoCollection { client.collection("settings") }
    /// Photos and papers.
    var uploads: GridFSBucket { client.bucket("uploads") }
    /// Files that are still arriving, or whose chunks are to go.
    var uploadDrafts: MongoCollection { client.collection("upload_drafts") }
    /// Papers of providers.
    var providerDocuments: MongoCollection { client.collection("provider_documents") }
    /// Who has looked at somebody else's paper.
    var uploadViews: MongoCollection { client.collection("upload_views") }
    /// Installed reference data, a document for each version of a file.
    func reference(_ file: ReferenceFile) -> MongoCollection { client.collection(file.collection) }

    /// Draws the next small number. Never inside a transaction: everybody would queue behind one document, and a gap
    /// does no harm (decision 27).
    func nextNumber(_ kind: NumberKind) async throws(RoadsideError) -> Int64 {
        try await numbers.next(kind) { count throws(RoadsideError) in
            let counter = try await database { () async throws(MongoError) in
                try await counters.findOneAndUpdate(
                    ["_id": .string(kind.rawValue)], ["$inc": ["value": .int64(count)]], upsert: true)
            }
            guard let value = counter?.get("value", as: Int64.self) else {
                throw RoadsideError.broken("counter \(kind) is broken")
            }
            return value
        }
    }

    /// Runs database calls and says their failures in the domain's words.
    func database<T>(_ body: () async throws(MongoError) -> T) async throws(RoadsideError) -> T {
        do { return try await body() } catch { throw RoadsideError(error) }
    }

    /// Several database calls on one thread, without a hop between them.
    func lease<T: Sendable>(
        _ body: @escaping @Sendable (MongoLease) throws(MongoError) -> T
    ) async throws(RoadsideError) -> T {
        do { return try await client.withLease(body) } catch { throw RoadsideError(error) }
    }

    /// One transaction; the body may run again. A `RoadsideError` it throws aborts and comes out unchanged.
    ///
    /// Of a command that came under an idempotency key, it commits together with the note that it did.
    func transaction<T: Sendable>(
        _ body: @escaping @Sendable (MongoTransaction) throws -> T
    ) async throws(RoadsideError) -> T {
        do {
            guard let claim = IdempotencyClaim.current else { return try await client.transaction(body) }
            let value = try await client.transaction { transaction in
                try claim.mark(in: transaction)
                return try body(transaction)
            }
            claim.didCommit()
            return value
        } catch {
            throw RoadsideError(any: error)
        }
    }
}

/// What is numbered. Jobs and bookings share a counter, so that either path takes either's number (decision 2).
enum NumberKind: String {
    case users
    case jobs
    case offers
}

extension MongoLease {
    var users: LeasedCollection { collection("users") }
    var mechanics: LeasedCollection { collection("mechanics") }
    var services: LeasedCollection { collection("services") }
    var offers: LeasedCollection { collection("offers") }
    var jobEvents: LeasedCollection { collection("job_events") }
    var budgets: LeasedCollection { collection("budgets") }
    var notifications: LeasedCollection { collection("notifications") }
    var inboxHeads: LeasedCollection { collection("inbox_heads") }
    var instances: LeasedCollection { collection("instances") }
    var presence: LeasedCollection { collection("presence") }
}

extension MongoTransaction {
    var users: TransactionCollection { collection("users") }
    var mechanics: TransactionCollection { collection("mechanics") }
    var services: TransactionCollection { collection("services") }
    var jobEvents: TransactionCollection { collection("job_events") }
    var offers: TransactionCollection { collection("offers") }
    var bookings: TransactionCollection { collection("bookings") }
    var payments: TransactionCollection { collection("payments") }
    var quotes: TransactionCollection { collection("quotes") }
    var companies: TransactionCollection { collection("companies") }
    var vehicles: TransactionCollection { collection("vehicles") }
    var reviews: TransactionCollection { collection("reviews") }
    var messages: TransactionCollection { collection("messages") }
    var chats: TransactionCollection { collection("chats") }
    var emergencyAlerts: TransactionCollection { collection("emergency_alerts") }
    var shareLinks: TransactionCollection { collection("share_links") }
    var notifications: TransactionCollection { collection("notifications") }
    var inboxHeads: TransactionCollection { collection("inbox_heads") }
    var sessions: TransactionCollection { collection("sessions") }
    var verificationCodes: TransactionCollection { collection("verification_codes") }
    var erasures: TransactionCollection { collection("erasures") }
    var invitations: TransactionCollection { collection("invitations") }
    var announcements: TransactionCollection { collection("announcements") }
    var uploadViews: TransactionCollection { collection("upload_views") }
    var travelSpeeds: TransactionCollection { collection("travel_speeds") }
    var migrations: TransactionCollection { collection("migrations") }
    var leases: TransactionCollection { collection("leases") }
    var idempotencyKeys: TransactionCollection { collection("idempotency_keys") }
    var settings: TransactionCollection { collection("settings") }
    var uploadFiles: TransactionCollection { collection("uploads.files") }
    var providerDocuments: TransactionCollection { collection("provider_documents") }
    var uploadDrafts: TransactionCollection { collection("upload_drafts") }
    func reference(_ file: ReferenceFile) -> TransactionCollection { collection(file.collection) }
}

extension ReferenceFile {
    /// Names of domain.md §4.2.
    var collection: String {
        switch self {
        case .serviceTypes: "service_types"
        case .fuels, .vehicleClasses, .pricing: "pricing_rules"
        case .zones: "zones"
        case .dispatch: "policies"
        }
    }
}
