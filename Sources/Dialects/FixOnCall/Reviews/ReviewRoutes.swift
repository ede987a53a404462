import BSON
import Blueprint
import Hummingbird
import Roadside
import RoadsideRules
import RoadsideWeb

/// F8: reviews, below the services and the mechanics they are about.
struct ReviewRoutes: Sendable {
    let reviews: Reviews

    func recordOfService(in services: inout Blueprint<WebContext>) {
        services.post("/<id>/review", name: "review", Self.review, handler: review)
        services.get("/<id>/reviews", name: "reviews", Self.ofService, handler: ofService)
    }

    func recordOfMechanic(in mechanics: inout Blueprint<WebContext>) {
        mechanics.get("/<id>/reviews", name: "reviews", Self.ofMechanic, handler: ofMechanic)
    }

    @Sendable private func review(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "Service")
        let body = try ReviewBody(try await RequestJSON.fields(request))
        let review = try await reviews.review(
            reference, stars: body.rating, comment: body.comment, by: context.requireCaller())
        return Envelope.created(
            "Review written.", ["review": ReviewView.json(review)],
            at: try context.routing.url(for: ".reviews", ["id": review.jobID]))
    }

    @Sendable private func ofService(_ request: Request, _ context: WebContext) async throws -> Response {
        let found = try await reviews.reviews(of: context.reference(to: "Service"), for: context.requireCaller())
        return Envelope.success("Reviews retrieved.", ["reviews": .array(found.map(ReviewView.json))])
    }

    @Sendable private func ofMechanic(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = try ScrollQuery(QueryFields(request))
        let page = try await reviews.reviews(ofProvider: context.reference(to: "Mechanic"), query.page)
        return Envelope.page("Reviews retrieved.", "reviews", page, ReviewView.publicJSON)
    }
}

// What the documents say.
extension ReviewRoutes {
    private static let tag = "Reviews"

    static let review = {
        var operation = reviewing
        operation.links = [Operation.Link(to: ".reviews", ["id": .path("id")])]
        return operation
    }()

    private static let reviewing = Operation.fixOnCall(
        tag, "Review the other side of a service", for: .only([.customer, .provider]),
        description:
            "Once a side, when it is completed and within seven days. A driver's stars make the mechanic's `rating`.",
        body: .json(
            .object(
                ["rating": .integer(in: 1...5), "comment": .optionalText(max: ReviewRules.commentLimit)],
                optional: ["comment"]),
            example: ["rating": 5, "comment": "Quick and friendly"]),
        status: 201, message: "Review written.", data: ["review": ReviewView.example], refusals: [404, 409])

    static let ofService = Operation.fixOnCall(
        tag, "What the sides of a service say of each other", for: .only([.customer, .provider, .dispatcher, .admin]),
        message: "Reviews retrieved.", data: ["reviews": [ReviewView.example]], refusals: [404])

    static let ofMechanic = Operation.fixOnCall(
        tag, "What drivers say of a mechanic, newest first", for: .signedIn, query: ServiceRoutes.scrolling,
        message: "Reviews retrieved.",
        data: ["reviews": [ReviewView.publicExample], "pagination": ServiceRoutes.pagination], refusals: [404])
}
