import BSON
import Realtime
import Roadside
import RoadsideRules
import RoadsideWeb

/// Inbox rows as frames: exactly the documented keys, and no `type` (promise E5).
enum BookingFrames {
    /// Status and code of the customer's own bookings (E1).
    static let customerBookings = InboxRenderer(
        name: "live_bookings.customer", farewell: farewell(userFarewell)
    ) { row in
        switch row.kind {
        case .jobStatus: status(row.body, text: LiveBookingsWords.customerText)
        case .jobOTP: code(row)
        default: []
        }
    }

    /// Status of the bookings a provider has accepted (E2); never a code.
    static let providerBookings = InboxRenderer(
        name: "live_bookings.provider", farewell: farewell(providerFarewell)
    ) { row in
        row.kind == .jobStatus ? status(row.body, text: LiveBookingsWords.providerText) : []
    }

    /// New bookings near a provider, and word when one is gone (E3).
    static let availableBookings = InboxRenderer(
        name: "live_bookings.available", farewell: farewell(availableFarewell)
    ) { row in
        switch row.kind {
        case .offerNew: available(row.body)
        case .offerWithdrawn: withdrawn(row.body)
        default: []
        }
    }

    private static func status(_ body: InboxBody, text: (JobStatus) -> String) -> [EncodedFrame] {
        guard let number = body.jobNumber, let status = body.status else { return [] }
        return [
            frame([
                "booking_id": .int(number), "status": .string(LiveBookingsWords.status(status)),
                "message": .string(text(status)),
            ])
        ]
    }

    /// Nothing once the code has been received and wiped: its text without the code would mislead.
    private static func code(_ row: InboxRow) -> [EncodedFrame] {
        guard let otp = row.otp else { return [] }
        return [frame(["otp": .string(otp), "message": .string(LiveBookingsWords.codeText)])]
    }

    private static func available(_ body: InboxBody) -> [EncodedFrame] {
        guard let number = body.jobNumber else { return [] }
        let cost = body.estimate
        return [
            frame([
                "booking_id": .int(number),
                "pickup_location": .string(place(body.pickup)),
                // A job on the spot has no drop-off; the key stays (decision 21).
                "dropoff_location": .string(place(body.destination)),
                "estimated_cost": .decimal(minorUnits: cost?.minorUnits ?? 0, scale: cost?.currency.scale ?? 2),
                "message": .string(LiveBookingsWords.availableText),
            ])
        ]
    }

    /// The address, or where there is none the point itself, as roughly as anybody may know it before he accepts.
    private static func place(_ place: Place?) -> String {
        guard let place else { return "" }
        guard place.address.isEmpty else { return place.address }
        let point = place.point.rounded
        return "\(point.latitude), \(point.longitude)"
    }

    private static func withdrawn(_ body: InboxBody) -> [EncodedFrame] {
        guard let number = body.jobNumber else { return [] }
        return [
            frame([
                "booking_id": .int(number), "status": .string(LiveBookingsWords.withdrawn),
                "message": .string(LiveBookingsWords.withdrawnText),
            ])
        ]
    }

    static let userFarewell = "User disconnected from the bookings group."
    static let providerFarewell = "Driver disconnected from the bookings group."
    static let availableFarewell = "Driver disconnected from the available bookings group."

    private static func farewell(_ text: String) -> EncodedFrame { frame(["message": .string(text)]) }

    private static func frame(_ json: JSON) -> EncodedFrame { EncodedFrame(text: json.bytes()) }
}
