import BSON
import Foundation
import RoadsideRules

@testable import Roadside

extension JobsWorld {
    var bookings: Bookings { Bookings(dependencies, inbox: inbox, jobs: jobs) }

    /// A whole second so far from now.
    static func ahead(_ seconds: Double) -> Date {
        Date(timeIntervalSince1970: (Date().timeIntervalSince1970 + seconds).rounded(.down))
    }

    /// A booking of a new job; in two hours unless said otherwise.
    func book(
        at time: Date? = JobsWorld.ahead(7200), preferred: ObjectID? = nil, notes: String? = nil, by customer: Caller
    ) async throws -> Booking {
        try await bookings.create(
            BookingRequest(
                .newJob(Self.request(preferred: preferred)),
                BookingDetails(scheduledTime: time, estimatedMinutes: 60, notes: notes)), by: customer)
    }

    /// A booking of a job that exists.
    func book(
        _ job: Job, at time: Date? = nil, provider: ObjectID? = nil, by customer: Caller
    ) async throws -> Booking {
        try await bookings.create(
            BookingRequest(
                .job(.id(job.id), provider: provider.map(Reference.id)), BookingDetails(scheduledTime: time)),
            by: customer)
    }

    /// As if the moment had come at which the search begins.
    func bringNear(_ booking: Booking) async throws {
        await dispatch.settle()
        try await makeDue(booking.job)
        await dispatch.settle()
    }

    func search(of booking: Booking) async throws -> JobRecord.Search? {
        JobRecord(try await document(of: booking.job))?.search
    }
}
