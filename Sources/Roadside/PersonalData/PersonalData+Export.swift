import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

extension PersonalData {
    /// All of it at once. Lists are read page by page, so that no query is long; the answer is as long as the life it tells.
    ///
    /// - Throws: `NOT_FOUND` when he no longer exists.
    public func export(_ caller: Caller) async throws(RoadsideError) -> PersonalRecord {
        let account = try await accounts.account(caller.userID)
        let words = try await words(of: caller)
        let works = caller.role == .customer || caller.role == .provider
        return PersonalRecord(
            account: account,
            jobs: works
                ? try await all { request throws(RoadsideError) in try await jobs.history(caller, request) } : [],
            bookings: works
                ? try await all { request throws(RoadsideError) in try await bookings.history(caller, request) } : [],
            notifications: try await all { request throws(RoadsideError) in
                try await inbox.list(recipient: caller.userID, request)
            }, vehicles: words.vehicles, payments: words.payments, reviews: words.reviews, messages: words.messages,
            emergencies: words.emergencies, contacts: words.contacts, papers: words.papers, uploads: words.uploads,
            sessions: try await sessions(of: caller))
    }

    /// What he has told the platform and others himself.
    private func words(
        of caller: Caller
    ) async throws(RoadsideError) -> (
        vehicles: [Vehicle], payments: [Payment], reviews: [Review], messages: [ChatMessage],
        emergencies: [EmergencyAlert],
        contacts: [TrustedContact], papers: [Paper], uploads: [Upload]
    ) {
        let (id, now) = (BSONValue.id(caller.userID), dependencies.now())
        return try await store.lease { lease throws(MongoError) in
            func newest(
                _ collection: String, by field: String, at time: String = "created_at"
            ) throws(MongoError) -> [Document] {
                try lease.collection(collection).find(
                    Document(fields: [(field, id)]), sort: Document(fields: [(time, .int32(-1))]), limit: Self.mostWords
                )
            }
            let user = try lease.users.findOne(["_id": id], projection: ["trusted_contacts": 1])
            return (
                try lease.collection("vehicles").find(
                    ["owner_kind": "customer", "owner_id": id], sort: ["license_plate": 1], limit: Vehicles.most
                ).compactMap(Vehicle.init),
                caller.role == .customer
                    ? try newest("payments", by: "customer_id").compactMap(Payment.init)
                    : caller.role == .provider
                        ? try newest("payments", by: "provider_id").compactMap(Payment.init) : [],
                try newest("reviews", by: "from").compactMap(Review.init),
                try newest("messages", by: "sender_id").compactMap(ChatMessage.init),
                try newest("emergency_alerts", by: "user_id").compactMap(EmergencyAlert.init),
                (user?.get("trusted_contacts", as: [Document].self) ?? []).compactMap(TrustedContact.init),
                try newest("provider_documents", by: "provider_id").compactMap { Paper($0, at: now) },
                try newest("uploads.files", by: "metadata.owner_id", at: "uploadDate").compactMap(Upload.init)
            )
        }
    }

    /// Of one kind in one document. Ours.
    private static var mostWords: Int { 10_000 }

    private func sessions(of caller: Caller) async throws(RoadsideError) -> [SessionSummary] {
        let living = try await store.database { () async throws(MongoError) in
            try await store.sessions.find([
                "user_id": .id(caller.userID), "state": .string(Session.State.active.rawValue),
            ])
        }
        return living.compactMap { SessionSummary($0, asking: caller) }.sorted { $0.startedAt > $1.startedAt }
    }

    /// Every item of a list.
    private func all<Item>(
        _ page: (PageRequest) async throws(RoadsideError) -> Page<Item>
    ) async throws(RoadsideError) -> [Item] {
        var items: [Item] = []
        var cursor: String?
        repeat {
            let next = try await page(.after(cursor, limit: PageRequest.sizes.upperBound))
            items += next.items
            cursor = next.nextCursor
        } while cursor != nil
        return items
    }
}
