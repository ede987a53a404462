import BSON
import Roadside
import RoadsideRules
import RoadsideWeb

/// What several routes and sockets of this dialect ask of the platform.
struct TripDesk: Sendable {
    let roadside: Roadside
    var jobs: Jobs { roadside.jobs }

    /// Begins the client references of trips that were asked for on the legacy socket.
    static let legacyMark = "legacy-"
    /// As many drivers as a list has. Ours, as in the old system.
    static let listed = 20

    init(_ roadside: Roadside) { self.roadside = roadside }

    /// The drivers who could take something from a place, nearest first: within the radius, and never everybody (A1).
    ///
    /// - Parameters:
    ///   - point: nil is where the caller was last known to be.
    ///   - visitor: from where he asks.
    func drivers(
        near point: GeoPoint?, vehicle: String?, radiusKm: Double, for caller: Caller, from visitor: Visitor
    ) async throws(RoadsideError) -> [NearbyProvider] {
        let center = try await place(point, of: caller)
        return try await roadside.tracking.nearby(
            center, radiusKm: radiusKm, limit: Self.listed, needing: .towing(vehicle.map(TootaWords.vehicle)),
            for: caller, from: visitor)
    }

    /// Those whom the customer of a trip may choose among.
    ///
    /// - Parameter gone: who has just not taken it.
    func drivers(
        for job: Job, but gone: ObjectID? = nil, to caller: Caller
    ) async throws(RoadsideError) -> [NearbyProvider] {
        try await roadside.tracking.choices(for: .id(job.id), but: gone, limit: Self.listed, to: caller)
    }

    /// - Throws: `VALIDATION_ERROR` for somebody of whom nothing is known.
    func place(_ point: GeoPoint?, of caller: Caller) async throws(RoadsideError) -> GeoPoint {
        if let point { return point }
        let last = try await jobs.history(caller, .after(nil, limit: 1)).items.first
        guard let last else {
            throw .validation([FieldIssue(name: "latitude", message: "Say where you are: latitude and longitude.")])
        }
        return last.location
    }

    func open(_ body: TripBody, by caller: Caller) async throws(RoadsideError) -> Job {
        try await jobs.open(body.request(try roadside.catalog.code(of: .towing)), by: caller).job
    }

    /// Asks a driver for a trip. One that is paid for by card is offered to nobody before the card is charged (A29).
    func ask(_ body: ConfirmBody, by caller: Caller) async throws(RoadsideError) -> (Job, ProviderSighting) {
        let job = try await jobs.assign(body.trip, provider: body.driver, by: caller)
        return (job, try await roadside.tracking.sighting(of: body.driver, for: caller))
    }

    /// Leads a trip on, or notes that its driver has the cash (A3, A23).
    func advance(_ trip: Reference, _ body: StatusBody, by caller: Caller) async throws(RoadsideError) -> Job {
        if body.hasCash { try await roadside.payments.collectCash(trip, by: caller) }
        let job = try await jobs.job(trip, for: caller)
        guard let target = try body.target(hasDestination: job.destination != nil) else { return job }
        return try await jobs.advance(.id(job.id), to: target, by: caller)
    }
}

extension Job {
    /// Asked for on the legacy socket.
    var isLegacy: Bool { clientReference?.hasPrefix(TripDesk.legacyMark) ?? false }

    /// Its driver must have cash in hand before the trip starts (A24, A25).
    var isCashDue: Bool { status == .arrived && payment?.method == .cash && payment?.status != .paid }
}

// Answers, and the legacy pair.
extension TripDesk {
    /// A driver's yes or no.
    ///
    /// - Returns: the trip as he saw it last.
    func answer(_ trip: Reference, _ body: AnswerBody, by caller: Caller) async throws(RoadsideError) -> Job {
        if body.isAccepted { return try await jobs.accept(trip, by: caller) }
        let job = try await jobs.job(trip, for: caller)
        try await jobs.decline(trip, by: caller)
        return job
    }

    /// The open offer of this user to this driver: the legacy answer names no trip (A10).
    func offered(to caller: Caller, by body: AnswerBody) async throws(RoadsideError) -> Reference {
        if let trip = body.trip { return trip }
        guard let user = body.user else { throw .validation([FieldIssue(name: "user_id", message: "is required")]) }
        let offered = try await jobs.available(to: caller).first {
            user == .id($0.customerID) || user == .number($0.customer.number)
        }
        guard let offered else { throw .notFound("Trip") }
        return .id(offered.id)
    }

    /// Opens a trip and asks its driver, in one step (K13). Whether he can be asked at all, a row of the inbox says.
    func askAtOnce(
        _ body: LegacyTripBody, _ driver: Reference, by caller: Caller
    ) async throws(RoadsideError) -> ObjectID {
        let start = try await place(body.start, of: caller)
        return try await open(body.trip(from: start, by: driver), by: caller).id
    }

    /// Takes back what this user has asked for on the legacy socket.
    ///
    /// - Parameter last: asked for on the same connection; after a reconnect the newest one that is open is meant.
    /// - Throws: `NOT_FOUND` when there is nothing to take back.
    func withdraw(_ last: ObjectID?, by caller: Caller) async throws(RoadsideError) {
        let newest = try await jobs.current(of: caller).first(where: \.isLegacy)?.id
        guard let trip = last ?? newest else { throw .notFound("Trip") }
        _ = try await jobs.cancel(.id(trip), by: caller)
    }
}
