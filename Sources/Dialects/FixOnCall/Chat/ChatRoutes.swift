import BSON
import Blueprint
import Hummingbird
import Roadside
import RoadsideRules
import RoadsideWeb

/// F8: what the two sides of a service write to each other, below the service.
struct ChatRoutes: Sendable {
    let chat: Chat

    func record(in services: inout Blueprint<WebContext>) {
        services.get("/<id>/messages", name: "messages", Self.list, handler: list)
        services.post("/<id>/messages", name: "send_message", Self.send, handler: send)
        services.post("/<id>/messages/read", name: "read_messages", Self.read, handler: read)
    }

    @Sendable private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "Service")
        let query = try ScrollQuery(QueryFields(request))
        let conversation = try await chat.messages(of: reference, query.page, for: context.requireCaller())
        return Envelope.success(
            "Messages retrieved.",
            [
                "messages": .array(conversation.messages.items.map(MessageView.json)),
                "read": MessageView.read(conversation.read), "pagination": .pagination(conversation.messages),
            ])
    }

    @Sendable private func send(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "Service")
        let body = try MessageBody(try await RequestJSON.fields(request))
        let message = try await chat.send(body.text, about: reference, by: context.requireCaller())
        return Envelope.created(
            "Message sent.", ["message": MessageView.json(message)],
            at: try context.routing.url(for: ".messages", ["id": message.jobID]))
    }

    @Sendable private func read(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "Service")
        let body = try ReadBody(try await RequestJSON.fields(request))
        let read = try await chat.markRead(upTo: body.seq, of: reference, by: context.requireCaller())
        return Envelope.success("Messages read.", ["read": MessageView.read(read)])
    }

    /// The socket's `send` of kind ``kind``; nothing comes of it in the sender's own inbox.
    func send(_ command: SocketCommand, _ caller: Caller) async throws(RoadsideError) -> Int64? {
        let frame = try ChatFrame(Fields(command.data))
        _ = try await chat.send(frame.text, about: frame.service, by: caller)
        return nil
    }

    static let kind = "chat"
    static let commandExample: JSON = [
        "service_id": "65a50b2c9f1d4e0012345680", "text": "I stand beside the blue gate",
    ]
}

// What the documents say.
extension ChatRoutes {
    private static let tag = "Chat"
    private static let sides = Access.only([.customer, .provider])

    static let list = Operation.fixOnCall(
        tag, "What the sides of a service have written, oldest first", for: sides,
        description: """
            `seq` counts from 1 without gaps; new messages come last. `read` is how far each side says to have read. A \
            mechanic reads what was written while the service was his. Staff do not read it.
            """,
        query: ServiceRoutes.scrolling, message: "Messages retrieved.",
        data: [
            "messages": [MessageView.example], "read": MessageView.readExample, "pagination": ServiceRoutes.pagination,
        ], refusals: [404])

    static let send = {
        var operation = sending
        operation.links = [".messages", ".read_messages"].map { Operation.Link(to: $0, ["id": .path("id")]) }
        return operation
    }()

    private static let sending = Operation.fixOnCall(
        tag, "Write to the other side of a service", for: sides,
        description: "From acceptance until an hour after the end; at most 4096 bytes. It arrives as `chat.message`.",
        body: .json(
            .object(["text": .text(max: ChatRules.bytes.upperBound)]), example: ["text": "I stand beside the blue gate"]
        ),
        status: 201, message: "Message sent.", data: ["message": MessageView.example], refusals: [404, 409, 429])

    static let read = Operation.fixOnCall(
        tag, "Say how far one has read", for: sides,
        body: .json(.object(["seq": .integer(in: 1...Int64.max)]), example: ["seq": 1]),
        message: "Messages read.", data: ["read": MessageView.readExample], refusals: [404])
}
