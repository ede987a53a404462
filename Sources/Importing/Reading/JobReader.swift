import BSON
import Foundation
import Roadside
import RoadsideRules

/// Reads jobs that are over out of the rows of a table.
struct JobReader {
    let map: JobMap
    let system: OldSystem
    let options: ImportOptions

    /// - Parameters:
    ///   - rows: of the job.
    ///   - provider: his id in his table; nil when the row names nobody.
    /// - Throws: ``RowFault``.
    func job(_ rows: Rows, provider: String?) throws -> PastJob {
        guard let pickup = try rows.point(map.latitude, map.longitude) else {
            throw RowFault(map.latitude, "there is no position")
        }
        let destination = try rows.point(map.destinationLatitude, map.destinationLongitude)
        let toAddress = try rows.text(map.destinationAddress) ?? ""
        let (status, reason) = try ending(rows)
        let stars = try rows.whole(map.stars)
        return PastJob(
            origin: Origin(system: system.rawValue, table: map.table, id: try rows.key(map.id)),
            customer: person(try rows.key(map.customer.field), in: map.customer.table),
            provider: provider.map { person($0, in: map.provider.table) }, serviceType: try rows.text(map.serviceType),
            pickup: Place(point: pickup, address: try rows.text(map.address) ?? ""),
            destination: destination.map { Place(point: $0, address: toAddress) },
            description: try rows.text(map.description) ?? "",
            vehicle: try map.vehicle.flatMap { try PersonReader.vehicle($0, rows) }, status: status, reason: reason,
            createdAt: try rows.date(map.createdAt), closedAt: try rows.date(map.closedAt),
            price: try rows.money(map.price, currency: map.currency), isPaid: try isPaid(rows),
            // 0 is what a system writes where nobody has said anything.
            stars: status == .completed && stars != 0 ? stars : nil)
    }

    private func person(_ key: String, in table: String) -> ObjectID {
        Origin(system: system.rawValue, table: table, id: key).objectID
    }

    /// A job that is open there cannot go on here: nobody would come, or two would. It ends with a reason, or stays out.
    private func ending(_ rows: Rows) throws -> (JobStatus, String?) {
        guard let word = try rows.text(map.status), let status = StatusWords.status(word) else {
            throw RowFault(map.status, "this is not a status of a job")
        }
        let reason = try rows.text(map.reason).map { String($0.prefix(500)) }
        guard status.isOpen else { return (status, reason) }
        guard options.openJobs == .close else { throw RowFault(map.status, "the job is open") }
        return (status.isLive ? .cancelled : .expired, "It was open when it came over from the system before.")
    }

    private func isPaid(_ rows: Rows) throws -> Bool {
        switch try rows.text(map.paymentStatus)?.lowercased() {
        case "paid", "completed", "success", "succeeded", "successful": true
        default: false
        }
    }
}
