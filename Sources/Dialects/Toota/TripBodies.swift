import BSON
import Roadside
import RoadsideRules
import RoadsideWeb

/// What a user says on his request socket (A14, A16).
enum UserCall {
    case create(TripBody)
    case confirm(ConfirmBody)

    static let createWord = "create_trip"
    static let confirmWord = "confirm_driver"

    init(_ json: JSON) throws(RoadsideError) {
        var fields = Fields(json)
        let action = fields.text("action", max: 40)
        try fields.finish()
        switch action {
        case Self.createWord: self = .create(try TripBody(json))
        case Self.confirmWord: self = .confirm(try ConfirmBody(json))
        default:
            throw .validation([
                FieldIssue(name: "action", message: "must be one of \(Self.createWord), \(Self.confirmWord)")
            ])
        }
    }
}

/// A14: from where to where, with what, in what. `payment_method` is an extension; without it the user pays in cash.
struct TripBody {
    let pickup: Place
    let destination: Place?
    let load: String
    let vehicle: String?
    let method: PaymentMethod
    /// Asked at once (A7).
    var driver: Reference?
    /// Marks the trips of the legacy socket, which end with the answer of the one driver who was asked.
    var clientReference: String?

    init(_ json: JSON) throws(RoadsideError) {
        var fields = Fields(json)
        vehicle = fields.text("vehicle_type", max: 60)
        let from = fields.text("pickup")
        let to = fields.text("destination")
        let start = fields.pickupPoint()
        let end = fields.destinationPoint()
        load = fields.optionalText("load_description", max: 2000) ?? ""
        method = fields.paymentMethod() ?? .cash
        try fields.finish()
        guard let start, let end else { throw .validation([]) }
        pickup = Place(point: start, address: from)
        destination = Place(point: end, address: to)
    }

    init(pickup: Place, destination: Place?, load: String, driver: Reference, clientReference: String) {
        (self.pickup, self.destination, self.load) = (pickup, destination, load)
        (vehicle, method) = (nil, .cash)
        (self.driver, self.clientReference) = (driver, clientReference)
    }

    /// The trip as the platform's own kind of job: a truck that takes something from here to there.
    ///
    /// - Parameter service: code of the service type that trips are.
    func request(_ service: String) -> JobRequest {
        var request = JobRequest(
            serviceType: service, location: pickup.point, address: pickup.address, description: load,
            destination: destination,
            requirements: JobRequirements(tow: vehicle.map { TowNeed(vehicleType: TootaWords.vehicle($0)) }),
            channel: Toota.name)
        // The user chooses (A16, K20); a card is charged before a driver is asked, cash collected before the trip (A29).
        request.policy = JobPolicy(plan: .pick, prepay: .cardBeforeOffer, needsStartCode: false)
        request.paymentMethod = method
        request.preferredProvider = driver
        request.clientReference = clientReference
        return request
    }
}

/// A16.
struct ConfirmBody {
    let trip: Reference
    let driver: Reference

    init(_ json: JSON) throws(RoadsideError) {
        var fields = Fields(json)
        let (trip, driver) = (fields.reference("trip_id"), fields.reference("driver_id"))
        try fields.finish()
        guard let trip, let driver else { throw .validation([]) }
        (self.trip, self.driver) = (trip, driver)
    }
}

/// A driver's answer to a request, in any of its three spellings (A10, A21, K14).
struct AnswerBody {
    let isAccepted: Bool
    /// Named on the current socket; on the legacy one the user is named instead.
    let trip: Reference?
    let user: Reference?

    init(_ json: JSON) throws(RoadsideError) {
        var fields = Fields(json)
        let word = fields.text("driver_response_status", "trip_response_status", "driver_response", max: 40)
        trip = fields.optionalReference("trip_id")
        user = fields.optionalReference("user_id")
        let answer = TootaWords.isAccepted(word)
        if answer == nil, fields.issues.isEmpty {
            fields.issue(
                "driver_response_status", "must be one of \(TootaWords.accepted), \(TootaWords.rejected)")
        }
        try fields.finish()
        isAccepted = answer ?? false
    }
}

/// A3, A23: where a trip is to go next, and A23's extension: the driver has the cash.
struct StatusBody {
    let word: String?
    let hasCash: Bool

    init(_ json: JSON) throws(RoadsideError) {
        var fields = Fields(json)
        let plain = fields.optionalText("status", max: 40)
        let other = fields.optionalText("trip_status", max: 40)
        word = plain ?? other
        // Two names of one thing: what is said under both must not differ.
        if let plain, let other, TootaWords.normalized(plain) != TootaWords.normalized(other) {
            fields.issue("trip_status", "must say the same as status")
        }
        let payment = fields.optionalText("payment_status", max: 40)
        hasCash = payment == TootaWords.payment(.paid)
        if payment != nil, !hasCash { fields.issue("payment_status", "must be \(TootaWords.payment(.paid))") }
        if word == nil, payment == nil { fields.issue("status", "is required") }
        try fields.finish()
    }

