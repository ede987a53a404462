import BSON
import FoundationEssentials
import Mongo

// Rows that have become untrue before they arrived: they stay in the list, but no socket is told of them any more.
extension Inbox {
    /// Start codes of a job that serve no purpose any more; the codes are wiped.
    func retireCodes(of job: ObjectID, recipient: ObjectID, in transaction: MongoTransaction) throws(MongoError) {
        try retire(.jobOTP, on: .customerJobs, of: job, recipients: [recipient], in: transaction)
    }

    /// Those of the recipients who have confirmed an alert of the job that still stands, to be asked before it is retired.
    func alerted(
        to job: ObjectID, of recipients: [ObjectID], in transaction: MongoTransaction
    ) throws(MongoError) -> Set<ObjectID> {
        var filter = standing(.offerNew, on: .providerOffers, of: job, recipients: recipients)
        filter.append("received_at", ["$ne": .null])
        let rows = try transaction.notifications.find(filter, projection: ["recipient_id": 1])
        return Set(rows.compactMap { $0.get("recipient_id", as: ObjectID.self) })
    }

    /// Alerts of a job that these recipients can no longer take.
    func retireOffers(of job: ObjectID, recipients: [ObjectID], in transaction: MongoTransaction) throws(MongoError) {
        try retire(.offerNew, on: .providerOffers, of: job, recipients: recipients, in: transaction)
    }

    private func retire(
        _ kind: InboxKind, on route: InboxRoute, of job: ObjectID, recipients: [ObjectID],
        in transaction: MongoTransaction
    ) throws(MongoError) {
        try transaction.notifications.updateMany(
            standing(kind, on: route, of: job, recipients: recipients),
            ["$set": ["expires_at": .date(now())], "$unset": ["sealed": "", "unreceipted": ""]])
    }

    private func standing(
        _ kind: InboxKind, on route: InboxRoute, of job: ObjectID, recipients: [ObjectID]
    ) -> Document {
        [
            "recipient_id": ["$in": .array(recipients.map(BSONValue.id))], "routes": .string(route.rawValue),
            "unreceipted": true, "kind": .string(kind.rawValue), "body.job_id": .id(job),
        ]
    }
}
