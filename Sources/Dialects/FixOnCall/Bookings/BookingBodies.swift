import BSON
import Foundation
import Roadside
import RoadsideRules
import RoadsideWeb

/// D10: a booking of a service that exists, or of one that is opened for it.
struct BookingBody {
    let request: BookingRequest

    init(_ fields: Fields, bookings: Bookings) throws(RoadsideError) {
        var fields = fields
        let service = fields.optionalReference("service_id")
        // What has a service has a place.
        let namesService = fields.has("service_id")
        let place =
            (namesService
                ? fields.optionalObject("location") { $0.place() } : fields.object("location") { $0.place() }) ?? nil
        let type = fields.optionalText("service_type", max: 60) ?? Self.defaultType
        let mechanic = fields.optionalReference("mechanic_id")
        let description = fields.optionalText("description", max: 2000) ?? ""
        let vehicle = fields.jobVehicle()
        let destination = fields.optionalObject("destination") { $0.place() } ?? nil
        let quote = fields.optionalReference("quote_id")
        if namesService, quote != nil { fields.issue("quote_id", "is for a new service; this one has its price") }
        let details = fields.bookingDetails()
        let faults = bookings.issues(
            details, serviceType: namesService ? nil : type, location: place?.point, destination: destination?.point)
        for issue in faults {
            let name = FixOnCallWords.field(issue.name)
            // A member that could not be read is wrong for that reason, not for what stands in for it.
            if !fields.issues.contains(where: { $0.name == name }) { fields.issue(name, issue.message) }
        }
        try fields.finish()
        if let service {
            request = BookingRequest(.job(service, provider: mechanic), details)
            return
        }
        guard let place else { throw .validation([FieldIssue(name: "location", message: "is required")]) }
        var help = JobRequest(
            serviceType: type, location: place.point, address: place.address, description: description,
            vehicle: vehicle.facts, destination: destination, preferredProvider: mechanic, channel: FixOnCall.name)
        (help.quote, help.ownVehicle) = (quote, vehicle.own)
        request = BookingRequest(.newJob(help), details)
    }

    /// The service that this dialect's document books (D29).
    private static let defaultType = "mechanic_dispatch"
}

/// F6: what shall be different about a booking.
struct BookingChangeBody {
    let details: BookingDetails

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        details = fields.bookingDetails()
        try fields.finish()
    }
}

/// D13: which slice of one's bookings.
struct BookingListQuery {
    let page: PageRequest

    init(_ query: QueryFields) throws(RoadsideError) {
        var query = query
        page = query.page(perPage: 10)
        try query.finish()
    }
}

extension Fields {
    fileprivate mutating func bookingDetails() -> BookingDetails {
        let time = optionalTime("scheduled_time")
        let minutes = optionalInt("estimated_duration", in: BookingRules.minutes)
        // Blank notes are none, and that is something else than notes that are not mentioned.
        let notes = optionalText("notes", max: 2000) ?? (has("notes") ? "" : nil)
        return BookingDetails(scheduledTime: time, estimatedMinutes: minutes, notes: notes)
    }
}
