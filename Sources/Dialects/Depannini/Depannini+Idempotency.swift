import BSON
import Blueprint
import Roadside
import RoadsideWeb

extension Depannini {
    /// `Idempotency-Key` in this dialect: refusals in its own shape, and lost outcomes looked up among its assistances.
    static func idempotency(_ roadside: Roadside) -> Layer<WebContext> {
        IdempotencyLayer(roadside.idempotency, refuse: Complaint.refuse, locate: outcome)
            .layer(problem: .reference(complaintSchema))
    }

    @Sendable private static func outcome(_ context: WebContext, job: ObjectID?) -> String? {
        let isAboutOne = context.routing.endpoint.hasPrefix("\(name).assistance.")
        guard let id = job?.hex ?? (isAboutOne ? context.routing.parameters["id"] : nil) else { return nil }
        return try? context.routing.url(for: "\(name).assistance.assistance", ["id": id])
    }
}
