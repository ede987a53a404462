import BSON
import Blueprint
import Hummingbird
import Roadside
import RoadsideRules
import RoadsideWeb

/// What staff have done, for admins.
struct AuditRoutes: Sendable {
    let log: AuditLog

    var blueprint: Blueprint<WebContext> {
        var blueprint = Blueprint<WebContext>("audit_log", prefix: "/admin/audit-log")
        blueprint.get("", name: "list", Self.list, handler: list)
        return blueprint
    }

    @Sendable private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = try AuditQuery(QueryFields(request))
        let page = try await log.page(query.filter, query.page, for: context.requireCaller())
        return Envelope.page("Audit log retrieved.", "entries", page) { AuditView($0).json }
    }
}

// What the documents say.
extension AuditRoutes {
    static let list = Operation.fixOnCall(
        "Admin", "What staff have done, newest first", for: .only([.admin]),
        description: """
            A line is written together with the change that it tells of, and never changed. `before` and `after` have the \
            fields that were changed, in canonical words; secrets are in none of them. `from` belongs to the span, `to` \
            does not; both are ISO 8601 with a zone.
            """,
        query: [
            .query("actor", .fileID, "the id of who did it"),
            .query("subject", .fileID, "the id of what it was done to"),
            .query("action", .string(oneOf: FixOnCallWords.actions)), .query("from", .dateTime),
            .query("to", .dateTime),
        ] + ServiceRoutes.paging(perPage: AuditQuery.perPage),
        message: "Audit log retrieved.",
        data: ["entries": [AuditView.example], "pagination": ServiceRoutes.pagination])
}
