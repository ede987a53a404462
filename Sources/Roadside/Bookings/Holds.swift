import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

/// Keeps a provider's time free for the appointments that are his: those he holds, and those whose customer has named
/// him (domain §4.2, U20).
///
/// All of a provider's holds are in his own document, and a new one is written on the condition that none of them meets
/// it: two bookings in the same moment are two writes of one document, of which the database lets one go first.
struct Holds: Sendable {
    let dependencies: Dependencies

    /// Takes, moves or releases what a job holds, according to what has become of it. Says the same when asked again.
    ///
    /// - Throws: `HOLD_OVERLAP` with the times of what is in the way.
    func settle(_ job: JobRecord, in transaction: MongoTransaction) throws {
        guard let appointment = job.appointment, let window = window(of: appointment, of: job.id) else { return }
        let booking = try transaction.bookings.findOne(["_id": .id(appointment.id)], projection: ["hold": 1])
        let kept = booking?.get("hold", as: Document.self)
        let holder: ObjectID? = kept?.get("provider_id")
        let wanted = job.keeper
        if wanted == holder, wanted == nil || kept.flatMap({ ProviderHold($0) }) == window { return }
        if let holder { try release(job.id, of: holder, in: transaction) }
        guard let wanted else {
            _ = try transaction.bookings.updateOne(["_id": .id(appointment.id)], ["$unset": ["hold": ""]])
            return
        }
        try take(window, of: wanted, in: transaction)
        let hold: Document = ["provider_id": .id(wanted)]
        _ = try transaction.bookings.updateOne(
            ["_id": .id(appointment.id)], ["$set": ["hold": .document(hold.and(window.document))]])
    }

    /// A provider does not want the appointment that was kept for him.
    func declined(_ job: JobRecord, by provider: ObjectID, in transaction: MongoTransaction) throws {
        guard let appointment = job.appointment, appointment.scheduledTime != nil else { return }
        let result = try transaction.bookings.updateOne(
            ["_id": .id(appointment.id), "hold.provider_id": .id(provider)], ["$unset": ["hold": ""]])
        if result.matched > 0 { try release(job.id, of: provider, in: transaction) }
    }

    private func take(_ hold: ProviderHold, of provider: ObjectID, in transaction: MongoTransaction) throws {
        let meeting: Document = ["from": ["$lt": .date(hold.to)], "to": ["$gt": .date(hold.from)]]
        let result = try transaction.mechanics.updateOne(
            ["_id": .id(provider), "holds": ["$not": ["$elemMatch": .document(meeting)]]],
            ["$push": ["holds": .document(hold.document)]])
        guard result.matched == 0 else { return }
        let profile = try transaction.mechanics.findOne(["_id": .id(provider)], projection: ["holds": 1])
        let others = (profile?.get("holds", as: [Document].self) ?? []).compactMap { ProviderHold($0) }
        // Nobody's time is kept for a provider who is gone.
        guard let other = others.first(where: { $0.from < hold.to && $0.to > hold.from }) else { return }
        throw RoadsideError(
            .holdOverlap, "The provider has another appointment at that time.",
            details: [
                ("held_from", .string(ISO8601.seconds(other.from))), ("held_to", .string(ISO8601.seconds(other.to))),
            ])
    }

    /// Takes away what has passed as well.
    private func release(_ job: ObjectID, of provider: ObjectID, in transaction: MongoTransaction) throws {
        let longAgo = dependencies.now().addingTimeInterval(-Self.memorySeconds)
        _ = try transaction.mechanics.updateOne(
            ["_id": .id(provider)],
            ["$pull": ["holds": ["$or": [["job_id": .id(job)], ["to": ["$lt": .date(longAgo)]]]]]])
    }

    private func window(of appointment: BookingRecord, of job: ObjectID) -> ProviderHold? {
        appointment.scheduledTime.map { time in
            let window = BookingRules.window(
                at: time, minutes: appointment.estimatedMinutes,
                bufferSeconds: dependencies.settings.bookingBuffer.timeInterval)
            return ProviderHold(jobID: job, from: window.from, to: window.to)
        }
    }

    private static let memorySeconds = 24.0 * 3600
}

extension JobRecord {
    /// Whose time its appointment takes: the provider's who holds it, else his whom its customer has named.
    fileprivate var keeper: ObjectID? {
        if status.isLive { return assignedTo }
        guard status.isOpen, let preferred = search.preferred, !search.barred.contains(preferred) else { return nil }
        return preferred
    }
}
