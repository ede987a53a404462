import BSON
import FoundationEssentials
import Mongo
public import RoadsideRules

/// An alert as staff see it, with the way to whoever is in danger.
public struct ManagedAlert: Sendable {
    public let alert: EmergencyAlert
    /// Empty when there is none.
    public let phone: String
    public let email: String
}

// What staff do about alerts.
extension Emergencies {
    /// Everybody's alerts, newest first.
    ///
    /// - Parameter state: nil is all.
    /// - Throws: `FORBIDDEN` for anybody but admins and dispatchers; `VALIDATION_ERROR` for a cursor that is none of ours.
    public func alerts(
        _ state: EmergencyState?, _ request: PageRequest, for caller: Caller
    ) async throws(RoadsideError) -> Page<ManagedAlert> {
        try caller.require(.admin, .dispatcher, toDo: "see emergencies")
        let filter: Document = state.map { ["state": .string($0.rawValue)] } ?? [:]
        let page = try await store.page(store.emergencyAlerts, filter, request)
        let alerts = page.items.compactMap(EmergencyAlert.init)
        return page.replacing(try await managed(alerts))
    }

    /// Says that one looks after it; whoever is in danger is told.
    ///
    /// - Throws: `CONFLICT` when somebody has, or it is over; `NOT_FOUND`; `VALIDATION_ERROR` for a note beyond 500
    ///   characters; `FORBIDDEN` for anybody but admins and dispatchers.
    public func acknowledge(
        _ reference: Reference, note: String? = nil, by caller: Caller
    ) async throws(RoadsideError) -> ManagedAlert {
        try await lead(reference, to: .acknowledged, note: try Self.words(note, named: "note"), by: caller)
    }

    /// Ends it. Whoever was in danger is told, and so are his trusted contacts who were told of it.
    ///
    /// - Throws: as ``acknowledge(_:note:by:)``; `VALIDATION_ERROR` without a note, too.
    public func resolve(
        _ reference: Reference, note: String, by caller: Caller
    ) async throws(RoadsideError) -> ManagedAlert {
        guard let note = try Self.words(note, named: "note") else {
            throw .validation([FieldIssue(name: "note", message: "is required")])
        }
        return try await lead(reference, to: .resolved, note: note, by: caller)
    }

    private func lead(
        _ reference: Reference, to state: EmergencyState, note: String?, by caller: Caller
    ) async throws(RoadsideError) -> ManagedAlert {
        try caller.require(.admin, .dispatcher, toDo: "look after emergencies")
        guard case .id(let id) = reference else { throw .noAlert }
        let now = dependencies.now()
        let entry = EmergencyAlert.Entry(
            what: state == .resolved ? .resolved : .acknowledged, at: now, by: caller.userID, note: note)
        let from = EmergencyRules.sources(of: state).map { BSONValue.string($0.rawValue) }
        let (alert, rows) = try await store.transaction { transaction in
            var set: Document = ["state": .string(state.rawValue), "updated_at": .date(now)]
            var update: Document = [
                "$push": ["timeline": .document(entry.document)], "$inc": ["version": .int64(1)],
            ]
            let before = EmergencyAlert(try transaction.emergencyAlerts.findOne(["_id": .id(id)]))
            if !state.isLive {
                let friends = (before?.contacts ?? []).map { EmergencyNotice(recipient: $0, what: .over) }
                // Whoever has not been told of it yet need not be.
                set.append("untold", .array(friends.map { .document($0.document) }))
                set.append("told_by", .date(now))
                update.append("$unset", ["live": ""])
            }
            update.append("$set", .document(set))
            let changed = EmergencyAlert(
                try transaction.emergencyAlerts.findOneAndUpdate(
                    ["_id": .id(id), "state": ["$in": .array(from)]], .document(update), returning: .after))
            guard let changed else {
                guard try transaction.emergencyAlerts.findOne(["_id": .id(id)], projection: ["_id": 1]) != nil else {
                    throw RoadsideError.noAlert
                }
                throw RoadsideError(.conflict, "Somebody looks after this already, or it is over.")
            }
            var body = changed.body("emergency.\(entry.what.rawValue)")
            (body.actor, body.reason, body.pickup, body.text) = (caller.role, note, nil, nil)
            let row = InboxEntry(recipient: changed.userID, kind: .emergency, routes: [], body: body)
            try transaction.audit(
                AuditEvent(
                    action: state.isLive ? .emergencyAcknowledged : .emergencyResolved,
                    subject: AuditSubject(.emergency, id),
                    before: before.map { ["state": .string($0.state.rawValue)] } ?? [:],
                    after: ["state": .string(state.rawValue)]),
                by: AuditAuthor(caller), at: now)
            return (changed, try inbox.append([row], in: transaction))
        }
        inbox.ring(rows)
        if !state.isLive { await tellOthers(of: id) }
        guard let managed = try await managed([alert]).first else { throw .noAlert }
        return managed
    }

    private func managed(_ alerts: [EmergencyAlert]) async throws(RoadsideError) -> [ManagedAlert] {
        let ids = Set(alerts.map(\.userID)).sorted()
        let users = try await store.database { () async throws(MongoError) in
            try await store.users.find(
                ["_id": ["$in": .array(ids.map(BSONValue.id))]], projection: Contact.fields, limit: max(ids.count, 1))
        }
        let contacts = Dictionary(users.compactMap { Contact($0) }.map { ($0.id, $0) }) { first, _ in first }
        return alerts.map { alert in
            let contact = contacts[alert.userID]
            return ManagedAlert(alert: alert, phone: contact?.phone ?? "", email: contact?.email ?? "")
        }
    }
}
