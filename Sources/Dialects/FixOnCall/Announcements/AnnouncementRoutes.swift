import BSON
import Blueprint
import Hummingbird
import Roadside
import RoadsideRules
import RoadsideWeb

/// Messages to many, by template, and how far they have come.
struct AnnouncementRoutes: Sendable {
    let announcements: Announcements

    var blueprint: Blueprint<WebContext> {
        var blueprint = Blueprint<WebContext>("announcements", prefix: "/admin/notifications")
        blueprint.post("", name: "start", Self.start, handler: start)
        blueprint.get("", name: "list", Self.list, handler: list)
        blueprint.get("/templates", name: "templates", Self.templates, handler: templates)
        blueprint.get("/<id>", name: "announcement", Self.one, handler: one)
        return blueprint
    }

    @Sendable private func start(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try AnnouncementBody(try await RequestJSON.fields(request))
        let announcement = try await announcements.start(body.draft, by: context.requireCaller())
        return Envelope.success(
            "Notification on its way.", ["notification": AnnouncementView(announcement).json], status: .accepted,
            headers: [.location: try context.routing.url(for: ".announcement", ["id": announcement.id.hex])])
    }

    @Sendable private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        var query = QueryFields(request)
        let slice = query.page(perPage: Self.perPage)
        try query.finish()
        let page = try await announcements.all(slice, for: context.requireCaller())
        return Envelope.page("Notifications retrieved.", "notifications", page) { AnnouncementView($0).json }
    }

    @Sendable private func templates(_ request: Request, _ context: WebContext) async throws -> Response {
        Envelope.success(
            "Templates retrieved.", ["templates": .array(MessageTemplate.all.map(AnnouncementView.template))])
    }

    @Sendable private func one(_ request: Request, _ context: WebContext) async throws -> Response {
        // Announcements have no number.
        guard case .id(let id) = try context.reference(to: "Notification") else {
            throw RoadsideError.notFound("Notification")
        }
        let announcement = try await announcements.announcement(id, for: context.requireCaller())
        return Envelope.success("Notification retrieved.", ["notification": AnnouncementView(announcement).json])
    }
}

// What the documents say.
extension AnnouncementRoutes {
    static let perPage = 20
    private static let admins = Access.only([.admin])

    static let start = Operation.fixOnCall(
        "Admin", "Notify many", for: admins,
        description: """
            The answer comes at once; whoever is to be told finds a notification a little later, everybody one. `audience` \
            has one of `user_type` (`all` for everybody), `ids` (up to a thousand) and `area`: mechanics whose last known \
            position is so near. The same body under the same `key` is the same notification, for ever; another one is 409.
            """,
        body: .json(
            AnnouncementBody.schema,
            example: [
                "key": "uhuru-closed-2024-01-15", "template": "road_closed",
                "parameters": ["road": "Uhuru Highway", "day": "2024-01-15", "until": "18:30"],
                "audience": ["user_type": "mechanic"],
            ]),
        status: 202, message: "Notification on its way.", data: ["notification": AnnouncementView.example],
        refusals: [409, 429]
    ).leading(to: ".announcement", by: "notification")

    static let list = Operation.fixOnCall(
        "Admin", "Notifications to many, newest first", for: admins,
        query: ServiceRoutes.paging(perPage: perPage), message: "Notifications retrieved.",
        data: ["notifications": [AnnouncementView.finishedExample], "pagination": ServiceRoutes.pagination])

    static let templates = Operation.fixOnCall(
        "Admin", "What can be told to many", for: admins, message: "Templates retrieved.",
        data: ["templates": [AnnouncementView.templateExample]])

    static let one = Operation.fixOnCall(
        "Admin", "How far a notification to many has come", for: admins,
        description: "`recipients` were to be told when it began; `told` have been.",
        message: "Notification retrieved.", data: ["notification": AnnouncementView.finishedExample], refusals: [404])
}
