public import RoadsideRules

/// What can be asked for.
public struct Catalog: Sendable {
    private let types: ServiceTypes

    init(_ types: ServiceTypes = .standard) {
        self.types = types
    }

    /// In the order in which they are shown.
    public func serviceTypes() -> [ServiceType] { types.all }

    /// The type of this code, in any spelling of case, spaces and hyphens.
    public subscript(code: String) -> ServiceType? { types[code] }
}
