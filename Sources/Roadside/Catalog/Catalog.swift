import BSON
import FoundationEssentials
import Mongo
public import RoadsideRules

/// What can be asked for and what it costs, as installed in the database (README decision 29).
///
/// Requests read a snapshot in memory; ``follow()`` exchanges it when newer data has been installed.
public struct Catalog: Sendable {
    let dependencies: Dependencies
    var store: Store { dependencies.store }

    init(_ dependencies: Dependencies) {
        self.dependencies = dependencies
    }

    /// The snapshot: one consistent set of versions.
    public var current: ReferenceData { dependencies.reference.current }

    /// In the order in which they are shown.
    public func serviceTypes() -> [ServiceType] { current.types }

    /// The type of this code, in any spelling of case, spaces and hyphens.
    public subscript(code: String) -> ServiceType? { current.type(code) }

    /// The code of the type that a family's own requests mean.
    ///
    /// - Throws: `NOT_FOUND` in an installation that offers nothing of the kind.
    public func code(of family: ServiceType.Family) throws(RoadsideError) -> String {
        guard let type = current.type(of: family) else { throw .notFound("This service") }
        return type.code
    }

    /// What speaks against the parts of a request, some of which may be missing: so that a body can be told all its
    /// faults at once. Opening and quoting ask again.
    public func issues(
        serviceType: String, requirements: JobRequirements, location: GeoPoint?, destination: GeoPoint?
    ) -> [FieldIssue] {
        judged(serviceType, requirements, from: location, to: destination).issues
    }

    /// The terms, and every reason against them.
    func judged(_ request: JobRequest) -> (terms: JobTerms?, issues: [FieldIssue]) {
        judged(request.serviceType, request.requirements, from: request.location, to: request.destination?.point)
    }

    private func judged(
        _ serviceType: String, _ requirements: JobRequirements, from location: GeoPoint?, to destination: GeoPoint?
    ) -> (terms: JobTerms?, issues: [FieldIssue]) {
        var places: [FieldIssue] = []
        if let location, let destination { places = Self.issues(with: destination, from: location) }
        do {
            return (try current.terms(for: serviceType, requirements), places)
        } catch {
            return (nil, error.fields + places)
        }
    }

    private static func issues(with destination: GeoPoint, from location: GeoPoint) -> [FieldIssue] {
        let metres = location.distance(to: destination)
        if metres < nearestDestination {
            return [FieldIssue(name: "destination.point", message: "Is where the vehicle stands already.")]
        }
        if metres > farthestDestination {
            let limit = Int(farthestDestination / 1000)
            return [FieldIssue(name: "destination.point", message: "At most \(limit) kilometres away.")]
        }
        return []
    }

    /// Metres. Two points nearer than this are one: a tow between them is a mistake of the client.
    private static let nearestDestination = 1.0
    /// Metres. Kenya is 900 km long: what is farther away is a slip in the coordinates, and nobody's truck goes there.
    private static let farthestDestination = 1_000_000.0
}

extension TermsRefusal {
    fileprivate var fields: [FieldIssue] { issues.map { FieldIssue(name: $0.field, message: $0.message) } }
}
