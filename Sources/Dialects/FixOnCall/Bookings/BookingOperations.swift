import BSON
import Blueprint
import Roadside
import RoadsideRules
import RoadsideWeb

/// What the documents say of the routes under `/api/bookings`, and who may call them.
extension BookingRoutes {
    private static let tag = "Bookings"
    private static let one: JSON = ["booking": BookingView.example]
    private static let parties = Access.only([.customer, .provider, .dispatcher, .admin])

    static let create = Operation.fixOnCall(
        tag, "Make a booking", for: .only([.customer]),
        description: """
            With `service_id` it is made of that service; without, one is opened, and `location` is needed. With a \
            `scheduled_time` ahead mechanics are alerted shortly before it, otherwise at once; a `mechanic_id` is asked \
            first and alone, and his time is kept: 409 `HOLD_OVERLAP` when another booking keeps it. A `quote_id` of a \
            quote for this service and time gives it the quote's price.
            """,
        body: .json(
            .object(
                [
                    "service_id": .reference, "location": ServiceRoutes.place,
                    "service_type": Schema.optionalText(max: 60).described("a `code` of /api/services/types"),
                    "mechanic_id": .reference,
                    "scheduled_time": .optionalTime, "estimated_duration": minutes, "notes": .optionalText(max: 2000),
                    "description": .optionalText(max: 2000), "vehicle_info": AuthRoutes.vehicle,
                    "vehicle_id": VehicleRoutes.name,
                    "destination": ServiceRoutes.place,
                    "quote_id": .reference,
                ],
                optional: [
                    "service_id", "location", "service_type", "mechanic_id", "scheduled_time", "estimated_duration",
                    "notes", "description", "vehicle_info", "vehicle_id", "destination", "quote_id",
                ]),
            example: [
                "location": .placeExample,
                "scheduled_time": "2024-01-16T08:00:00Z", "estimated_duration": 60,
                "notes": "Blue gate, ask for Otieno",
            ]),
        status: 201, message: "Booking created.", data: one, refusals: [404, 409, 503]
    ).leading(to: ".booking", ".change", ".accept", ".cancel", by: "booking")

    static let mine = Operation.fixOnCall(
        tag, "One's own bookings, newest first", for: parties,
        description: "A mechanic's are those of the services he has or had; staff see everybody's.",
        query: ServiceRoutes.paging(perPage: 10), message: "Bookings retrieved.",
        data: ["bookings": [BookingView.example], "pagination": ServiceRoutes.pagination])

    static let booking = Operation.fixOnCall(
        tag, "One booking", for: parties, description: "By its own id, number or UUID, or by its service's.",
        message: "Booking retrieved.", data: one, refusals: [404])

    static let change = Operation.fixOnCall(
        tag, "Choose another time, duration or notes", for: .only([.customer, .dispatcher, .admin]),
        description: "A new time only while no mechanic has the service; the rest until it is finished.",
        body: .json(
            .object(
                ["scheduled_time": .optionalTime, "estimated_duration": minutes, "notes": .optionalText(max: 2000)],
                optional: ["scheduled_time", "estimated_duration", "notes"]),
            example: ["scheduled_time": "2024-01-16T09:00:00Z"]),
        message: "Booking updated.", data: one, refusals: [404, 409]
    ).conditional

    static let cancel = Operation.fixOnCall(
        tag, "Cancel a booking and its service", for: parties,
        description: "By its mechanic before he arrived: another one is looked for.",
        body: ServiceRoutes.cancellation,
        message: "Booking cancelled.", data: one, refusals: [404, 409]
    ).conditional

    static let accept = Operation.fixOnCall(
        tag, "Take the service of a booking", for: .only([.provider]),
        description: "Of several who accept, one has it; the others get 409.", message: "Booking accepted.", data: one,
        refusals: [404, 409]
    ).conditional.leading(to: ".start", ".complete", ".cancel", by: "booking")

    static let start = Operation.fixOnCall(
        tag, "Start the work with the driver's code", for: .only([.provider, .dispatcher, .admin]),
        body: .json(.object(["otp": .optionalText(max: 20)], optional: ["otp"]), example: ["otp": "123456"]),
        message: "Booking started.", data: one, refusals: [404, 409, 429]
    ).conditional

    static let complete = Operation.fixOnCall(
        tag, "Finish the work", for: parties, message: "Booking completed.", data: one, refusals: [404, 409]
    ).conditional

    private static let minutes = Schema.integer(
        in: Int64(BookingRules.minutes.lowerBound)...Int64(BookingRules.minutes.upperBound)
    ).described("minutes")
}
