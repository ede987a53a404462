import BSON
import Blueprint
import RoadsideRules
public import RoadsideWeb

extension Depannini {
    /// What is said on its sockets, for documents.
    public static let socketDescriptions = [
        SocketDescription(
            path: AssistanceSockets.assistantPath, text: ownText,
            messages: [SocketMessages.request, SocketMessages.pong, SocketMessages.ping],
            closeCodes: SocketMessages.closeCodes),
        SocketDescription(
            path: AssistanceSockets.assistancePath, text: text,
            messages: [
                SocketMessages.status, SocketMessages.location, SocketMessages.chat, SocketMessages.refusal,
                SocketMessages.pong, SocketMessages.sendLocation, SocketMessages.sendChat, SocketMessages.ping,
            ], closeCodes: SocketMessages.closeCodes),
    ]

    private static let ownText = """
        What an assistant may accept: first what is open around him and has not been received, then whatever comes. The path \
        names the assistant, who must be the one of the token. The server's pings carry a cursor, and the pong that every \
        client library sends by itself is the receipt.
        """

    private static let text = """
        One assistance, for its client and for the assistant who has accepted it. The first frame says where it stands; then \
        come its changes, the positions of the other side and what is written, as they happen. Who comes back is told anew \
        where it stands.

        Who sends a frame is known from the token: user_id and sender are passed over. What one writes comes back, too.
        """
}

/// Each kind of frame with its examples.
enum SocketMessages {
    static let closeCodes = (SocketDescription.CloseCode.all + [.badMessages]).sorted { $0.code < $1.code }

    static let request = SocketDescription.Message(
        "new_assistance_request", from: .server, "An assistance near by that can be accepted.",
        .object([
            "type": word("new_assistance_request"), "assistance_id": .integer, "pickup_location": .spot,
            "client": side.nullable,
        ]),
        examples: [
            "type": "new_assistance_request", "assistance_id": 1, "pickup_location": .spotExample,
            "client": ["id": 1, "name": "Amine Client"],
        ])

    static let status = SocketDescription.Message(
        "status", from: .server,
        "Where the assistance stands; `assistant` is null while nobody has accepted it.",
        .object([
            "type": word("status"), "status": .string(oneOf: DepanniniWords.statuses), "assistant": side.nullable,
            "client": side.nullable,
        ]),
        examples: [
            "type": "status", "status": "accepted", "assistant": ["id": 2, "name": "Samir Assistant"],
            "client": ["id": 1, "name": "Amine Client"],
        ])

    static let location = SocketDescription.Message(
        "location", from: .server, "Where one of the two sides is; at most one a second.",
        .object(["type": word("location"), "lat": .latitude, "lng": .longitude, "user_id": .integer]),
        examples: locationExample)

    static let chat = SocketDescription.Message(
        "chat", from: .server, "Something that one of the two sides has written.",
        .object(["type": word("chat"), "message": .string, "sender": .string]),
        examples: AssistanceFrames.chat("I stand beside the blue gate", from: "Amine Client"))

    static let refusal = SocketDescription.Message(
        "error", from: .server, "Refused, as REST refuses.",
        .object(["type": word("error"), "detail": .string, "code": .string]),
        examples: ["type": "error", "detail": "There is nobody to write to yet.", "code": "CONFLICT"])

    static let pong = SocketDescription.Message(
        "pong", from: .server, "The answer to ping.", .object(["type": word("pong"), "timestamp": .dateTime]),
        examples: ["type": "pong", "timestamp": "2024-01-15T10:30:00.000Z"])

    static let sendLocation = SocketDescription.Message(
        "send_location", from: .client, "Where one is.",
        .object(
            ["type": word("location"), "lat": .latitude, "lng": .longitude, "user_id": .integer],
            optional: ["user_id"]),
        examples: locationExample)

    static let sendChat = SocketDescription.Message(
        "send_chat", from: .client, "A message to the other side, at most 4096 bytes.",
        .object(["type": word("chat"), "message": .text(max: ChatRules.bytes.upperBound)]),
        examples: ["type": "chat", "message": "I stand beside the blue gate"])

    static let ping = SocketDescription.Message(
        "ping", from: .client, "Answered with pong: a phone learns whether its socket is alive.",
        .object(["type": word("ping")]), examples: ["type": "ping"])

    private static let locationExample: JSON = ["type": "location", "lat": -1.2921, "lng": 36.8219, "user_id": 2]
    private static let side = Schema.object(["id": .integer, "name": .string])

    private static func word(_ word: String) -> Schema { .string(oneOf: [word]) }
}
