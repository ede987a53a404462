/// The canonical roles. Access tokens carry these words only; each dialect renders its own (contracts K1).
public enum Role: String, CaseIterable, Sendable, Hashable {
    case customer, provider, dispatcher, admin, partner

    /// Staff act on any job, whoever owns it.
    public var isStaff: Bool { self == .dispatcher || self == .admin }
}
