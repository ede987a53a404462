import BSON
import FoundationEssentials
import Mongo
public import RoadsideRules

/// Appointments. A booking points at a job and adds a time, a duration and notes to it; everything that happens, happens
/// to the job (decision 2).
///
/// Every path takes the names of either: a booking is found by its job's id, number or UUID as well, and a job by its
/// booking's.
public struct Bookings: Sendable {
    let dependencies: Dependencies
    let inbox: Inbox
    let jobs: Jobs

    init(_ dependencies: Dependencies, inbox: Inbox, jobs: Jobs) {
        self.dependencies = dependencies
        self.inbox = inbox
        self.jobs = jobs
    }

    var store: Store { dependencies.store }

    /// One booking, for its customer, the provider who holds it or is offered it, and staff.
    ///
    /// - Throws: `NOT_FOUND` for everybody else.
    public func booking(_ reference: Reference, for caller: Caller) async throws(RoadsideError) -> Booking {
        Booking(of: try await jobs.reader.job(reference, .booking, for: caller))
    }

    /// As ``Jobs/accept(_:ifVersion:by:)``.
    public func accept(
        _ reference: Reference, ifVersion expected: Expectation = .any, by caller: Caller
    ) async throws(RoadsideError) -> Booking {
        Booking(of: try await jobs.accept(reference, ifVersion: expected, by: caller))
    }

    /// As ``Jobs/start(_:otp:ifVersion:by:)``.
    public func start(
        _ reference: Reference, otp: String?, ifVersion expected: Expectation = .any, by caller: Caller
    ) async throws(RoadsideError) -> Booking {
        Booking(of: try await jobs.start(reference, otp: otp, ifVersion: expected, by: caller))
    }

    /// As ``Jobs/complete(_:ifVersion:by:)``.
    public func complete(
        _ reference: Reference, ifVersion expected: Expectation = .any, by caller: Caller
    ) async throws(RoadsideError) -> Booking {
        Booking(of: try await jobs.complete(reference, ifVersion: expected, by: caller))
    }

    /// As ``Jobs/cancel(_:reason:waivingFee:ifVersion:by:)``: who cancels a booking cancels its job.
    public func cancel(
        _ reference: Reference, reason: String? = nil, waivingFee waivesFee: Bool = false,
        ifVersion expected: Expectation = .any, by caller: Caller
    ) async throws(RoadsideError) -> Booking {
        Booking(
            of: try await jobs.cancel(
                reference, reason: reason, waivingFee: waivesFee, ifVersion: expected, by: caller))
    }

    /// The caller's own bookings, newest first: made by him, of jobs he holds or held, or, for staff, everybody's.
    ///
    /// - Throws: `VALIDATION_ERROR` for a cursor that is none of ours.
    public func history(_ caller: Caller, _ request: PageRequest) async throws(RoadsideError) -> Page<Booking> {
        let mine = try caller.listCondition(on: .booking, toDo: "list bookings")
        let page = try await store.page(store.bookings, mine, request)
        let bookings = page.items.compactMap(BookingRecord.init)
        var pointedAt: Document = ["_id": ["$in": .array(bookings.map { .id($0.jobID) })]]
        // A job that its provider has given back a moment ago is none of his any more.
        if caller.role == .provider { pointedAt.append("assigned_to", .id(caller.userID)) }
        let these = pointedAt
        let documents = try await store.database { () async throws(MongoError) in try await store.services.find(these) }
        let records = documents.compactMap(JobRecord.init)
        let shown = try await jobs.reader.jobs(records.map { ($0, nil) }, for: caller)
        let byID = Dictionary(shown.map { ($0.id, $0) }) { first, _ in first }
        return page.replacing(bookings.compactMap { booking in byID[booking.jobID].map { Booking(booking, of: $0) } })
    }
}
