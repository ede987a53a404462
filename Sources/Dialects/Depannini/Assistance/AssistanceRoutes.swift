import BSON
import Blueprint
import Hummingbird
import Roadside
import RoadsideRules
import RoadsideWeb

/// B18–B23: an assistance from the call for help to its end, and B31's rating of it.
struct AssistanceRoutes: Sendable {
    let jobs: Jobs
    let payments: Payments
    let reviews: Reviews
    let catalog: Catalog

    init(_ roadside: Roadside) {
        jobs = roadside.jobs
        payments = roadside.payments
        reviews = roadside.reviews
        catalog = roadside.catalog
    }

    var blueprint: Blueprint<WebContext> {
        var routes = Blueprint<WebContext>("assistance", prefix: "/assistance")
        routes.post("/request/", name: "request", Self.request, handler: request)
        routes.get("/view/", name: "list", Self.list, handler: list)
        routes.get("/view/<id>/", name: "assistance", Self.one, handler: one)
        routes.patch("/accept/<id>/", name: "accept", Self.accept, handler: accept)
        routes.patch("/update/<id>/", name: "update", Self.update, handler: update)
        routes.post("/rate/<id>/", name: "rate", Self.rate, handler: rate)
        return routes
    }

    @Sendable private func request(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try AssistanceBody(try await RequestJSON.fields(request), catalog: catalog)
        let opened = try await jobs.open(body.request, by: context.requireCaller())
        let url = try context.routing.url(for: ".assistance", ["id": opened.job.number])
        return JSONResponse(
            [
                "assistance": AssistanceView(opened.job, catalog: catalog).json,
                "nearby_assistants": AssistanceView.nearby(opened.nearby),
            ], status: .created, headers: [.location: url]
        ).response
    }

    @Sendable private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = try ListQuery(QueryFields(request))
        let jobs = try await jobs.listed(for: context.requireCaller(), query.page)
        let stars = try await reviews.stars(of: jobs)
        return JSONResponse(.array(jobs.map { AssistanceView($0, stars: stars[$0.id], catalog: catalog).json }))
            .response
    }

    @Sendable private func one(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "Assistance")
        return try await answer(try await jobs.job(reference, for: context.requireCaller()))
    }

    @Sendable private func accept(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "Assistance")
        return try await answer(try await jobs.accept(reference, by: context.requireCaller()))
    }

    @Sendable private func update(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "Assistance")
        let body = try UpdateBody(try await RequestJSON.fields(request))
        let caller = try context.requireCaller()
        switch body.command {
        case .advance(let status):
            return try await answer(try await advance(reference, to: status, body, by: caller), .accepted)
        case .withdraw:
            let job = try await jobs.withdraw(reference, by: caller)
            // For who has withdrawn it is over, even where it is searched for anew.
            return try await answer(job, .accepted, as: DepanniniWords.canceled)
        }
    }

    /// The walk ends at the pickup where cash is due before the work (K24). Who has it says so, and goes on.
    private func advance(
        _ reference: Reference, to status: JobStatus, _ body: UpdateBody, by caller: Caller
    ) async throws(RoadsideError) -> Job {
        do throws(RoadsideError) {
            return try await jobs.advance(reference, to: status, otp: body.otp, by: caller)
        } catch  where error.code == .paymentRequired && body.hasCash {
            try await payments.collectCash(reference, by: caller)
            return try await jobs.advance(reference, to: status, otp: body.otp, by: caller)
        }
    }

    @Sendable private func rate(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "Assistance")
        let body = try RateBody(try await RequestJSON.fields(request))
        let caller = try context.requireCaller()
        _ = try await reviews.review(reference, stars: body.rating, comment: body.comment, by: caller)
        return try await answer(try await jobs.job(reference, for: caller), .created)
    }

    private func answer(_ job: Job, _ status: HTTPResponse.Status = .ok, as word: String? = nil) async throws
        -> Response
    {
        let stars = try await reviews.stars(of: [job])[job.id]
        return JSONResponse(
            AssistanceView(job, stars: stars, status: word, catalog: catalog).json, status: status
        ).response
    }
}