    /// - Throws: `VALIDATION_ERROR` with the words there are.
    func target(hasDestination: Bool) throws(RoadsideError) -> JobStatus? {
        guard let word else { return nil }
        guard let target = TootaWords.target(word, hasDestination: hasDestination) else {
            throw .validation([
                FieldIssue(
                    name: "status", message: "must be one of \(TootaWords.targets.joined(separator: ", "))")
            ])
        }
        return target
    }
}

/// A7: a request to one driver. Whose it is, the token says: `user_id` is passed over (K15).
enum LegacyCall {
    case request(LegacyTripBody)
    case withdraw

    init(_ json: JSON) throws(RoadsideError) {
        var fields = Fields(json)
        let word = fields.optionalText("trip_request_status", max: 40)
        if let word {
            guard TootaWords.target(word, hasDestination: false) == .cancelled else {
                throw .validation([FieldIssue(name: "trip_request_status", message: "must be cancelled")])
            }
            self = .withdraw
            return
        }
        let body = fields.object("trip_info") { LegacyTripBody(&$0) }
        try fields.finish()
        guard let body else { throw .validation([]) }
        self = .request(body)
    }
}

/// Its sample has latitudes and no longitudes: what is no point is filled in or kept as a text (K7).
struct LegacyTripBody {
    let pickup: String
    let destination: String
    let load: String
    let start: GeoPoint?
    let end: GeoPoint?

    init(_ fields: inout Fields) {
        pickup = fields.text("pickup")
        destination = fields.text("destination")
        load = fields.optionalText("load_description", max: 1500) ?? ""
        let (fromLatitude, fromLongitude) = (fields.pickupLatitude(), fields.pickupLongitude())
        let (toLatitude, toLongitude) = (fields.destinationLatitude(), fields.destinationLongitude())
        start = fromLatitude.flatMap { latitude in
            fromLongitude.flatMap { GeoPoint(latitude: latitude, longitude: $0) }
        }
        end = toLatitude.flatMap { latitude in toLongitude.flatMap { GeoPoint(latitude: latitude, longitude: $0) } }
    }

    /// - Parameter start: where it begins, when the client did not say.
    func trip(from start: GeoPoint, by driver: Reference) -> TripBody {
        let load = end == nil ? (load.isEmpty ? "To: \(destination)" : "\(load)\nTo: \(destination)") : load
        return TripBody(
            pickup: Place(point: self.start ?? start, address: pickup),
            destination: end.map { Place(point: $0, address: destination) }, load: load, driver: driver,
            clientReference: TripDesk.legacyMark + ObjectID().hex)
    }
}

extension Fields {
    /// `pickup_lat` and `pickup_lon`, or other spellings (K7); nil only together with an issue.
    fileprivate mutating func pickupPoint() -> GeoPoint? {
        point("pickup", pickupLatitude(), pickupLongitude())
    }

    fileprivate mutating func destinationPoint() -> GeoPoint? {
        point("dest", destinationLatitude(), destinationLongitude())
    }

    fileprivate mutating func pickupLatitude() -> Double? {
        optionalNumber("pickup_lat", "pickup_latitude", in: -90...90)
    }

    fileprivate mutating func pickupLongitude() -> Double? {
        optionalNumber("pickup_lon", "pickup_long", "pickup_lng", "pickup_longitude", in: -180...180)
    }

    fileprivate mutating func destinationLatitude() -> Double? {
        optionalNumber("dest_lat", "destination_lat", "dest_latitude", "destination_latitude", in: -90...90)
    }

    fileprivate mutating func destinationLongitude() -> Double? {
        optionalNumber(
            "dest_lon", "dest_long", "dest_lng", "destination_lon", "destination_long", "destination_lng",
            "destination_longitude", in: -180...180)
    }

    private mutating func point(_ name: String, _ latitude: Double?, _ longitude: Double?) -> GeoPoint? {
        if let latitude, let longitude { return GeoPoint(latitude: latitude, longitude: longitude) }
        for (axis, value) in [("lat", latitude), ("lon", longitude)] where value == nil {
            let field = "\(name)_\(axis)"
            if !issues.contains(where: { $0.name == field }) { issue(field, "is required") }
        }
        return nil
    }

    fileprivate mutating func paymentMethod() -> PaymentMethod? {
        guard let word = optionalText("payment_method", max: 20) else { return nil }
        let method = TootaWords.method(word)
        if method == nil {
            issue(
                "payment_method",
                "must be one of \(PaymentMethod.allCases.map(TootaWords.method).joined(separator: ", "))")
        }
        return method
    }
}
