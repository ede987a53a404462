public import FoundationEssentials

/// Why a provider is not asked about a job. The raw values are stored in dispatch traces and shown to staff.
public enum Exclusion: String, CaseIterable, Sendable, Hashable {
    case notApproved = "not_approved"
    case switchedOff = "switched_off"
    case offDuty = "off_duty"
    case onBreak = "on_break"
    case busy
    case capability
    /// The job is his own call for help.
    case ownRequest = "own_request"
    /// He held the job and left it.
    case leftJob = "left_job"
    case declined
    /// Asked in this search already.
    case alreadyAsked = "already_asked"
    /// Another exclusive offer is his to answer first.
    case considering
    case noPosition = "no_position"
    case stalePosition = "stale_position"
    /// Beyond the ring of the search.
    case outOfRing = "out_of_ring"
    /// Beyond the radius he goes himself.
    case outOfRadius = "out_of_radius"
    /// An appointment of his begins soon, or goes on.
    case held
}

/// What of a provider decides whether he may be asked about a job, his place aside.
public struct ProviderFacts: Sendable, Hashable {
    public var isVerified: Bool
    public var isActive: Bool
    public var availability: Availability
    public var capabilities: Set<String>
    /// Until then an appointment keeps him from this job: one that is another, and goes on or begins soon.
    public var heldUntil: Date?

    public init(
        isVerified: Bool, isActive: Bool, availability: Availability, capabilities: Set<String>, heldUntil: Date? = nil
    ) {
        self.isVerified = isVerified
        self.isActive = isActive
        self.availability = availability
        self.capabilities = capabilities
        self.heldUntil = heldUntil
    }
}

/// What a job asks of whoever takes it.
public struct JobNeed: Sendable, Hashable {
    public var capability: String
    public var requirements: JobRequirements

    public init(capability: String, requirements: JobRequirements = JobRequirements()) {
        self.capability = capability
        self.requirements = requirements
    }
}

/// The hard filter of domain §4.5.1, as far as it is about the provider and the need alone.
public enum EligibilityRules {
    /// Every reason against him, in the order of ``Exclusion``; empty for one who may be asked.
    public static func exclusions(_ provider: ProviderFacts, for need: JobNeed, at now: Date) -> [Exclusion] {
        var reasons: [Exclusion] = []
        if !provider.isVerified { reasons.append(.notApproved) }
        if !provider.isActive { reasons.append(.switchedOff) }
        switch provider.availability {
        case .available: break
        case .offline: reasons.append(.offDuty)
        case .onBreak: reasons.append(.onBreak)
        case .busy: reasons.append(.busy)
        }
        if !provider.capabilities.contains(need.capability) { reasons.append(.capability) }
        if let end = provider.heldUntil, end > now { reasons.append(.held) }
        return reasons
    }
}
