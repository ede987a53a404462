public import FoundationEssentials

/// Where an invitation stands.
public enum InvitationState: String, CaseIterable, Sendable, Hashable {
    case pending, accepted, revoked
    /// It was never accepted, and its time is over. Never stored: the moment decides.
    case expired
}

/// Who can be invited, and for how long.
public enum InvitationRules {
    /// Those whom registration refuses (T5). Everybody else registers himself.
    public static let roles: Set<Role> = [.admin, .dispatcher, .partner]
    /// Seconds: three days. Ours.
    public static let lifetime = 3 * 86_400.0

    /// Where a stored invitation stands now.
    public static func state(_ stored: InvitationState, expiresAt: Date, at now: Date) -> InvitationState {
        stored == .pending && expiresAt <= now ? .expired : stored
    }

    /// Whether it can be taken back: one that has been accepted is an account, which is switched off instead.
    public static func mayRevoke(_ state: InvitationState) -> Bool { state == .pending || state == .expired }
}
