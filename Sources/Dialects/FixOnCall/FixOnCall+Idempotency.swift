import BSON
import Blueprint
import Roadside
import RoadsideWeb

extension FixOnCall {
    /// `Idempotency-Key` in this dialect: refusals in its envelope, and lost outcomes looked up among its services.
    static func idempotency(_ roadside: Roadside) -> Layer<WebContext> {
        IdempotencyLayer(roadside.idempotency, refuse: Problem.refuse, locate: outcome)
            .layer(problem: .reference(problemSchema))
    }

    /// The service that was opened, or the one that the command was about; a booking's name leads there, too.
    @Sendable private static func outcome(_ context: WebContext, job: ObjectID?) -> String? {
        let isAboutService = ["services", "bookings"].contains { context.routing.endpoint.hasPrefix("\(name).\($0).") }
        guard let id = job?.hex ?? (isAboutService ? context.routing.parameters["id"] : nil) else { return nil }
        return try? context.routing.url(for: "\(name).services.service", ["id": id])
    }
}
