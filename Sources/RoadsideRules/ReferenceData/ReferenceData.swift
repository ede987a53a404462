/// What every installation needs to know before the first request: what can be asked for, whom it takes, and what it
/// costs (README decision 29). One consistent set of versions, read off `Config/reference`.
public struct ReferenceData: Sendable, Hashable {
    /// The version of each file that a set was made of.
    public struct Versions: Sendable, Hashable {
        private let all: [ReferenceFile: Int64]

        /// A file that is not named counts as version 0.
        public init(_ all: [ReferenceFile: Int64] = [:]) { self.all = all }

        public subscript(file: ReferenceFile) -> Int64 { all[file] ?? 0 }

        /// `1.3.1.2`: every file's version in the order of ``ReferenceFile``. What a price says it was made with.
        public var text: String { ReferenceFile.allCases.map { "\(self[$0])" }.joined(separator: ".") }

        /// Grows with every installation, because no file's version ever falls.
        public var revision: Int64 { ReferenceFile.allCases.reduce(0) { $0 + self[$1] } }
    }

    public let versions: Versions
    /// In the order in which they are shown.
    public let types: [ServiceType]
    public let fuels: [Fuel]
    /// The lightest first.
    public let towClasses: [TowClass]
    public let vehicleTypes: [VehicleType]
    public let equipment: [Equipment]
    public let zones: [Zone]
    /// The first that fits a job is its plan.
    public let plans: [PlanRule]
    /// By which providers are ranked.
    public let weights: RankWeights
    public let pricing: PricingRules
    public let capabilities: Capabilities

    public init(
        versions: Versions, types: [ServiceType], generalSkills: [String], fuels: [Fuel], towClasses: [TowClass],
        vehicleTypes: [VehicleType], equipment: [Equipment], zones: [Zone], pricing: PricingRules,
        plans: [PlanRule] = [], weights: RankWeights = .standard
    ) {
        self.versions = versions
        self.types = types
        self.fuels = fuels
        self.towClasses = towClasses.sorted { $0.greatestMassKg < $1.greatestMassKg }
        self.vehicleTypes = vehicleTypes
        self.equipment = equipment
        self.zones = zones
        self.plans = plans
        self.weights = weights
        self.pricing = pricing
        capabilities = Capabilities(types: types, generalSkills: generalSkills, classes: towClasses, fuels: fuels)
    }

    /// Before anything is installed: nothing can be asked for.
    public static let empty = ReferenceData(
        versions: Versions(), types: [], generalSkills: [], fuels: [], towClasses: [], vehicleTypes: [], equipment: [],
        zones: [], pricing: .nothing())

    /// The type of this code, in any spelling of case, spaces and hyphens: `Fuel Delivery` is `fuel_delivery`.
    public func type(_ code: String) -> ServiceType? {
        let code = Capabilities.normalized(code)
        return types.first { $0.code == code }
    }

    /// The first type of a family: what the family's own requests mean when they name none.
    public func type(of family: ServiceType.Family) -> ServiceType? { types.first { $0.family == family } }

    public func fuel(_ code: String) -> Fuel? {
        let code = Capabilities.normalized(code)
        return fuels.first { $0.code == code }
    }

    public func vehicleType(_ code: String) -> VehicleType? {
        let code = Capabilities.normalized(code)
        return vehicleTypes.first { $0.code == code }
    }

    public func towClass(_ code: String) -> TowClass? {
        let code = Capabilities.normalized(code)
        return towClasses.first { $0.code == code }
    }

    /// Codes of all equipment that a job may ask for, in the order of the file.
    public var equipmentCodes: [String] { equipment.flatMap { [$0.code] + $0.alternatives } }

    /// Classes of licences that some truck takes.
    public var licenceClasses: [String] { Set(towClasses.flatMap(\.licenceClasses)).sorted() }

    /// The least truck that takes this kind of vehicle and, when it is known, its mass; nil when none does.
    public func towClass(for vehicle: VehicleType, massKg: Int64? = nil) -> TowClass? {
        guard let least = towClasses.firstIndex(where: { $0.code == vehicle.towClass }) else { return nil }
        return towClasses[least...].first { massKg ?? 0 <= $0.greatestMassKg }
    }
}
