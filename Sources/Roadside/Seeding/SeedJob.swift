import BSON
import FoundationEssentials
import RoadsideRules

/// A job of the past: finished, so that nothing is dispatched for it.
struct SeedJob: Sendable {
    struct Opinion: Sendable {
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
    let review: Opinion?

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
        return FinishedJob(
            id: id, channel: "fixoncall", customerID: customerID, providerID: providerID, type: type, pickup: pickup,
            destination: destination, description: description, vehicle: vehicle, events: events,
            promiseAt: promiseAt, quote: estimate.lines, estimate: estimate.total
        ).document(
            number: number, customer: customer, provider: provider, pricesVersion: pricesVersion, settings: settings)
    }

    /// What its customer said of its provider; one a job.
    var reviewDocument: Document? {
        guard let review, let providerID else { return nil }
        return Review(
            id: SeedID.of("review/\(id)", seconds: UInt32(clamping: Int(closedAt.timeIntervalSince1970))), jobID: id,
            author: customerID, subject: providerID, side: .customer, stars: review.stars,
            comment: review.text.isEmpty ? nil : review.text, createdAt: closedAt.addingTimeInterval(600)
        ).document
    }
}
