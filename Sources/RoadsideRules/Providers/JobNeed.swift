/// What a job asks of whoever takes it.
public struct JobNeed: Sendable, Hashable {
    public var capability: String
    public var requirements: JobRequirements
    /// What has to be towed, and what that takes; nil for a job without a tow.
    public var tow: TowDemand?
    /// Minutes of duty in ``DutyRules/window`` that the installation allows.
    public var dutyLimit: Int
    /// Kinds of papers that the installation asks for.
    public var papers: Set<PaperKind>

    public init(
        capability: String, requirements: JobRequirements = JobRequirements(), tow: TowDemand? = nil,
        dutyLimit: Int = DutyRules.usualLimit, papers: Set<PaperKind> = []
    ) {
        self.capability = capability
        self.requirements = requirements
        self.tow = tow
        self.dutyLimit = dutyLimit
        self.papers = papers
    }
}

/// What a tow takes besides the skill.
public struct TowDemand: Sendable, Hashable {
    /// Codes of the classes of trucks that will do.
    public var towClasses: Set<String>
    /// Classes of licences, one of which he needs; empty when none is asked for.
    public var licenceClasses: Set<String>
    /// Of the vehicle as it stands, in kilograms; nil when the customer did not know.
    public var massKg: Int64?
    /// Codes of equipment: of each set one piece.
    public var equipment: [Set<String>]

    public init(
        towClasses: Set<String>, licenceClasses: Set<String> = [], massKg: Int64? = nil, equipment: [Set<String>] = []
    ) {
        self.towClasses = towClasses
        self.licenceClasses = licenceClasses
        self.massKg = massKg
        self.equipment = equipment
    }
}

extension ReferenceData {
    /// What a job of this capability with these requirements takes.
    ///
    /// - Parameters:
    ///   - dutyLimit: minutes, as in ``JobNeed``.
    ///   - papers: as in ``JobNeed``.
    public func need(
        _ capability: String, _ requirements: JobRequirements, dutyLimit: Int, papers: Set<PaperKind> = []
    ) -> JobNeed {
        JobNeed(
            capability: capability, requirements: requirements, tow: tow(capability, requirements.tow),
            dutyLimit: dutyLimit, papers: papers)
    }

    private func tow(_ capability: String, _ need: TowNeed?) -> TowDemand? {
        guard let least = towClasses.first(where: { $0.capability == capability }) else { return nil }
        return TowDemand(
            towClasses: Set(towClasses.filter { $0.capabilities.contains(capability) }.map(\.code)),
            licenceClasses: least.licenceClasses, massKg: need?.massKg,
            equipment: need.map { need in equipment.filter { $0.occasion.applies(to: need) }.map(\.codes) } ?? [])
    }
}
