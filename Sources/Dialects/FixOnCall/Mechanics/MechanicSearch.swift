import BSON
import Blueprint
import Hummingbird
import Roadside
import RoadsideWeb

/// The search under its two addresses: D6's and F1's.
struct MechanicSearch: Sendable {
    let tracking: Tracking

    @Sendable func answer(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = try NearbyQuery(QueryFields(request))
        let found = try await tracking.nearby(
            query.center, radiusKm: query.radiusKm, limit: query.limit, specialization: query.specialization)
        return Envelope.success(
            "Mechanics retrieved.",
            ["mechanics": .array(found.map(NearbyMechanicView.json)), "count": .int(Int64(found.count))])
    }

    static func operation(_ tag: String, _ summary: String) -> Operation {
        .fixOnCall(
            tag, summary, for: .signedIn,
            description: "Nearest first, within the radius and within each mechanic's own.",
            query: [
                .query("latitude", .latitude, required: true), .query("longitude", .longitude, required: true),
                .query("radius_km", .number(in: 0.1...100), "10 by default; `radius` is understood, too"),
                .query("limit", .integer(in: 1...100), "20 by default"), .query("specialization"),
            ],
            message: "Mechanics retrieved.", data: ["mechanics": [NearbyMechanicView.example], "count": 1])
    }
}
