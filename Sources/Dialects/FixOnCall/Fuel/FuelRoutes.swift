import BSON
import Blueprint
import Hummingbird
import Roadside
import RoadsideRules
import RoadsideWeb

/// F1 and F3: fuel, its prices, and who brings it.
struct FuelRoutes: Sendable {
    let catalog: Catalog
    let search: MechanicSearch
    let desk: ServiceDesk

    init(_ roadside: Roadside) {
        catalog = roadside.catalog
        search = MechanicSearch(tracking: roadside.tracking, filter: .fuel)
        desk = ServiceDesk(roadside)
    }

    var blueprint: Blueprint<WebContext> {
        var fuel = Blueprint<WebContext>("fuel", prefix: "/fuel")
        fuel.get("/prices", name: "prices", Self.prices, handler: prices)
        fuel.get("/nearby", name: "nearby", Self.nearby, handler: search.answer)
        fuel.post("/quote", name: "quote", Self.quote, handler: quote)
        fuel.post("/request", name: "request", Self.request, handler: request)
        return fuel
    }

    @Sendable private func prices(_ request: Request, _ context: WebContext) async throws -> Response {
        Envelope.success("Fuel prices retrieved.", FuelPricesView(catalog.current).json)
    }

    @Sendable private func quote(_ request: Request, _ context: WebContext) async throws -> Response {
        try await desk.quote(request, .fuel(catalog.code(of: .fuel)), context)
    }

    @Sendable private func request(_ request: Request, _ context: WebContext) async throws -> Response {
        try await desk.open(request, .fuel(catalog.code(of: .fuel)), context)
    }
}
