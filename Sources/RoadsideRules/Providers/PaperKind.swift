public import FoundationEssentials

/// A paper that a provider shows before he may work. Raw values are stored, and name them in settings.
public enum PaperKind: String, CaseIterable, Sendable, Hashable, Comparable {
    case drivingLicence = "driving_licence"
    case idCard = "id_card"
    case insurance
    case vehicleRegistration = "vehicle_registration"
    case certificate

    /// Whether it always has a last day, which then has to be told. Any other may have one.
    public var alwaysExpires: Bool { self == .drivingLicence || self == .insurance }

    public static func < (a: PaperKind, b: PaperKind) -> Bool { a.rawValue < b.rawValue }
}

/// Where a paper stands.
public enum PaperState: String, CaseIterable, Sendable, Hashable {
    case pending, approved, rejected
    /// Approved, and its last day is over. Never stored: the moment decides.
    case expired
}

/// What may become of papers, and who may work with which.
public enum PaperRules {
    /// So long before the end of an approved paper its provider is told. Ours.
    public static let warning = 14 * 86_400.0

    /// Where a stored paper stands now.
    ///
    /// - Parameter expiresAt: the midnight that ends its last day; nil when it has none.
    public static func state(_ stored: PaperState, expiresAt: Date?, at now: Date) -> PaperState {
        guard stored == .approved, let expiresAt, expiresAt <= now else { return stored }
        return .expired
    }

    /// Whether a paper becomes what its reviewer says.
    public enum Verdict: Sendable, Hashable {
        case changed
        /// It is that already.
        case unchanged
        /// Somebody said otherwise, or its time is over: a new paper is needed.
        case tooLate
    }

    /// Approving is for papers that wait. Rejecting is for those that were approved as well: what turns out to be forged
    /// must be stopped.
    public static func verdict(on state: PaperState, approve: Bool) -> Verdict {
        switch (state, approve) {
        case (.pending, _), (.approved, false), (.expired, false): .changed
        case (.approved, true), (.rejected, false): .unchanged
        case (.rejected, true), (.expired, true): .tooLate
        }
    }

    /// Those of the required kinds that he has no valid paper of, in the order of their names.
    ///
    /// - Parameter held: until when his approved papers are valid.
    public static func missing(_ required: Set<PaperKind>, of held: [PaperKind: Date], at now: Date) -> [PaperKind] {
        required.filter { held[$0].map { $0 <= now } ?? true }.sorted()
    }
}
