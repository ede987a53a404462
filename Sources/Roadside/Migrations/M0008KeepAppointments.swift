import BSON
import Mongo

/// Writes into every booked job what its booking says, so that one read shows both, and finds the job by its booking's
/// names.
struct M0008KeepAppointments: Migration {
    let number = 8
    let name = "keep appointments in jobs"
    let restoresCollections = true

    func apply(to store: Store) async throws(MongoError) {
        try await store.services.createIndexes(Self.indexes, deadline: .current)
        try await copy(in: store)
    }

    static let indexes = [
        Index(
            name: "services_appointment", keys: ["appointment._id": 1], unique: true,
            partialFilter: ["appointment._id": ["$exists": true]]),
        Index(
            name: "services_appointment_number", keys: ["appointment.number": 1], unique: true,
            partialFilter: ["appointment.number": ["$exists": true]]),
    ]

    /// A page at a time, in the order of ids. A job that has its appointment is left alone.
    private func copy(in store: Store) async throws(MongoError) {
        var last: ObjectID?
        while true {
            let filter: Document = last.map { ["_id": ["$gt": .id($0)]] } ?? [:]
            let bookings = try await store.bookings.find(filter, sort: ["_id": 1], limit: Self.page)
            try await store.services.bulk(bookings.compactMap(Self.addition), ordered: false)
            guard bookings.count == Self.page, let next = bookings.last?.get("_id", as: ObjectID.self) else { return }
            last = next
        }
    }

    private static func addition(of booking: Document) -> BulkWrite? {
        guard let job = booking["job_id"] else { return nil }
        var facts = Document()
        for name in BookingRecord.sharedFields {
            if let value = booking[name] { facts.append(name, value) }
        }
        return .updateOne(
            ["_id": job, "appointment": ["$exists": false]],
            ["$set": ["appointment": .document(facts)], "$unset": ["booking_id": ""]])
    }

    private static let page = 500
}
