import BSON
import FoundationEssentials
import Mongo
public import RoadsideRules

/// Calls for help in danger: whoever is signed in may press, every admin and dispatcher and his trusted contacts are told at
/// once, and only a person ends it.
///
/// A call is never refused for what state something is in. Pressing again joins the live alert, so that a hand that
/// trembles makes one alert and not ten; after a minute it tells everybody once more.
public struct Emergencies: Sendable {
    let dependencies: Dependencies
    let inbox: Inbox
    private let reader: JobReader
    var store: Store { dependencies.store }

    init(_ dependencies: Dependencies, inbox: Inbox) {
        self.dependencies = dependencies
        self.inbox = inbox
        reader = JobReader(dependencies: dependencies)
    }

    /// Calls for help, or joins the caller's live alert: what is new about it takes the place of what was known.
    ///
    /// - Returns: the alert, and whether the call joined one that was live already.
    /// - Throws: `NOT_FOUND` for a job that is not his; `VALIDATION_ERROR` for a message beyond 500 characters.
    public func raise(
        _ call: EmergencyCall, by caller: Caller
    ) async throws(RoadsideError) -> (alert: EmergencyAlert, joined: Bool) {
        let message = try Self.words(call.message, named: "message")
        var job: JobRecord?
        if let reference = call.job {
            let found = try await reader.record(reference, for: caller)
            // One who is only offered it has nothing to do with it yet.
            guard caller.role.isStaff || found.isParty(caller) else { throw .jobNotFound }
            job = found
        }
        let (name, notices) = try await audience(of: caller)
        let (now, told) = (dependencies.now(), Told(location: call.location, message: message, job: job))
        let (id, joined, rows) = try await store.transaction { transaction -> (ObjectID, Bool, [InboxRow]) in
            let live = EmergencyAlert(
                try transaction.emergencyAlerts.findOne(["user_id": .id(caller.userID), "live": true]))
            guard let live else {
                let id = ObjectID()
                let alert = told.document(id, of: caller, name: name, notices: notices, at: now)
                try transaction.emergencyAlerts.insert(alert)
                return (id, false, try tellSome(of: id, at: now, in: transaction))
            }
            let again = EmergencyRules.tellsAgain(
                toldAt: live.toldAt, repeatSeconds: dependencies.settings.emergencyRepeat.timeInterval, now: now)
            let update = told.update(of: live, by: caller, notices: again ? notices : nil, at: now)
            guard try transaction.emergencyAlerts.updateOne(["_id": .id(live.id), "live": true], update).matched == 1
            else { throw RoadsideError.noAlert }
            return (live.id, true, again ? try tellSome(of: live.id, at: now, in: transaction) : [])
        }
        inbox.ring(rows)
        await tellOthers(of: id)
        return (try await alert(id, of: caller), joined)
    }

    /// One's own alert.
    ///
    /// - Throws: `NOT_FOUND` for everybody else's.
    public func alert(_ reference: Reference, of caller: Caller) async throws(RoadsideError) -> EmergencyAlert {
        guard case .id(let id) = reference else { throw .noAlert }
        return try await alert(id, of: caller)
    }

    private func alert(_ id: ObjectID, of caller: Caller) async throws(RoadsideError) -> EmergencyAlert {
        let document = try await store.database { () async throws(MongoError) in
            try await store.emergencyAlerts.findOne(caller.condition(on: .emergency).and(["_id": .id(id)]))
        }
        guard let alert = EmergencyAlert(document) else { throw .noAlert }
        return alert
    }

    /// - Throws: `VALIDATION_ERROR` for words beyond 500 characters; nil for none.
    static func words(_ text: String?, named field: String) throws(RoadsideError) -> String? {
        guard let text = text.map(Wording.clean), !text.isEmpty else { return nil }
        guard text.count <= EmergencyRules.wordsLimit else {
            throw .validation([FieldIssue(name: field, message: "At most \(EmergencyRules.wordsLimit) characters.")])
        }
        return text
    }
}

/// What one press says.
private struct Told: Sendable {
    let location: GeoPoint?
    let message: String?
    let job: JobRecord?

    private var facts: Document {
        var facts = Document()
        if let location { facts.append("location", .document(location.geoJSON)) }
        facts.append("message", ifPresent: message)
        facts.append("job_id", ifPresent: job?.id)
        facts.append("job_number", ifPresent: job?.number)
        return facts
    }

    func document(
        _ id: ObjectID, of caller: Caller, name: String, notices: [EmergencyNotice], at now: Date
    ) -> Document {
        let entry = EmergencyAlert.Entry(what: .raised, at: now, by: caller.userID, note: nil)
        let start: Document = [
            "_id": .id(id), "user_id": .id(caller.userID), "name": .string(name), "role": .string(caller.role.rawValue),
            "kind": "sos", "priority": "high", "state": .string(EmergencyState.open.rawValue), "live": true,
            "timeline": [.document(entry.document)], "created_at": .date(now), "updated_at": .date(now),
            "version": .int64(1),
        ]
        return start.and(facts).and(Self.telling(notices, at: now, after: []))
    }

    /// - Parameter notices: whom to tell once more; nil joins quietly.
    func update(of alert: EmergencyAlert, by caller: Caller, notices: [EmergencyNotice]?, at now: Date) -> Update {
        var set = facts
        set.append("updated_at", .date(now))
        guard let notices else { return ["$set": .document(set), "$inc": ["version": .int64(1)]] }
        set.append("state", .string(EmergencyState.open.rawValue))
        let entry = EmergencyAlert.Entry(what: .repeated, at: now, by: caller.userID, note: nil)
        return [
            "$set": .document(set.and(Self.telling(notices, at: now, after: alert.contacts))),
            "$push": ["timeline": ["$each": [.document(entry.document)], "$slice": .int32(-100)]],
            "$inc": ["version": .int64(1)],
        ]
    }

    /// - Parameter contacts: who was told before: he hears the end, too, though he may be trusted no more.
    private static func telling(_ notices: [EmergencyNotice], at now: Date, after contacts: [ObjectID]) -> Document {
        let all = Set(contacts + notices.filter { $0.what == .contact }.map(\.recipient)).sorted()
        return [
            "told_at": .date(now), "untold": .array(notices.map { .document($0.document) }), "told_by": .date(now),
            "contacts_notified": .array(all.map(BSONValue.id)),
        ]
    }
}

extension RoadsideError {
    static let noAlert = RoadsideError.notFound("Emergency")
}
