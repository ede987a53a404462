import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

/// The rest of an erasure, as a document of `erasures` from the transaction that took the account away until all of it is
/// done. Each step may be done twice, so a server that dies in the middle leaves nothing but work for the next.
///
/// Others keep what is theirs: what was done for whom, when and at what price. What they keep of him has no name, no
/// address and nothing he wrote; where it was is known to a kilometre.
struct Erasure: Sendable {
    let user: ObjectID

    /// What is done with the documents of a collection that hold something of him.
    enum Fate: Sendable {
        case removed
        case changed(@Sendable (ObjectID) -> Update)
    }

    struct Holding: Sendable {
        let collection: String
        /// Those documents of which it is not done yet.
        let filter: @Sendable (ObjectID) -> Document
        let fate: Fate
    }

    /// Every collection that outlives the transaction. Ids of people who are gone stay in what others keep: they lead
    /// nowhere. What expires by itself within two days (kept answers, quotes, tickets, links, presence, budgets) is
    /// left to that, and so is what others were told of him: it leaves their inboxes after its ninety days.
    static let holdings: [Holding] = [
        // The end of his sessions must still reach sockets of other servers.
        Holding(
            collection: "notifications",
            filter: { ["recipient_id": .id($0), "kind": ["$ne": .string(InboxKind.session.rawValue)]] },
            fate: .removed),
        Holding(collection: "verification_codes", filter: { ["user_id": .id($0)] }, fate: .removed),
        Holding(collection: "tracks", filter: { ["provider_id": .id($0)] }, fate: .removed),
        Holding(
            collection: "vehicles", filter: { ["owner_kind": "customer", "owner_id": .id($0)] }, fate: .removed),
        Holding(collection: "provider_documents", filter: { ["provider_id": .id($0)] }, fate: .removed),
        // What he did stays in the audit log, which knows him by his id alone: where he was when he did it goes.
        Holding(
            collection: AuditLog.collection, filter: { ["actor_id": .id($0), "address": ["$exists": true]] },
            fate: .changed { _ in ["$unset": ["address": ""]] }),
        Holding(
            collection: "invitations", filter: { ["user_id": .id($0), "email": ["$ne": ""]] },
            fate: .changed { _ in ["$set": ["email": ""]] }),
        // In no use any more, and that since long ago: the sweeper of uploads takes rows and chunks.
        Holding(
            collection: "uploads.files",
            filter: { ["metadata.owner_id": .id($0), "metadata.unused_until": ["$ne": .date(longAgo)]] },
            fate: .changed { _ in ["$set": ["metadata.unused_until": .date(longAgo)]] }),
        // His stars stay in the average, without a word; so do the places of his messages among those of the job.
        Holding(
            collection: "reviews", filter: { ["from": .id($0), "text": ["$exists": true]] },
            fate: .changed { _ in ["$unset": ["text": ""]] }),
        Holding(
            collection: "messages", filter: { ["sender_id": .id($0), "text": ["$ne": ""]] },
            fate: .changed { _ in ["$set": ["text": ""]] }),
        Holding(
            collection: "emergency_alerts", filter: { ["user_id": .id($0), "erased": ["$ne": true]] },
            fate: .changed { _ in
                [
                    "$set": ["name": .string(formerName), "erased": true],
                    "$unset": ["message": "", "location": "", "contacts_notified": ""],
                ]
            }),
        Holding(
            collection: "bookings", filter: { ["customer_id": .id($0), "notes": ["$ne": ""]] },
            fate: .changed { _ in ["$set": ["notes": ""]] }),
        Holding(
            collection: "services",
            filter: { ["customer_id": .id($0), "customer.erased": ["$ne": true]] }, fate: .changed(asked)),
        Holding(
            collection: "services",
            filter: { ["assigned_to": .id($0), "provider.erased": ["$ne": true]] },
            fate: .changed { user in
                .pipeline([
                    [
                        "$set": .document(
                            nobody("provider").and(["version": ["$add": ["$version", .int64(1)]]]))
                    ]
                ])
            }),
    ]

    private static let longAgo = Date(timeIntervalSince1970: 0)

    /// What the other side of a job reads in the place of a name.
    static let formerName = "Former member"

