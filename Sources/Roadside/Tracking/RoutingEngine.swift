public import RoadsideRules

/// Somebody who knows the roads.
public protocol RoutingEngine: Sendable {
    /// Seconds to drive from each start to the end without traffic, in the order of the starts; nil where no road leads.
    ///
    /// - Throws: when there is no answer in time, or none that can be read. Travel times are estimated then.
    func seconds(from starts: [GeoPoint], to end: GeoPoint) async throws -> [Double?]
}
