import BSON
import Blueprint
import Hummingbird
import Roadside
import RoadsideRules
import RoadsideWeb

/// B17: assistants who could come, for anybody who is signed in; all of them, for staff (K43).
struct AssistantRoutes: Sendable {
    let accounts: Accounts
    let tracking: Tracking
    let catalog: Catalog

    init(_ roadside: Roadside) {
        accounts = roadside.accounts
        tracking = roadside.tracking
        catalog = roadside.catalog
    }

    var blueprint: Blueprint<WebContext> {
        var assistants = Blueprint<WebContext>("assistants", prefix: "/assistants")
        assistants.get("/", name: "list", Self.list, handler: list)
        return assistants
    }

    @Sendable private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = try AssistantsQuery(QueryFields(request))
        let caller = try context.requireCaller()
        let found =
            query.wantsAll
            ? try await tracking.everyProvider(query.page, for: caller)
            : try await tracking.available(
                around: place(query, caller), limit: query.page.perPage, for: caller, from: Visitor(request, context))
        return JSONResponse(.array(found.map { AssistantCardView.json($0, catalog) })).response
    }

    /// The place that was named, or else the caller's own.
    private func place(_ query: AssistantsQuery, _ caller: Caller) async throws -> GeoPoint? {
        if let point = query.point { return point }
        let account = try await accounts.account(caller.userID)
        return account.provider?.location ?? account.position
    }

    static let list = Operation.depannini(
        ProfileRoutes.tag, "Assistants who could come", for: .signedIn,
        description: """
            Nearest first, from `lat` and `lng` or else from where one was last; in no order when neither is known. Positions \
            are rounded, and nobody is shown a phone number. `all=true` lists everybody, for staff.
            """,
        query: [
            .query("lat", .latitude), .query("lng", .longitude),
            .query("all", .string(oneOf: ["true", "false"]), "false by default"),
            .query("page", .integer(in: 1...10_000), "from 1, of `all`"),
            .query("per_page", .integer(in: 1...100), "100 by default"),
        ],
        answer: "Assistants", [AssistantCardView.example])
}
