import BSON
import Foundation
import Mongo
import RoadsideRules

@testable import Roadside

extension JobsWorld {
    /// As if the provider had accepted so many seconds ago and promised to come in an hour.
    func age(_ job: Job, by seconds: Double, promise: Date = Date().addingTimeInterval(3600)) async throws {
        try await store.services.updateOne(
            ["_id": .id(job.id)],
            [
                "$set": [
                    "accepted_at": .date(Date().addingTimeInterval(-seconds)), "eta": ["promise_at": .date(promise)],
                ]
            ])
    }

    /// As if the provider had come so near.
    func move(_ provider: Caller, km: Double) async throws {
        try await store.mechanics.updateOne(
            ["_id": .id(provider.userID)], ["$set": ["location": .document(Self.north(km).geoJSON)]])
    }

    /// Moves back every step that the job has made so far.
    func ageEvents(of job: Job, by seconds: Double) async throws {
        guard let record = JobRecord(try await document(of: job)) else { return }
        let events = record.events.map { event -> BSONValue in
            let fields = event.document.map { key, value -> (String, BSONValue) in
                (key, key == "at" ? .date(event.at.addingTimeInterval(-seconds)) : value)
            }
            return .document(Document(fields: fields))
        }
        try await store.services.updateOne(["_id": .id(job.id)], ["$set": ["events": .array(events)]])
        try await age(job, by: seconds + 60)
    }

    func fee(of job: Job, for caller: Caller) async throws -> CancellationFee? {
        try await jobs.job(.id(job.id), for: caller).cancellationFee
    }

    /// A job that this provider works on.
    func working(by provider: Caller, for customer: Caller) async throws -> Job {
        let (job, code) = try await accepted(by: provider, for: customer)
        return try await jobs.start(.id(job.id), otp: code, by: provider)
    }

    func propose(_ shillings: Int64, on job: Job, by provider: Caller) async throws -> ExtraCharge? {
        let draft = ExtraChargeDraft(
            code: "battery", title: "New battery", amount: Money(minorUnits: shillings * 100), reason: "It is dead")
        return try await jobs.proposeCharge(on: .id(job.id), draft, by: provider).extraCharges.last
    }
}
