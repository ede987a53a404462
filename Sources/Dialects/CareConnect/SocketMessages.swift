import BSON
import Blueprint
import RoadsideRules
public import RoadsideWeb

extension CareConnect {
    /// What is said on its socket, for documents.
    public static let socketDescriptions = [
        SocketDescription(
            path: Path.ride, text: text,
            messages: [
                connected, pong, searching, assigned, noDrivers, cancelled, status, error, ping, findDriver, cancelRide,
            ], closeCodes: SocketDescription.CloseCode.all + [.badMessages])
    ]

    private static let text = """
        One ride a socket. After find_driver the passenger hears searching, then driver_assigned or no_drivers; \
        whoever comes back to his ride is first told where it stands.

        The ride_id is the client's own: asking again for the same ride opens no second one, and two passengers may \
        use the same id without meeting.

        The distance and the fare of find_driver are kept and not believed: the server computes both.
        """

    private static let connected = SocketDescription.Message(
        "connected", from: .server, "The socket is open.",
        .object(["type": .string(oneOf: ["connection_established"]), "message": .string, "ride_id": .string]),
        examples: [
            "type": "connection_established", "message": .string(CareConnectWords.connected), "ride_id": "12345",
        ])

    private static let pong = SocketDescription.Message(
        "pong", from: .server, "The answer to a ping.",
        .object(["type": .string(oneOf: ["pong"]), "timestamp": .string]),
        examples: ["type": "pong", "timestamp": "2025-12-23T12:34:56.789Z"])

    private static let searching = SocketDescription.Message(
        "searching", from: .server, "A driver is looked for.",
        .object(["type": .string(oneOf: ["searching"]), "message": .string, "ride_id": .string]),
        examples: ["type": "searching", "message": .string(CareConnectWords.text(.matching)), "ride_id": "12345"])

    private static let assigned = SocketDescription.Message(
        "assigned", from: .server, "Who comes; texts are empty where a driver has told nothing of his vehicle.",
        .object([
            "type": .string(oneOf: ["driver_assigned"]), "message": .string, "booking_id": .integer,
            "driver": .object([
                "id": .integer, "name": .string, "phone": .string, "vehicle_type": .string,
                "vehicle_registration": .string, "rating": .number, "latitude": .number.nullable,
                "longitude": .number.nullable,
            ]),
        ]),
        examples: [
            "type": "driver_assigned", "message": .string(CareConnectWords.text(.accepted)), "booking_id": 1,
            "driver": [
                "id": 1, "name": "John Doe", "phone": "+27123456789", "vehicle_type": "sedan",
                "vehicle_registration": "CA 123 GP", "rating": 4.8, "latitude": -26.2041, "longitude": 28.0473,
            ],
        ])

    private static let noDrivers = SocketDescription.Message(
        "no_drivers", from: .server, "Nobody was found.",
        .object(["type": .string(oneOf: ["no_drivers"]), "message": .string]), examples: RideFrames.noDrivers)

    private static let cancelled = SocketDescription.Message(
        "cancelled", from: .server, "The ride is off.",
        .object([
            "type": .string(oneOf: ["ride_cancelled"]), "ride_id": .string, "booking_id": .integer, "message": .string,
        ]),
        examples: [
            "type": "ride_cancelled", "ride_id": "12345", "booking_id": 1,
            "message": .string(CareConnectWords.text(.cancelled)),
        ])

    private static let status = SocketDescription.Message(
        "status", from: .server, "How the ride goes on, once its driver is known.",
        .object([
            "type": .string(oneOf: ["ride_status"]), "ride_id": .string, "booking_id": .integer,
            "status": .string(oneOf: ["confirmed", "in_progress", "completed"]), "message": .string,
        ]),
        examples: [
            "type": "ride_status", "ride_id": "12345", "booking_id": 1, "status": "in_progress",
            "message": .string(CareConnectWords.text(.inProgress)),
        ])

    private static let error = SocketDescription.Message(
        "error", from: .server, "What was said could not be done, and why.",
        .object(["type": .string(oneOf: ["error"]), "message": .string]),
        examples: RideFrames.error(CareConnectWords.nothingToCancel))

    private static let ping = SocketDescription.Message(
        "ping", from: .client, "Keeps the connection alive.", .object(["type": .string(oneOf: ["ping"])]),
        examples: ["type": "ping"])

    private static let findDriver = SocketDescription.Message(
        "find_driver", from: .client,
        "Asks for a driver. The phone is that of a guest; who is signed in is reached as his account says.",
        .object(
            [
                "type": .string(oneOf: ["find_driver"]), "pickup_latitude": .number, "pickup_longitude": .number,
                "dropoff_latitude": .number, "dropoff_longitude": .number, "pickup_address": .string,
                "dropoff_address": .string, "distance_km": .number, "estimated_duration_minutes": .number,
                "fare_amount": .number, "passenger_phone": .string,
            ],
            optional: [
                "pickup_address", "dropoff_address", "distance_km", "estimated_duration_minutes", "fare_amount",
                "passenger_phone",
            ]),
        examples: [
            "type": "find_driver", "pickup_latitude": -26.2041, "pickup_longitude": 28.0473,
            "dropoff_latitude": -26.1041, "dropoff_longitude": 28.1473, "pickup_address": "123 Main St, Johannesburg",
            "dropoff_address": "456 Oak St, Johannesburg", "distance_km": 12.5, "estimated_duration_minutes": 25,
            "fare_amount": .decimal(minorUnits: 15_000, scale: 2), "passenger_phone": "+27123456789",
        ])

    private static let cancelRide = SocketDescription.Message(
        "cancel_ride", from: .client, "Gives the ride up.", .object(["type": .string(oneOf: ["cancel_ride"])]),
        examples: ["type": "cancel_ride"])
}
