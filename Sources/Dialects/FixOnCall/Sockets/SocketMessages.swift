import BSON
import Blueprint
import Roadside
public import RoadsideWeb

extension FixOnCall {
    /// What is said on its socket, for documents.
    public static let socketDescriptions = [
        SocketDescription(
            path: socketPath, text: socketText, subprotocol: ResumableSockets.subprotocol,
            messages: SocketMessages.ofServer + SocketMessages.ofClient,
            closeCodes: (SocketDescription.CloseCode.all + [.badMessages]).sorted { $0.code < $1.code })
    ]

    private static let socketText = """
        The server says hello. A client who has been here before answers with resume: the highest s he has, and the e that \
        came with it. He is sent everything above it, then whatever happens, in order and without a repeat; s grows, with \
        holes where something has expired. Whoever does not say resume within two seconds is sent what nobody has confirmed.

        When the server cannot tell what was missed (another e, or too long ago), or when resume comes once rows have begun \
        to flow, it says reset: throw away what you know, take the snapshot, and go on above its s.

        While a mechanic has a service its driver, he himself and staff are sent his position whenever he reports one that is \
        news, for each service at most one a second, and the last that is known with each connection. These have no s: only \
        the newest counts, nothing is kept or repeated, and they end with the service, or when another mechanic takes it.

        Confirm with ack. It is cumulative and counts for every route, so that no other socket repeats what was confirmed, \
        and a start code is wiped with it. An alert stays open until it is void.

        Before the token runs out the server says reauth. Send auth with a new token of the same user, and the socket stays.
        """
}

/// Each kind of frame with its examples.
enum SocketMessages {
    static let ofServer: [SocketDescription.Message] = [
        .init(
            "hello", from: .server,
            "The first frame: s is the newest there is, e the life of the inbox, in the seconds between pings.",
            .object(["op": word("hello"), "s": .integer, "e": .string, "in": .integer]),
            examples: ["op": "hello", "s": 42, "e": "65a50b2c9f1d4e0012345692", "in": 20]),
        .init(
            "envelope", from: .server,
            "Something has happened. d is the notification as the list shows it, with start_otp while a code is not confirmed.",
            .object([
                "s": .integer, "k": .string(oneOf: EventView.kinds), "t": .integer.described("milliseconds since 1970"),
                "d": .reference("Notification"),
            ]),
            examples: envelope(.jobStatus, NotificationView.example),
            envelope(.jobOTP, NotificationView.codeExample),
            envelope(.offerNew, NotificationView.offerExample),
            envelope(.offerAnswer, NotificationView.answerExample),
            envelope(.payment, NotificationView.paymentExample),
            envelope(.message, NotificationView.messageExample),
            envelope(.chatMessage, NotificationView.chatExample),
            envelope(.emergency, NotificationView.emergencyExample)),
        .init(
            "position", from: .server,
            "Where the mechanic is, to the parties of a service and staff while he has it. Only the newest counts: no s.",
            .object([
                "k": word("position"), "t": .integer.described("milliseconds since 1970"),
                "d": LivePositionView.schema,
            ]), examples: LivePositionView.example),
        .init(
            "reset", from: .server,
            "What was missed cannot be told: the services that are not over, those a mechanic may take, and where to go on.",
            .object([
                "op": word("reset"), "s": .integer,
                "snapshot": .object([
                    "services": .array(of: .reference("Service")), "available": .array(of: .reference("Service")),
                ]),
            ]), examples: ["op": "reset", "s": 42, "snapshot": SnapshotView.example]),
        .init(
            "reauth", from: .server, "The token runs out after so many seconds.",
            .object(["op": word("reauth"), "in": .integer]), examples: ["op": "reauth", "in": 60]),
        .init(
            "ok", from: .server,
            "auth was accepted (in: seconds until the token runs out), or send was carried out (s: what came of it).",
            .object(["op": word("ok"), "id": .string, "s": .integer, "in": .integer], optional: ["id", "s", "in"]),
            examples: ["op": "ok", "in": 900], ["op": "ok", "id": "c-17", "s": 43]),
        .init(
            "err", from: .server, "Refused: INVALID_TOKEN, UNKNOWN_KIND, BAD_MESSAGE, or a code that REST has.",
            .object(
                ["op": word("err"), "id": .string, "code": .string, "message": .string], optional: ["id", "message"]),
            examples: ["op": "err", "id": "c-17", "code": "UNKNOWN_KIND"],
            ["op": "err", "id": "c-17", "code": "NOT_FOUND", "message": "Job not found."],
            ["op": "err", "code": "INVALID_TOKEN"],
            ["op": "err", "code": "BAD_MESSAGE", "message": "s is required"]),
        .init(
            "pong", from: .server, "The answer to ping.", .object(["op": word("pong")]), examples: ["op": "pong"]),
    ]

    static let ofClient: [SocketDescription.Message] = [
        .init(
            "resume", from: .client, "Go on above s, in the life e of the inbox.",
            .object(["op": word("resume"), "s": .integer, "e": .string]),
            examples: ["op": "resume", "s": 41, "e": "65a50b2c9f1d4e0012345692"]),
        .init(
            "ack", from: .client, "Everything up to s has arrived.", .object(["op": word("ack"), "s": .integer]),
            examples: ["op": "ack", "s": 42]),
        .init(
            "auth", from: .client, "A new token of the same user; another user's ends the socket.",
            .object(["op": word("auth"), "token": .string]), examples: ["op": "auth", "token": "eyJhbGciOiJIUzI1NiJ9…"]),
        .init(
            "send", from: .client,
            """
            A command of kind k under the client's own id, which is carried out once: the same id again is answered the \
            same for 24 hours, on any socket. chat writes to the other side of a service.
            """,
            .object([
                "op": word("send"), "id": .string, "k": word(ChatRoutes.kind),
                "d": .object(["service_id": .string, "text": .string]),
            ]),
            examples: ["op": "send", "id": "c-17", "k": "chat", "d": ChatRoutes.commandExample]),
        .init(
            "ping", from: .client, "Answered with pong: a phone learns whether its socket is alive.",
            .object(["op": word("ping")]), examples: ["op": "ping"]),
    ]

    private static func envelope(_ kind: InboxKind, _ view: JSON) -> JSON {
        EventView.example.adding("s", view["seq"] ?? .null).adding("k", .string(kind.rawValue)).adding("d", view)
    }

    private static func word(_ word: String) -> Schema { .string(oneOf: [word]) }
}
