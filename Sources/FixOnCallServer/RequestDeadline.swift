import Hummingbird
import Mongo
import RoadsideWeb

/// Gives each request one deadline that everything below it counts against (setting `http.requestSeconds`).
struct RequestDeadline<Next: HTTPResponder>: HTTPResponder where Next.Context == WebContext {
    let next: Next
    let limit: Duration

    func respond(to request: Request, context: WebContext) async throws -> Response {
        try await Deadline.$scoped.withValue(.after(limit)) {
            try await next.respond(to: request, context: context)
        }
    }
}
