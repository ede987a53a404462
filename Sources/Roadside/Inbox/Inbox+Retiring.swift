import BSON
import FoundationEssentials
import Mongo

// Rows that have become untrue before they arrived: they stay in the list, but no socket is told of them any more.
extension Inbox {
    /// Start codes of a job that serve no purpose any more; the codes are wiped.
    func retireCodes(of job: ObjectID, recipient: ObjectID, in transaction: MongoTransaction) throws(MongoError) {
        try retire(.jobOTP, on: .customerJobs, of: job, recipients: [recipient], in: transaction)
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
            [
                "recipient_id": ["$in": .array(recipients.map(BSONValue.id))], "routes": .string(route.rawValue),
                "unreceipted": true, "kind": .string(kind.rawValue), "body.job_id": .id(job),
            ],
            ["$set": ["expires_at": .date(now())], "$unset": ["sealed": "", "unreceipted": ""]])
    }
}
