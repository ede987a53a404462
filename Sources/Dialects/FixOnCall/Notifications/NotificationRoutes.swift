import BSON
import Blueprint
import Hummingbird
import Roadside
import RoadsideRules
import RoadsideWeb

/// D18–D21: the inbox as a list, and what admins write into it.
struct NotificationRoutes: Sendable {
    let inbox: Inbox
    let administration: Administration

    var blueprint: Blueprint<WebContext> {
        var notifications = Blueprint<WebContext>("notifications", prefix: "/notifications")
        notifications.post("/send", name: "send", Self.send, handler: send)
        notifications.get("/my-notifications", name: "mine", Self.mine, handler: mine)
        notifications.post("/mark-read/<id>", name: "mark_read", Self.markRead, handler: markRead)
        notifications.post("/mark-all-read", name: "mark_all_read", Self.markAllRead, handler: markAllRead)
        return notifications
    }

    @Sendable private func send(_ request: Request, _ context: WebContext) async throws -> Response {
        let caller = try context.requireCaller()
        let body = try SendBody(try await RequestJSON.fields(request))
        let row = try await administration.send(
            body.message, to: body.recipient, by: Actor(role: caller.role, userID: caller.userID), from: caller.origin)
        return Envelope.created(
            "Notification sent.", ["notification": NotificationView(row).json],
            at: try context.routing.url(for: ".mine"))
    }

    @Sendable private func mine(_ request: Request, _ context: WebContext) async throws -> Response {
        let caller = try context.requireCaller()
        let query = try NotificationQuery(QueryFields(request))
        let page = try await inbox.list(recipient: caller.userID, query.page)
        let unread = try await inbox.unreadCount(recipient: caller.userID)
        return Envelope.success(
            "Notifications retrieved.",
            [
                "notifications": .array(page.items.map { NotificationView($0).json }),
                "unread_count": .int(Int64(unread)), "pagination": .pagination(page),
            ])
    }

    @Sendable private func markRead(_ request: Request, _ context: WebContext) async throws -> Response {
        let caller = try context.requireCaller()
        // Rows of an inbox have no number, so only an id can name one.
        guard case .id(let id) = try context.reference(to: "Notification") else {
            throw RoadsideError.notFound("Notification")
        }
        try await inbox.markRead(id, recipient: caller.userID)
        return Envelope.success("Notification marked as read.", ["_id": JSON(id), "id": JSON(id), "is_read": true])
    }

    @Sendable private func markAllRead(_ request: Request, _ context: WebContext) async throws -> Response {
        let marked = try await inbox.markAllRead(recipient: context.requireCaller().userID)
        return Envelope.success("All notifications marked as read.", ["marked": .int(Int64(marked))])
    }
}

// What the documents say.
extension NotificationRoutes {
    private static let tag = "Notifications"

    static let send = Operation.fixOnCall(
        tag, "Write to one person", for: .only([.admin]),
        description: "The answer shows the notification as the recipient will list it.",
        body: .json(
            .object(
                [
                    "recipient_id": .reference, "title": Schema.text(max: 100).described("1 to 100 characters"),
                    "message": Schema.text(max: 2000).described("1 to 2000 characters"),
                    "type": Schema.string(pattern: "^[a-z][a-z0-9_.-]*$", length: 1...40).described(
                        "`general` by default"),
                ], optional: ["type"]),
            example: [
                "recipient_id": "65a50b2c9f1d4e0012345678", "title": "Road closed",
                "message": "Uhuru Highway is closed until noon.", "type": "general",
            ]),
        status: 201, message: "Notification sent.", data: ["notification": NotificationView.messageExample],
        refusals: [404, 429]
    ).leading(to: ".mark_read", by: "notification")

    static let mine = Operation.fixOnCall(
        tag, "One's own notifications, newest first", for: .signedIn, query: ServiceRoutes.paging(),
        message: "Notifications retrieved.",
        data: [
            "notifications": [NotificationView.example], "unread_count": 1, "pagination": ServiceRoutes.pagination,
        ])

    static let markRead = Operation.fixOnCall(
        tag, "Mark one as read", for: .signedIn, message: "Notification marked as read.",
        data: ["_id": "65a50b2c9f1d4e0012345690", "id": "65a50b2c9f1d4e0012345690", "is_read": true], refusals: [404])

    static let markAllRead = Operation.fixOnCall(
        tag, "Mark all as read", for: .signedIn, message: "All notifications marked as read.", data: ["marked": 3])
}
