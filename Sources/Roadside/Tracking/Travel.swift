import FoundationEssentials
import RoadsideRules

/// How long providers take to get somewhere.
struct Travel: Sendable {
    let dependencies: Dependencies

    /// The time of each way, in the order of the starts. Never fails: where nothing better answers, the built-in estimate
    /// does.
    func times(from starts: [GeoPoint], to end: GeoPoint, at departure: Date) async -> [TravelTime] {
        starts.map { TravelRules.time(metres: $0.distance(to: end)) }
    }
}
