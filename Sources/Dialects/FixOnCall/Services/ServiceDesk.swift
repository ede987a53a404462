import BSON
import Blueprint
import Hummingbird
import Roadside
import RoadsideWeb

/// Where calls for help come in, under whichever address: D5's, F3's and F4's.
struct ServiceDesk: Sendable {
    let jobs: Jobs
    let catalog: Catalog

    init(_ roadside: Roadside) {
        jobs = roadside.jobs
        catalog = roadside.catalog
    }

    /// Opens the service: 201 with the mechanics near by.
    func open(_ request: Request, _ kind: RequestBody.Kind, _ context: WebContext) async throws -> Response {
        let body = try RequestBody(try await RequestJSON.fields(request), kind, catalog: catalog)
        let opened = try await jobs.open(body.request, by: context.requireCaller())
        return Envelope.created(
            "Service requested.",
            [
                "service": ServiceView(opened.job).json,
                "nearby_mechanics": NearbyMechanicView.list(opened.nearby),
            ],
            at: try context.routing.url(for: "\(FixOnCall.name).services.service", ["id": opened.job.id]),
            headers: .version(of: opened.job))
    }

    /// Says what it would cost, and opens nothing.
    func quote(_ request: Request, _ kind: RequestBody.Kind, _ context: WebContext) async throws -> Response {
        let body = try RequestBody(try await RequestJSON.fields(request), kind, isQuote: true, catalog: catalog)
        let quote = try await jobs.quote(body.request, by: context.requireCaller())
        return Envelope.success("Quote calculated.", ["quote": QuoteView(quote).json])
    }
}
