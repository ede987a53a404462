import BSON
import Blueprint
public import RoadsideWeb

extension Toota {
    /// What is said on its sockets, for documents.
    public static let socketDescriptions = [
        SocketDescription(
            path: Path.request, text: resumed,
            messages: [
                client(
                    "create_trip", "A trip. payment_method, cash or card, is an extension: cash without it.", create),
                client(
                    "confirm_driver",
                    "The driver to be asked. He has 30 seconds.",
                    confirm),
                server("trip_created", "The trip, and who could take it.", TootaExamples.created),
                server("awaiting_driver", "The driver has been asked.", TootaExamples.awaiting),
                server("trip_accepted", "The driver has accepted.", TootaExamples.accepted),
                server(
                    "choose_again", "He has not answered, has said no, or has left: choose another.",
                    TootaExamples.chooseAgain),
                server("trip_ended", "The trip is over before it began (an extension).", TootaExamples.ended),
                refusal, ping,
            ], closeCodes: codes),
        SocketDescription(
            path: Path.response, text: resumed,
            messages: [
                server(
                    "new_trip_request", "A user asks for a trip. His phone number is masked until it is accepted.",
                    TootaExamples.newRequest),
                server("request_withdrawn", "The request is void (an extension).", TootaExamples.withdrawn),
                client("answer", "accepted or rejected.", answer("driver_response_status")),
                server("customer_contact", "Who the user is, after accepting.", TootaExamples.contact),
                server("answer_noted", "After rejecting (an extension).", TootaExamples.rejected),
                refusal, ping,
            ], closeCodes: codes),
        SocketDescription(
            path: Path.driverStatus, text: current,
            messages: [
                client(
                    "status",
                    "Where the trip is to go. With payment_status paid, an extension, the driver has the cash.", status),
                server("trip_status", "Where the trip stands.", TootaExamples.status("in_progress")),
                server(
                    "cash_due", "Cash is to be collected first.", TootaExamples.cashDue(TootaWords.collectCash)),
                refusal, ping,
            ], closeCodes: codes),
        SocketDescription(
            path: Path.userStatus, text: current,
            messages: [
                server("trip_status", "Where the trip stands.", TootaExamples.status("in_progress")),
                server(
                    "cash_due", "The driver is there: cash is to be paid.", TootaExamples.cashDue(TootaWords.payCash)),
                refusal, ping,
            ]),
        SocketDescription(
            path: Path.driverLocation, text: alive,
            messages: [
                client("position", "Where the driver is.", location),
                server("echo", "The same, with who says it.", TootaExamples.location), refusal, ping,
            ], closeCodes: codes),
        SocketDescription(
            path: Path.watchDriver,
            text: """
                Only for a driver who has a trip of the watcher's, is being asked about one, or is in its list; 404 otherwise. \
                Until he has accepted, his contact data is masked and his place rounded.

                \(alive)
                """,
            messages: [server("position", "Where the driver is.", TootaExamples.location), refusal, ping]),
        SocketDescription(
            path: Path.legacyRequest, text: resumed,
            messages: [
                client(
                    "request",
                    "Asks the driver in the path. What user_id says is passed over: the token says who asks.",
                    legacyRequest),
                client("withdraw", "Takes the request back.", legacyWithdrawal),
                server("accepted", "The driver has accepted.", TootaExamples.legacyAccepted),
                server("rejected", "He has not.", LegacyFrames.rejected), refusal, ping,
            ], closeCodes: codes),
        SocketDescription(
            path: Path.legacyResponse, text: resumed,
            messages: [
                server("request", "As the user has sent it (an extension).", TootaExamples.legacyNews),
                server("withdrawn", "The request is void (an extension).", TootaExamples.legacyGone),
                client("answer", "To the open request of this user.", legacyAnswer),
                server("accepted", "The trip is the driver's (an extension).", TootaExamples.legacyAccepted),
                server("rejected", "His no has been noted (an extension).", LegacyFrames.rejected), refusal, ping,
            ], closeCodes: codes),
    ]

    private static let codes = SocketDescription.CloseCode.all + [.badMessages]

    private static let alive = """
        The server says {"type":"ping"} every half a minute, beside the pings of the protocol; nothing has to be answered. Who \
        is cut off connects again, at most ten times, each time after a longer wait.
        """
    private static let resumed = """
        Everything that has not been received is sent first, then whatever happens: the server's protocol pings carry a \
        cursor, and the pong that every client library sends by itself is the receipt.

        \(alive)
        """
    private static let current = """
        The first frame says where the trip stands, then whatever happens.

        \(alive)
        """

    private static func server(_ name: String, _ summary: String, _ example: JSON) -> SocketDescription.Message {
        .init(name, from: .server, summary, shape(example), examples: example)
    }

    private static func client(
        _ name: String, _ summary: String, _ shape: (schema: Schema, example: JSON)
    ) -> SocketDescription.Message {
        .init(name, from: .client, summary, shape.schema, examples: shape.example)
    }

    private static let refusal = server("refusal", "What was asked for is refused.", TripRefusal.frameExample)
    private static let ping = server("ping", "The server is there.", ["type": "ping"])
}

// What clients say: what may be left out is known of these only.
extension Toota {
    private static let create = (
        schema: Schema.object(
            [
                "action": .string(oneOf: [UserCall.createWord]), "vehicle_type": .text(max: 60), "pickup": .text(),
                "destination": .text(), "pickup_lat": .number, "pickup_lon": .number, "dest_lat": .number,
                "dest_lon": .number, "load_description": .optionalText(max: 2000), "payment_method": .string,
            ], optional: ["load_description", "payment_method"]), example: TootaExamples.create
    )
    private static let confirm = (
        schema: Schema.object(
            [
                "action": .string(oneOf: [UserCall.confirmWord]), "trip_id": .reference, "driver_id": .reference,
            ]), example: TootaExamples.confirm
    )
    private static let status = (
        schema: Schema.object(
            ["trip_status": .optionalText(max: 40), "payment_status": .optionalText(max: 40)],
            optional: ["trip_status", "payment_status"]), example: ["trip_status": "arrived at pickup"] as JSON
    )
    private static let location = (
        schema: Schema.object(
            [
                "latitude": .number, "longitude": .number, "heading": .number, "speed": .number, "accuracy": .number,
            ], optional: ["heading", "speed", "accuracy"]), example: TootaExamples.place
    )
    private static let legacyRequest = (
        schema: Schema.object(
            [
                "user_id": .reference,
                "trip_info": .object(
                    [
                        "pickup_lat": .number, "pickup_lon": .number, "destination_lat": .number,
                        "destination_lon": .number, "pickup": .text(), "destination": .text(),
                        "load_description": .optionalText(max: 1500),
                    ],
                    optional: [
                        "pickup_lat", "pickup_lon", "destination_lat", "destination_lon", "load_description",
                    ]),
            ], optional: ["user_id"]), example: TootaExamples.legacyRequest
    )
    private static let legacyWithdrawal = (
        schema: Schema.object(
            ["user_id": .reference, "trip_request_status": .string(oneOf: ["cancelled"])], optional: ["user_id"]),
        example: TootaExamples.legacyWithdrawal
    )
    private static let legacyAnswer = (
        schema: Schema.object(["user_id": .reference, "trip_response_status": .string]),
        example: TootaExamples.legacyAnswer
    )

    private static func answer(_ name: String) -> (schema: Schema, example: JSON) {
        (.object(["trip_id": .reference, name: .string]), TootaExamples.answer)
    }
}
