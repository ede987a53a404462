import BSON
import Blueprint
import Hummingbird
import Roadside
import RoadsideWeb

/// The search under its addresses: D6's, and F1's three.
struct MechanicSearch: Sendable {
    /// Its parameter beside place and radius.
    enum Filter: String, Sendable {
        case specialization
        case fuel = "fuel_type"
        case vehicle = "vehicle_type"

        fileprivate func need(_ word: String?) -> ProviderNeed? {
            switch self {
            case .specialization: nil
            case .fuel: .fuel(word)
            case .vehicle: .towing(word)
            }
        }
    }

    let tracking: Tracking
    var filter = Filter.specialization

    @Sendable func answer(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = try NearbyQuery(QueryFields(request), filter: filter.rawValue)
        let found = try await tracking.nearby(
            query.center, radiusKm: query.radiusKm, limit: query.limit,
            specialization: filter == .specialization ? query.filter : nil, needing: filter.need(query.filter),
            for: context.requireCaller(), from: Visitor(request, context))
        return Envelope.success(
            "Mechanics retrieved.",
            ["mechanics": NearbyMechanicView.list(found), "count": .int(Int64(found.count))])
    }

    static func operation(_ tag: String, _ summary: String, by filter: Filter = .specialization) -> Operation {
        .fixOnCall(
            tag, summary, for: .signedIn,
            description: "Nearest first, within the radius and within each mechanic's own.",
            query: [
                .query("latitude", .latitude, required: true), .query("longitude", .longitude, required: true),
                .query("radius_km", .number(in: 0.1...100), "10 by default; `radius` is understood, too"),
                .query("limit", .integer(in: 1...100), "20 by default"),
                .query(filter.rawValue, .queryText(max: 60)),
            ],
            message: "Mechanics retrieved.", data: ["mechanics": [NearbyMechanicView.example], "count": 1])
    }
}
