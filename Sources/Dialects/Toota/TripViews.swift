import BSON
import FoundationEssentials
import Roadside
import RoadsideRules
import RoadsideWeb

/// A trip and its sides, keys as printed.
enum TripView {
    /// The `trip_details` of A18.
    static func details(_ job: Job) -> JSON {
        let destination = job.destination
        let details: JSON = [
            "id": .uuid(job.id), "pickup": .string(job.address), "destination": .string(destination?.address ?? ""),
            "pickup_lat": .double(job.location.latitude), "pickup_long": .double(job.location.longitude),
            "dest_lat": JSON(destination?.point.latitude), "dest_long": JSON(destination?.point.longitude),
            "vehicle_type": .string(vehicle(job)), "load_description": .string(job.description),
            "fare": .money(job.estimate), "status": .string(TootaWords.status(job.status)),
            "distance_km": .double(kilometres(job)), "estimated_time": .string(time(job)),
            "created_at": JSON(job.createdAt),
        ]
        return .object((details.object ?? []) + quality(job))
    }

    /// What A15 and A20 have in common, in their order.
    static func summary(_ job: Job) -> [JSON.Member] {
        [
            JSON.Member("trip_id", .uuid(job.id)), JSON.Member("estimated_fare", .money(job.estimate)),
            JSON.Member("distance_km", .double(kilometres(job))), JSON.Member("estimated_time", .string(time(job))),
            JSON.Member("pickup", .string(job.address)),
            JSON.Member("destination", .string(job.destination?.address ?? "")),
            JSON.Member("vehicle_type", .string(vehicle(job))),
            JSON.Member("load_description", .string(job.description)), JSON.Member("user_info", user(job.customer)),
        ] + quality(job)
    }

    /// K7: of a trip whose destination is known as a text alone, fare and distance are the least there is. Only such a trip
    /// says so: others keep the documented keys.
    private static func quality(_ job: Job) -> [JSON.Member] {
        guard job.channel == Toota.name, job.destination == nil else { return [] }
        return [JSON.Member("estimate_quality", "partial")]
    }

    /// Masked for a driver who has not accepted (K37).
    private static func user(_ customer: Job.Party) -> JSON {
        ["id": .uuid(customer.id), "name": .string(customer.name), "phone": .string(customer.phone)]
    }

    /// A22: the customer, to the driver who has accepted.
    static func contact(_ customer: Job.Party) -> JSON {
        let name = PersonName(customer.name)
        return [
            "user_id": .uuid(customer.id), "first_name": .string(name.first), "last_name": .string(name.last),
            "email": .string(customer.email), "phone": .string(customer.phone),
        ]
    }

    static func payment(_ job: Job) -> JSON {
        let amount = job.payment?.amount ?? job.estimate
        return [
            "payment_method": .string(TootaWords.method(job.payment?.method ?? .cash)),
            "payment_status": .string(TootaWords.payment(job.payment?.status ?? .pending)),
            "amount": .money(amount), "currency": .string(amount.currency.code),
        ]
    }

    /// The wanted vehicle; an empty text for a trip that needs no particular one.
    private static func vehicle(_ job: Job) -> String { job.requirements.tow?.vehicleType ?? "" }

    /// From pickup to destination, 0 without one (K7).
    private static func metres(_ job: Job) -> Double {
        job.destination.map { job.location.distance(to: $0.point) } ?? 0
    }

    private static func kilometres(_ job: Job) -> Double { (metres(job) / 100).rounded() / 10 }

    private static func time(_ job: Job) -> String { TootaWords.minutes(TravelRules.seconds(metres: metres(job))) }
}

/// A driver, keys as printed.
enum DriverView {
    /// Of A1, where ids are integers.
    static func found(_ driver: NearbyProvider) -> JSON { listed(driver, id: .int(driver.number)) }

    /// Of `available_drivers`, which the document does not print: as A1 has them, with ids as sockets have them.
    static func available(_ driver: NearbyProvider) -> JSON { listed(driver, id: .uuid(driver.id)) }

    private static func listed(_ driver: NearbyProvider, id: JSON) -> JSON {
        let name = PersonName(driver.name)
        return [
            "id": id, "first_name": .string(name.first), "last_name": .string(name.last),
            "latitude": .double(driver.location.latitude), "longitude": .double(driver.location.longitude),
            "is_available": .bool(driver.availability == .available), "name": .string(driver.name),
            "phone": .string(driver.phone), "vehicle_type": .string(driver.vehicle),
            "rating": .rating(driver.rating), "distance_km": .double(driver.distanceKm),
        ]
    }

    /// The `driver_info` of A17.
    static func info(_ driver: ProviderSighting) -> JSON {
        [
            "id": .uuid(driver.id), "name": .string(driver.name), "phone": .string(driver.phone),
            "vehicle_type": .string(driver.vehicle), "rating": .rating(driver.rating),
        ]
    }

    /// The `driver_info` of A18.
    static func acceptedInfo(_ driver: ProviderSighting) -> JSON {
        let name = PersonName(driver.name)
        return [
            "id": .uuid(driver.id), "name": .string(driver.name), "first_name": .string(name.first),
            "last_name": .string(name.last), "phone": .string(driver.phone), "vehicle_type": .string(driver.vehicle),
            "rating": .rating(driver.rating),
        ]
    }

    /// A12 and A13.
    static func location(_ driver: ProviderSighting, at point: GeoPoint) -> JSON {
        [
            "latitude": .double(point.latitude), "longitude": .double(point.longitude),
            "driver_details": [
                "id": .uuid(driver.id), "name": .string(driver.name), "email": .string(driver.email),
                "phone": .string(driver.phone), "vehicle_type": .string(driver.vehicle),
                "rating": .rating(driver.rating), "is_available": .bool(driver.isAvailable),
                "profile_pic": JSON(driver.photoID.map { "/static/uploads/\($0.hex)" }), "car_image": nil,
            ],
        ]
    }
}

/// One name in two: what comes before the first blank, and the rest.
struct PersonName {
    let first: String
    let last: String

    init(_ name: String) {
        let parts = name.split(separator: " ", maxSplits: 1)
        first = parts.first.map(String.init) ?? ""
        last = parts.count > 1 ? String(parts[1]) : ""
    }
}

extension JSON {
    /// The reversible UUID of a document (K6).
    static func uuid(_ id: ObjectID) -> JSON { .string(PublicID(id).uuid) }

    /// A number with the decimals of its currency (K25).
    static func money(_ money: Money) -> JSON { .decimal(minorUnits: money.minorUnits, scale: money.currency.scale) }

    /// One decimal, and a fraction always: clients of one type of number choke on the other.
    static func rating(_ average: Double) -> JSON { .double((average * 10).rounded() / 10) }
}
