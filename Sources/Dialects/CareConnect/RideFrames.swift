import BSON
import Realtime
import Roadside
import RoadsideRules
import RoadsideWeb

/// What the passenger hears: exactly the documented keys, in their order.
enum RideFrames {
    /// The first frame (promise C2).
    static func connected(_ ride: RideID) -> JSON {
        [
            "type": "connection_established", "message": .string(CareConnectWords.connected),
            "ride_id": .string(ride.text),
        ]
    }

    /// A driver is looked for (promise C5).
    static func searching(_ ride: RideID) -> JSON {
        ["type": "searching", "message": .string(CareConnectWords.text(.matching)), "ride_id": .string(ride.text)]
    }

    /// Who comes (promise C6).
    ///
    /// - Parameter vehicle: what he comes in, as far as he has told.
    static func assigned(_ job: Job, _ driver: Job.Party, _ vehicle: ProviderVehicle?) -> JSON {
        [
            "type": "driver_assigned", "message": .string(CareConnectWords.text(.accepted)),
            "booking_id": .int(job.number),
            "driver": [
                "id": .int(driver.number), "name": .string(driver.name), "phone": .string(driver.phone),
                "vehicle_type": .string(vehicle?.type ?? ""),
                "vehicle_registration": .string(vehicle?.registration ?? ""),
                "rating": .decimal(minorUnits: Int64((driver.rating * 10).rounded()), scale: 1),
                "latitude": driver.location.map { .double($0.latitude) } ?? .null,
                "longitude": driver.location.map { .double($0.longitude) } ?? .null,
            ],
        ]
    }

    /// Nobody was found (promise C7).
    static let noDrivers: JSON = ["type": "no_drivers", "message": .string(CareConnectWords.text(.expired))]

    /// The ride is off (promise C9).
    static func cancelled(_ ride: RideID, _ job: Job) -> JSON {
        [
            "type": "ride_cancelled", "ride_id": .string(ride.text), "booking_id": .int(job.number),
            "message": .string(CareConnectWords.text(job.status)),
        ]
    }

    /// An extension: the document promises that a ride's status is tracked (C19) and prints no frame for it. Clients
    /// that do not know the type pass it over.
    static func status(_ ride: RideID, _ job: Job) -> JSON {
        [
            "type": "ride_status", "ride_id": .string(ride.text), "booking_id": .int(job.number),
            "status": .string(CareConnectWords.status(job.status)),
            "message": .string(CareConnectWords.text(job.status)),
        ]
    }

    /// What could not be done, and why (promise C8): every wrong field in one sentence, for there is no key for them.
    static func error(_ error: RoadsideError) -> JSON {
        let fields = error.fields.map { "\($0.name): \($0.message)" }
        return Self.error(fields.isEmpty ? error.message : fields.joined(separator: "; "))
    }

    static func error(_ message: String) -> JSON { ["type": "error", "message": .string(message)] }
}
