import BSON
import Blueprint
import RoadsideRules
public import RoadsideWeb

extension LiveBookings {
    /// What is said on its sockets, for documents.
    public static let socketDescriptions = [
        SocketDescription(
            path: Path.customerBookings, text: text,
            messages: [status(LiveBookingsWords.customerText(.accepted)), code, farewell(BookingFrames.userFarewell)]),
        SocketDescription(
            path: Path.providerBookings, text: text,
            messages: [
                status(LiveBookingsWords.providerText(.accepted)), farewell(BookingFrames.providerFarewell),
            ]),
        SocketDescription(
            path: Path.availableBookings, text: text,
            messages: [alert, withdrawal, farewell(BookingFrames.availableFarewell)]),
    ]

    private static let text = """
        Everything that has not been received is sent first, then whatever happens. The server's pings carry a cursor, and \
        the pong that every client library sends by itself is the receipt.

        With since=N in the query the replay begins above the N-th notification, whether or not it was received: N is \
        the seq of the list of notifications.
        """

    private static func status(_ message: String) -> SocketDescription.Message {
        .init(
            "status", from: .server, "Where a booking stands.",
            .object([
                "booking_id": .integer,
                "status": .string(oneOf: ["pending", "accepted", "on_trip", "completed", "cancelled"]),
                "message": .string,
            ]), examples: ["booking_id": 123, "status": "accepted", "message": .string(message)])
    }

    private static let code = SocketDescription.Message(
        "code", from: .server, "The code that starts the trip, six digits.",
        .object(["otp": .string, "message": .string]),
        examples: ["otp": "123456", "message": .string(LiveBookingsWords.codeText)])

    private static let alert = SocketDescription.Message(
        "alert", from: .server,
        "A booking near by that can be accepted. A job on the spot has no drop-off: an empty text.",
        .object([
            "booking_id": .integer, "pickup_location": .string, "dropoff_location": .string, "estimated_cost": .number,
            "message": .string,
        ]),
        examples: [
            "booking_id": 456, "pickup_location": "123 Street, City", "dropoff_location": "456 Avenue, City",
            "estimated_cost": .decimal(minorUnits: 30_000, scale: 2),
            "message": .string(LiveBookingsWords.availableText),
        ])

    private static let withdrawal = SocketDescription.Message(
        "withdrawal", from: .server, "An alert is void.",
        .object([
            "booking_id": .integer, "status": .string(oneOf: [LiveBookingsWords.withdrawn]), "message": .string,
        ]),
        examples: [
            "booking_id": 456, "status": .string(LiveBookingsWords.withdrawn),
            "message": .string(LiveBookingsWords.withdrawnText),
        ])

    private static func farewell(_ message: String) -> SocketDescription.Message {
        .init(
            "farewell", from: .server, "The last words before the server closes.", .object(["message": .string]),
            examples: ["message": .string(message)])
    }
}
