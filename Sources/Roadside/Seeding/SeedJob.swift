import BSON
import FoundationEssentials
import RoadsideRules

/// A job of the past: finished, so that nothing is dispatched for it.
struct SeedJob: Sendable {
    struct Review: Sendable {
        let stars: Int
        let text: String
    }

    let id: ObjectID
    let customerID: ObjectID
    /// nil when nobody ever had it.
    let providerID: ObjectID?
    let type: ServiceType
    let pickup: Place
    let destination: Place?
    let description: String
    let vehicle: VehicleFacts?
    /// Oldest first; the last one says how it ended.
    let events: [JobEvent]
    let promiseAt: Date?
    let review: Review?

    var createdAt: Date { events[0].at }
    var closedAt: Date { events[events.count - 1].at }
    var status: JobStatus { events[events.count - 1].status }

    /// As the use cases leave a job behind that has come to this end.
    ///
    /// - Parameters:
    ///   - customer, provider: their names and numbers; a job whose people are gone is not written.
    func document(
        number: Int64, customer: JobRecord.Person, provider: JobRecord.Person?, pricesVersion: String,
        settings: RoadsideSettings
    ) -> Document {
        let loaded = destination.map { pickup.point.distance(to: $0.point) } ?? 0
        let estimate = PriceEstimate(for: type, loadedMetres: loaded)
        var document: Document = [
            "_id": .id(id), "number": .int64(number), "version": .int64(Int64(max(events.count - 1, 1))),
            "channel": "fixoncall", "customer_id": .id(customerID), "customer": .document(customer.document),
            "service_type": .string(type.code), "capability": .string(type.capability),
            "location": .document(pickup.point.geoJSON), "address": .string(pickup.address),
            "description": .string(description), "status": .string(status.rawValue),
            "estimate": .document(estimate.total.document), "payment_status": "pending",
            "quote": .array(estimate.lines.map { .document($0.document) }),
            "prices_version": .string(pricesVersion),
            "policy": ["start_otp": .bool(settings.startOTP == .required)],
            "events": .array(events.map { .document($0.document) }),
        ]
        let quoted = status == .completed ? estimate.lines : []
        document.append("price", FinalPrice(quote: quoted, additions: [], estimate.total.currency).document)
        document.append("destination", ifPresent: destination?.document)
        document.append("vehicle_info", ifPresent: vehicle?.document)
        if let providerID, let provider {
            document.append("assigned_to", .id(providerID))
            document.append("provider", .document(provider.document))
            document.append("accepted_at", ifPresent: events.first { $0.status == .accepted }?.at)
            if let promiseAt { document.append("eta", ["promise_at": .date(promiseAt)]) }
        }
        document.append(
            "dispatch",
            [
                "mode": .string(DispatchMode.broadcast.rawValue), "attempt": .int32(1),
                "started_at": .date(createdAt),
                "deadline": .date(createdAt.addingTimeInterval(settings.searchPlan.searchSeconds)), "excluded": [],
                "declined": [], "reallocations": .int32(0),
            ])
        document.append("created_at", .date(createdAt))
        document.append("updated_at", .date(closedAt))
        document.append("closed_at", .date(closedAt))
        return document
    }

    /// What its customer said of its provider; one a job.
    var reviewDocument: Document? {
        guard let review, let providerID else { return nil }
        var document: Document = [
            "_id": .id(SeedID.of("review/\(id)", seconds: UInt32(clamping: Int(closedAt.timeIntervalSince1970)))),
            "job_id": .id(id), "from": .id(customerID), "to": .id(providerID), "side": .string(Role.customer.rawValue),
            "stars": .int32(Int32(review.stars)),
        ]
        if !review.text.isEmpty { document.append("text", .string(review.text)) }
        let written = closedAt.addingTimeInterval(600)
        document.append(
            contentsOf: [
                "hidden": false, "created_at": .date(written), "updated_at": .date(written), "version": .int64(1),
            ])
        return document
    }
}
