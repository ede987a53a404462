import BSON
import Roadside
import RoadsideRules
import RoadsideWeb

/// What the server says on the sockets, to the letter; documented keys and no others (K38).
enum TripFrames {
    /// A15.
    static func created(_ job: Job, _ drivers: [NearbyProvider]) -> JSON {
        .object(
            [JSON.Member("message", .string(TootaWords.created))] + TripView.summary(job)
                + [
                    JSON.Member("available_drivers", .array(drivers.map(DriverView.available))),
                    JSON.Member("status", .string(TootaWords.status(job.status))),
                ])
    }

    /// A17.
    static func awaiting(_ job: Job, _ driver: ProviderSighting) -> JSON {
        [
            "message": .string(TootaWords.awaiting), "trip_id": .uuid(job.id),
            "status": .string(TootaWords.status(job.status)), "driver_info": DriverView.info(driver),
            "payment_info": TripView.payment(job),
        ]
    }

    /// A18.
    static func accepted(_ job: Job, _ driver: ProviderSighting) -> JSON {
        [
            "type": "trip_status_update", "trip_id": .uuid(job.id), "status": .string(TootaWords.status(job.status)),
            "driver_info": DriverView.acceptedInfo(driver), "trip_details": TripView.details(job),
            "payment_info": TripView.payment(job),
        ]
    }

    /// A19, and with other texts the other ways to be left without a driver.
    static func chooseAgain(_ job: Job, _ text: String, _ drivers: [NearbyProvider]) -> JSON {
        [
            "message": .string(text), "trip_id": .uuid(job.id), "status": .string(TootaWords.status(job.status)),
            "available_drivers": .array(drivers.map(DriverView.available)),
        ]
    }

    /// An extension (K47): the trip is over before anybody has taken it.
    static func ended(_ job: ObjectID, _ status: JobStatus) -> JSON {
        [
            "type": "trip_status_update", "trip_id": .uuid(job), "status": .string(TootaWords.status(status)),
        ]
    }

    /// A20.
    static func newRequest(_ job: Job) -> JSON {
        [
            "type": "new_trip_request",
            "trip_details": .object(TripView.summary(job) + [JSON.Member("payment_info", TripView.payment(job))]),
        ]
    }

    /// An extension (K47): the request is void.
    static func withdrawn(_ job: ObjectID) -> JSON {
        ["type": "trip_request_withdrawn", "trip_id": .uuid(job), "message": .string(TootaWords.withdrawn)]
    }

    /// An extension: the driver's no has arrived.
    static func rejected(_ job: ObjectID) -> JSON {
        ["trip_id": .uuid(job), "status": .string(TootaWords.rejected)]
    }

    /// A24 and A25: cash is due before the trip starts.
    static func cashDue(_ job: ObjectID, _ text: String) -> JSON {
        [
            "payment_status": .string(TootaWords.status(.arrived)), "trip_id": .uuid(job), "message": .string(text),
        ]
    }

    /// A26.
    static func status(_ job: ObjectID, _ status: JobStatus) -> JSON {
        ["trip_id": .uuid(job), "trip_status": .string(TootaWords.status(status))]
    }
}

/// What the server says on the legacy pair, where ids are integers (A7–A10).
enum LegacyFrames {
    /// A8.
    static func accepted(_ job: Int64) -> JSON { ["trip_id": .int(job), "status": .string(TootaWords.accepted)] }

    /// A9.
    static let rejected: JSON = ["status": .string(TootaWords.rejected)]

    /// An extension: the document does not print how a driver learns of a request. As its user has sent it, for his driver.
    static func request(_ job: Job) -> JSON {
        [
            "user_id": .int(job.customer.number), "trip_id": .int(job.number),
            "trip_info": [
                "pickup_lat": .double(job.location.latitude), "pickup_lon": .double(job.location.longitude),
                "destination_lat": JSON(job.destination?.point.latitude),
                "destination_lon": JSON(job.destination?.point.longitude), "pickup": .string(job.address),
                "destination": .string(job.destination?.address ?? ""), "load_description": .string(job.description),
            ],
        ]
    }

    /// An extension: the user has withdrawn it, or somebody else has it.
    static func withdrawn(_ user: Int64?, _ job: Int64) -> JSON {
        [
            "user_id": JSON(user), "trip_id": .int(job),
            "trip_request_status": .string(TootaWords.status(.cancelled)),
        ]
    }
}
