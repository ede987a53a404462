import BSON
import FoundationEssentials
import RoadsideRules

/// A job that is over before it is written: of the demo data, or of another system.
struct FinishedJob: Sendable {
    let id: ObjectID
    /// The dialect that opened it.
    let channel: String
    let customerID: ObjectID
    /// nil when nobody ever had it.
    let providerID: ObjectID?
    let type: ServiceType
    let pickup: Place
    let destination: Place?
    let description: String
    let vehicle: VehicleFacts?
    /// Oldest first; the last one says how it ended, and there is one at least.
    let events: [JobEvent]
    var promiseAt: Date?
    let quote: [PriceLine]
    let estimate: Money
    var paymentStatus = "pending"

    var createdAt: Date { events[0].at }
    var closedAt: Date { events[events.count - 1].at }
    var status: JobStatus { events[events.count - 1].status }

    /// As the use cases leave a job behind that has come to this end. Without a timer, so nothing is ever dispatched.
    ///
    /// - Parameters:
    ///   - customer, provider: their names and numbers.
    func document(
        number: Int64, customer: JobRecord.Person, provider: JobRecord.Person?, pricesVersion: String,
        settings: RoadsideSettings
    ) -> Document {
        var document: Document = [
            "_id": .id(id), "number": .int64(number), "version": .int64(Int64(max(events.count - 1, 1))),
            "channel": .string(channel), "customer_id": .id(customerID), "customer": .document(customer.document),
            "service_type": .string(type.code), "capability": .string(type.capability),
            "location": .document(pickup.point.geoJSON), "address": .string(pickup.address),
            "description": .string(description), "status": .string(status.rawValue),
            "estimate": .document(estimate.document), "payment_status": .string(paymentStatus),
            "quote": .array(quote.map { .document($0.document) }),
            "prices_version": .string(pricesVersion),
            "policy": ["start_otp": .bool(settings.startOTP == .required)],
            "events": .array(events.map { .document($0.document) }),
        ]
        let due = status == .completed ? quote : []
        document.append("price", FinalPrice(quote: due, additions: [], estimate.currency).document)
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
}
