import BSON
import Blueprint
import Hummingbird
import Roadside
import RoadsideRules
import RoadsideWeb

/// The three REST routes (A1–A4).
struct TripRoutes: Sendable {
    let desk: TripDesk

    func record(in api: inout Blueprint<WebContext>) {
        api.get(Toota.Path.findDriver, name: "find_driver", Self.findDriver, handler: findDriver)
        api.post(Toota.Path.status, name: "update_status", Self.update, handler: update)
        api.get(Toota.Path.status, name: "status", Self.status, handler: status)
    }

    @Sendable private func findDriver(_ request: Request, _ context: WebContext) async throws -> Response {
        var query = QueryFields(request)
        let point = query.place()
        let vehicle = query.optionalText("vehicle_type", max: 60)
        let radius = query.optionalNumber("radius", "radius_km", in: 0.1...100) ?? SearchPlan.pick.maxKm
        try query.finish()
        let drivers = try await desk.drivers(
            near: point, vehicle: vehicle, radiusKm: radius, for: context.requireCaller(),
            from: Visitor(request, context))
        return JSONResponse(Self.answer(drivers.map(DriverView.found))).response
    }

    /// A2: nobody there is no error, and says nothing of drivers.
    static func answer(_ drivers: [JSON]) -> JSON {
        guard !drivers.isEmpty else { return ["message": .string(TootaWords.noDrivers)] }
        return ["message": .string(TootaWords.driversFound), "drivers": .array(drivers)]
    }

    @Sendable private func update(_ request: Request, _ context: WebContext) async throws -> Response {
        let caller = try context.requireCaller()
        let body = try StatusBody(try await RequestJSON.readIfPresent(request) ?? [:])
        _ = try await desk.advance(context.trip(), body, by: caller)
        return JSONResponse(Self.updated).response
    }

    @Sendable private func status(_ request: Request, _ context: WebContext) async throws -> Response {
        let job = try await desk.jobs.job(context.trip(), for: context.requireCaller())
        return JSONResponse(["trip_status": .string(TootaWords.plainStatus(job.status))]).response
    }

    static let updated: JSON = ["message": .string(TootaWords.updated)]
}

extension WebContext {
    /// The trip that the path names, in any of the three forms of an id (K6).
    ///
    /// - Throws: `NOT_FOUND` for what cannot be a name.
    func trip(_ parameter: String = "id") throws(RoadsideError) -> Reference {
        guard let trip = routing.parameters[parameter].flatMap(Reference.init) else { throw .notFound("Trip") }
        return trip
    }
}

extension QueryFields {
    /// Where somebody is, when he says so; half a position is an issue.
    fileprivate mutating func place() -> GeoPoint? {
        let latitude = optionalNumber("latitude", "lat", "pickup_lat", in: -90...90)
        let longitude = optionalNumber("longitude", "lng", "lon", "long", "pickup_lon", in: -180...180)
        switch (latitude, longitude) {
        case (let latitude?, let longitude?): return GeoPoint(latitude: latitude, longitude: longitude)
        case (nil, nil): return nil
        case (_, nil): issue("longitude", "is required")
        case (nil, _): issue("latitude", "is required")
        }
        return nil
    }
}

// What the documents say.
extension TripRoutes {
    static let tag = "Toota"
    static let socketTag = "Toota: sockets"

    private static let findDriver = Operation(
        "Available drivers near by",
        description: """
            Nearest first, at most \(TripDesk.listed), within `radius` (50 km) and never farther. Without a position the last \
            one known of the caller counts. Contact data is masked and positions rounded until a driver has accepted.
            """,
        tags: [tag],
        parameters: [
            .query("latitude", .latitude, "Together with longitude."), .query("longitude", .longitude),
            .query("vehicle_type", .queryText(max: 60), "Only drivers whose truck takes such a vehicle or its load."),
            .query("radius", .number(in: 0.1...100), "Kilometres."),
        ],
        responses: refusals([400, 401, 403, 429]).merging([
            200: Operation.Reply(
                "Drivers, or that there are none",
                .object(
                    ["message": .string, "drivers": .array(of: Toota.shape(TootaExamples.found))], optional: ["drivers"]
                ),
                example: answer([TootaExamples.found]))
        ]) { $1 }, roles: [Role.customer.rawValue])

    private static let update = Operation(
        "Change the status of a trip",
        description: """
            `status` or `trip_status`, one of \(TootaWords.targets.joined(separator: ", ")). Users may only \
            cancel. `payment_status` says that the driver has the cash.
            """,
        tags: [tag],
        body: .json(
            .object(
                [
                    "status": .string(oneOf: TootaWords.targets), "trip_status": .string(oneOf: TootaWords.targets),
                    "payment_status": .string(oneOf: [TootaWords.payment(.paid)]),
                ], optional: ["status", "trip_status", "payment_status"]
            ).needingOne(of: "status", "trip_status", "payment_status").withNullsForAbsent,
            example: ["status": "on the way"]),
        responses: refusals([400, 401, 403, 404, 409, 429]).merging([
            200: Operation.Reply("The trip has the status", .object(["message": .string]), example: updated)
        ]) { $1 }, roles: both)

    private static let status = Operation(
        "The status of a trip", tags: [tag],
        responses: refusals([401, 403, 404, 429]).merging([
            200: Operation.Reply(
                "Where it stands", .object(["trip_status": .string]), example: ["trip_status": "on the way"])
        ]) { $1 }, roles: both)

    private static let both = [Role.customer.rawValue, Role.provider.rawValue]

    static func refusals(_ statuses: [Int]) -> [Int: Operation.Reply] {
        Dictionary(
            uniqueKeysWithValues: statuses.map {
                ($0, Operation.Reply(reason($0), .reference(Toota.refusalSchema)))
            })
    }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 400: "Malformed, or fields are missing or wrong"
        case 401: "No valid token"
        case 403: "Not allowed for this caller"
        case 404: "Not found, or somebody else's"
        case 409: "The state does not allow it"
        case 426: "Sockets open on the first request of a connection"
        case 429: "Too many requests"
        default: "Refused"
        }
    }
}
