import RoadsideRules

/// What a provider near by is looked for.
public enum ProviderNeed: Sendable, Hashable {
    /// Bringing fuel: of this code, or of any kind.
    case fuel(String?)
    /// Towing a vehicle of this code, or a light one.
    case towing(String?)
}

extension ProviderNeed {
    /// A code that the reference data does not have.
    struct Unknown: Error {
        let issue: FieldIssue

        init(_ field: String, _ known: [String]) {
            issue = FieldIssue(name: field, message: "Must be one of \(known.joined(separator: ", ")).")
        }
    }

    /// - Throws: `NOT_FOUND` in an installation that offers nothing of the kind.
    func capability(in reference: ReferenceData) throws(RoadsideError) -> Result<String, Unknown> {
        switch self {
        case .fuel(let code?):
            guard let fuel = reference.fuel(code) else {
                return .failure(Unknown("fuel", reference.fuels.map(\.code)))
            }
            return .success(fuel.capability)
        case .towing(let code?):
            guard let vehicle = reference.vehicleType(code), let truck = reference.towClass(for: vehicle) else {
                return .failure(Unknown("vehicle_type", reference.vehicleTypes.map(\.code)))
            }
            return .success(truck.capability)
        case .fuel(nil): return .success(try Self.capability(of: .fuel, in: reference))
        case .towing(nil): return .success(try Self.capability(of: .towing, in: reference))
        }
    }

    private static func capability(
        of family: ServiceType.Family, in reference: ReferenceData
    ) throws(RoadsideError) -> String {
        guard let type = reference.type(of: family) else { throw .notFound("This service") }
        return type.capability
    }
}
