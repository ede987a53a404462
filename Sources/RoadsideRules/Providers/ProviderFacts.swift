public import FoundationEssentials

/// What of a provider decides whether he may be asked about a job, his place aside.
public struct ProviderFacts: Sendable, Hashable {
    public var isVerified: Bool
    public var isActive: Bool
    public var availability: Availability
    public var capabilities: Set<String>
    public var shifts: ShiftPlan
    public var duty: DutyLog
    /// nil: not recorded.
    public var licence: Licence?
    /// The truck he is in now; nil: not recorded.
    public var truck: TruckFacts?
    /// Codes of what he carries himself; nil: not recorded.
    public var equipment: Set<String>?
    /// Until when his approved papers are valid.
    public var papers: [PaperKind: Date]
    /// When the appointment ends that keeps his time now, or soon will; nil when none does.
    public var heldUntil: Date?

    public init(
        isVerified: Bool, isActive: Bool, availability: Availability, capabilities: Set<String>,
        shifts: ShiftPlan = ShiftPlan(), duty: DutyLog = DutyLog(), licence: Licence? = nil, truck: TruckFacts? = nil,
        equipment: Set<String>? = nil, papers: [PaperKind: Date] = [:], heldUntil: Date? = nil
    ) {
        self.isVerified = isVerified
        self.isActive = isActive
        self.availability = availability
        self.capabilities = capabilities
        self.shifts = shifts
        self.duty = duty
        self.licence = licence
        self.truck = truck
        self.equipment = equipment
        self.papers = papers
        self.heldUntil = heldUntil
    }
}

/// What a truck can do.
public struct TruckFacts: Sendable, Hashable {
    /// Code of a ``TowClass``; nil for one that tows nothing.
    public var towClass: String?
    /// The heaviest vehicle it takes, in kilograms; nil: as its class.
    public var capacityKg: Int64?
    /// Codes of what is in it.
    public var equipment: Set<String>

    public init(towClass: String? = nil, capacityKg: Int64? = nil, equipment: Set<String> = []) {
        self.towClass = towClass
        self.capacityKg = capacityKg
        self.equipment = equipment
    }
}
