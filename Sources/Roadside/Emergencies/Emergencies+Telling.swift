import BSON
import FoundationEssentials
import Logging
import Mongo
import RoadsideRules

// Who is told. An alert carries the list of those who are still to be told; each batch of them is a transaction that takes
// them off the list and writes their rows, so that nobody is told twice and, whatever dies in between, nobody not at all.
extension Emergencies {
    /// Who is told of a call of this person: every admin and dispatcher who is switched on, and his trusted contacts who
    /// have accounts under addresses that they have proven; whoever claims another's address is told nothing.
    ///
    /// - Returns: the caller's name, too.
    func audience(of caller: Caller) async throws(RoadsideError) -> (name: String, notices: [EmergencyNotice]) {
        try await store.lease { lease throws(MongoError) in
            let user = try lease.users.findOne(
                ["_id": .id(caller.userID)], projection: ["name": 1, "trusted_contacts": 1])
            let staff = try lease.users.find(
                ["roles": ["$in": ["admin", "dispatcher"]], "is_active": true], projection: ["_id": 1],
                limit: Self.mostStaff
            ).compactMap { $0.get("_id", as: ObjectID.self) }
            let trusted = (user?.get("trusted_contacts", as: [Document].self) ?? []).compactMap(TrustedContact.init)
            var contacts: [ObjectID] = []
            for contact in trusted {
                let found = try lease.users.findOne(contact.account, projection: ["_id": 1])
                if let id: ObjectID = found?.get("_id") { contacts.append(id) }
            }
            let officials = Set(staff).subtracting([caller.userID])
            let friends = Set(contacts).subtracting(officials).subtracting([caller.userID])
            let notices =
                officials.map { EmergencyNotice(recipient: $0, what: .raised) }
                + friends.map { EmergencyNotice(recipient: $0, what: .contact) }
            return (user?.get("name") ?? "", notices.sorted { $0.recipient < $1.recipient })
        }
    }

    /// Tells the next few who are on the alert's list.
    ///
    /// - Returns: the rows, to be rung once it is committed; none when nobody was left.
    func tellSome(of id: ObjectID, at now: Date, in transaction: MongoTransaction) throws -> [InboxRow] {
        guard let alert = EmergencyAlert(try transaction.emergencyAlerts.findOne(["_id": .id(id)])) else { return [] }
        let (some, rest) = (
            alert.untold.prefix(EmergencyRules.batch), alert.untold.dropFirst(EmergencyRules.batch)
        )
        let left: Update =
            rest.isEmpty
            ? ["$unset": ["untold": "", "told_by": ""]]
            : [
                "$set": [
                    "untold": .array(rest.map { .document($0.document) }),
                    // Whoever tells them has so long for the next; then somebody else takes over.
                    "told_by": .date(now + Self.lease),
                ]
            ]
        try transaction.emergencyAlerts.updateOne(["_id": .id(id)], left)
        return try inbox.append(some.map { Self.entry($0, of: alert) }, in: transaction)
    }

    /// Tells everybody who is left. A failure leaves them on the list, for ``watch()``.
    func tellOthers(of id: ObjectID) async {
        do throws(RoadsideError) {
            while true {
                let now = dependencies.now()
                let rows = try await store.transaction { transaction in
                    try tellSome(of: id, at: now, in: transaction)
                }
                inbox.ring(rows)
                if rows.count < EmergencyRules.batch { return }
            }
        } catch {
            dependencies.logger.error(
                "Not everybody could be told of an emergency yet", metadata: ["alert": "\(id)", "error": "\(error)"])
        }
    }

    /// Tells those whom a server that died had still to tell, until the task is cancelled.
    public func watch() async {
        let pause = Wakeup()
        while !Task.isCancelled {
            do throws(RoadsideError) {
                try await tellOverdue()
            } catch {
                dependencies.logger.warning("Emergencies cannot be read", metadata: ["error": "\(error)"])
            }
            await pause.wait(atMost: Self.poll)
        }
    }

    func tellOverdue() async throws(RoadsideError) {
        let overdue: Document = ["told_by": ["$lte": .date(dependencies.now())]]
        let documents = try await store.database { () async throws(MongoError) in
            try await store.emergencyAlerts.find(
                overdue, sort: ["told_by": 1], projection: ["_id": 1], limit: Self.page)
        }
        for document in documents {
            if let id: ObjectID = document.get("_id") { await tellOthers(of: id) }
        }
    }

    private static func entry(_ notice: EmergencyNotice, of alert: EmergencyAlert) -> InboxEntry {
        var body: InboxBody
        switch notice.what {
        case .raised:
            body = alert.body("emergency.raised")
            (body.jobID, body.jobNumber) = (alert.jobID, alert.jobNumber)
        case .contact: body = alert.body("emergency.contact")
        case .over:
            body = alert.body("emergency.over")
            // It is over: where he is, is nobody's business any more.
            (body.pickup, body.text) = (nil, nil)
        }
        return InboxEntry(recipient: notice.recipient, kind: .emergency, routes: [], body: body)
    }

    /// More staff than any installation has. Ours.
    private static let mostStaff = 500
    private static let lease = 5.0
    private static let poll = Duration.seconds(5)
    private static let page = 50
}