    /// A job he asked for: who he was, what he wrote and what he drove are gone, and places lose their last digits.
    @Sendable private static func asked(_ user: ObjectID) -> Update {
        let place: Document = [
            "point": ["type": "Point", "coordinates": .document(coarse("$destination.point.coordinates"))],
            "address": "",
        ]
        let changes: Document = [
            "address": "", "description": "", "location.coordinates": .document(coarse("$location.coordinates")),
            "destination": [
                "$cond": [["$eq": [["$type": "$destination"], "object"]], .document(place), "$$REMOVE"]
            ],
            "version": ["$add": ["$version", .int64(1)]],
        ]
        return .pipeline([
            ["$set": .document(nobody("customer").and(changes))],
            ["$unset": ["vehicle_info", "appointment.notes", "otp", "client_ref", "client_claim"]],
        ])
    }

    /// The events without his reasons.
    private static func silent(_ user: ObjectID) -> Document {
        [
            "$map": [
                "input": ["$ifNull": ["$events", []]], "as": "event",
                "in": [
                    "$cond": [
                        ["$eq": ["$$event.actor_id", .id(user)]],
                        ["$unsetField": ["field": "reason", "input": "$$event"]], "$$event",
                    ]
                ],
            ]
        ]
    }

    /// The number stays, which leads nowhere either.
    private static func nobody(_ side: String) -> Document {
        [
            "\(side).name": .string(formerName), "\(side).phone": .string(ContactRules.masked(phone: "")),
            "\(side).email": .string(ContactRules.masked(email: "")),
            // Anybody may call himself by that name.
            "\(side).erased": true,
        ]
    }

    /// Two decimals are about a kilometre.
    private static func coarse(_ coordinates: String) -> Document {
        ["$map": ["input": .string(coordinates), "in": ["$round": ["$$this", .int32(2)]]]]
    }
}

extension Erasure {
    init?(_ document: Document) {
        guard let user: ObjectID = document.get("_id") else { return nil }
        self.user = user
    }

    /// Left alone for a minute, which whoever began it needs to end it.
    func document(at now: Date) -> Document {
        ["_id": .id(user), "erased_at": .date(now), "next_at": .date(now.addingTimeInterval(60))]
    }

    /// Does all that is left of it.
    func carryOut(_ store: Store, at now: Date) async throws(RoadsideError) {
        for holding in Self.holdings {
            let (collection, his) = (store.client.collection(holding.collection), holding.filter(user))
            try await store.database { () async throws(MongoError) in
                switch holding.fate {
                case .removed: _ = try await collection.deleteMany(his)
                case .changed(let update): _ = try await collection.updateMany(his, update(user))
                }
            }
        }
        try await silence(store)
        try await store.database { () async throws(MongoError) in
            // By then every server has heard that his sessions are over.
            try await store.notifications.updateMany(
                ["recipient_id": .id(user)], ["$set": ["purge_at": .date(now.addingTimeInterval(3600))]])
            _ = try await store.erasures.deleteOne(["_id": .id(user)])
        }
    }

    /// Takes the reasons he gave out of every job he had to do with: those he asked for, those he was asked about, among
    /// them such that others did in the end, and what of their history is kept apart.
    private func silence(_ store: Store) async throws(RoadsideError) {
        let user = user
        try await store.database { () async throws(MongoError) in
            let (own, asked) = (
                try await store.services.find(["customer_id": .id(user)], projection: ["_id": 1]),
                try await store.offers.find(["provider_id": .id(user)], projection: ["job_id": 1])
            )
            let jobs = Set(own.compactMap { $0.get("_id", as: ObjectID.self) })
                .union(asked.compactMap { $0.get("job_id", as: ObjectID.self) })
            let ids = jobs.map(BSONValue.id)
            for start in stride(from: 0, to: ids.count, by: Self.chunk) {
                let some: Document = ["$in": .array(Array(ids[start..<min(start + Self.chunk, ids.count)]))]
                let his: Document = ["actor_id": .id(user), "reason": ["$exists": true]]
                try await store.services.updateMany(
                    ["_id": .document(some), "events": ["$elemMatch": .document(his)]],
                    .pipeline([
                        [
                            "$set": [
                                "events": .document(Self.silent(user)), "version": ["$add": ["$version", .int64(1)]],
                            ]
                        ]
                    ]))
                try await store.jobEvents.updateMany(
                    his.and(["job_id": .document(some)]), ["$unset": ["reason": ""]])
            }
            try await store.offers.updateMany(
                ["provider_id": .id(user), "reason": ["$exists": true]], ["$unset": ["reason": ""]])
        }
    }

    /// Jobs looked at in one statement; ours.
    private static let chunk = 1000
}
