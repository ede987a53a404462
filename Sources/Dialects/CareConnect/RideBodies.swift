import BSON
import FoundationEssentials
import Roadside
import RoadsideRules
import RoadsideWeb

/// What a passenger says, but for the ping, which every socket of the platform answers the same (promise C3).
enum RideMessage {
    case findDriver(FindDriverBody)
    case cancelRide

    /// - Throws: `VALIDATION_ERROR`.
    init(_ json: JSON) throws(RoadsideError) {
        var fields = Fields(json)
        switch fields.text("type", max: 40) {
        case "find_driver": self = .findDriver(try FindDriverBody(fields))
        case "cancel_ride": self = .cancelRide
        default:
            if fields.issues.isEmpty { fields.issue("type", "must be one of ping, find_driver, cancel_ride") }
            throw .validation(fields.issues)
        }
    }
}

/// `find_driver` (promise C4).
struct FindDriverBody {
    let pickup: Place
    let dropoff: Place
    /// What the client believes it will be and cost.
    let claim: JobClaim
    /// How whoever has no account is reached.
    let passengerPhone: String?

    /// - Throws: `VALIDATION_ERROR` with every wrong field.
    init(_ given: Fields) throws(RoadsideError) {
        var fields = given
        let pickup = Self.point("pickup", &fields)
        let dropoff = Self.point("dropoff", &fields)
        let addresses = (
            fields.optionalText("pickup_address", max: 300) ?? "",
            fields.optionalText("dropoff_address", max: 300) ?? ""
        )
        let kilometres = fields.optionalNumber("distance_km", in: 0...100_000)
        // Read for its type alone: how long a way takes, the platform knows better.
        _ = fields.optionalNumber("estimated_duration_minutes", in: 0...1_000_000)
        let fare = fields.optionalNumber("fare_amount", in: 0...1_000_000_000)
        passengerPhone = fields.optionalText("passenger_phone", max: 40)
        try fields.finish()
        guard let pickup, let dropoff else { throw .validation(fields.issues) }
        self.pickup = Place(point: pickup, address: addresses.0)
        self.dropoff = Place(point: dropoff, address: addresses.1)
        claim = JobClaim(distanceKm: kilometres, fare: fare.map(Self.money))
    }

    private static func point(_ name: String, _ fields: inout Fields) -> GeoPoint? {
        let before = fields.issues.count
        let latitude = fields.number("\(name)_latitude", "\(name)_lat", in: -90...90)
        let longitude = fields.number("\(name)_longitude", "\(name)_lng", "\(name)_lon", in: -180...180)
        return fields.issues.count == before ? GeoPoint(latitude: latitude, longitude: longitude) : nil
    }

    /// An amount that nobody will be charged.
    private static func money(_ amount: Double) -> Money {
        var factor = 1.0
        for _ in 0..<Currency.kes.scale { factor *= 10 }
        return Money(minorUnits: Int64((amount * factor).rounded()), .kes)
    }

    /// - Parameter ride: asking for it again finds the job that it has opened.
    func request(for ride: RideID, _ options: CareConnect.Options) -> JobRequest {
        var request = JobRequest(
            serviceType: options.serviceType, location: pickup.point, address: pickup.address, description: "",
            destination: dropoff, channel: CareConnect.name)
        request.clientReference = ride.text
        request.policy.plan = options.plan
        request.claim = claim
        return request
    }
}
