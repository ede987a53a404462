import BSON
import Blueprint
import Hummingbird
import Roadside
import RoadsideRules
import RoadsideWeb

/// F1 and F4: tow trucks, and what they cost.
struct TowingRoutes: Sendable {
    let catalog: Catalog
    let search: MechanicSearch
    let desk: ServiceDesk

    init(_ roadside: Roadside) {
        catalog = roadside.catalog
        search = MechanicSearch(tracking: roadside.tracking, filter: .vehicle)
        desk = ServiceDesk(roadside)
    }

    var blueprint: Blueprint<WebContext> {
        var towing = Blueprint<WebContext>("towing", prefix: "/towing")
        towing.get("/nearby", name: "nearby", Self.nearby, handler: search.answer)
        towing.post("/quote", name: "quote", Self.quote, handler: quote)
        towing.post("/request", name: "request", Self.request, handler: request)
        return towing
    }

    @Sendable private func quote(_ request: Request, _ context: WebContext) async throws -> Response {
        try await desk.quote(request, .towing(catalog.code(of: .towing)), context)
    }

    @Sendable private func request(_ request: Request, _ context: WebContext) async throws -> Response {
        try await desk.open(request, .towing(catalog.code(of: .towing)), context)
    }
}
