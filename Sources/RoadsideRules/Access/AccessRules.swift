/// Who may reach what: the one place where a role is turned into a claim on documents (threat T1).
///
/// Which role may call an operation at all stands at the operation; which documents of a kind then exist for the caller
/// is decided here. The contexts put the answer into their queries, so that a foreign document and a missing one are one
/// and the same answer (README decision 24).
public enum AccessRules {
    /// What of a kind exists for somebody of this role.
    ///
    /// Exhaustive in both on purpose: a new role or a new kind does not compile until somebody has decided.
    public static func claim(of role: Role, on kind: ProtectedKind) -> AccessClaim {
        switch kind {
        case .job:
            switch role {
            case .customer: .ownedBy(.customer)
            // An offer is a claim as well, which the job does not tell of.
            case .provider: .ownedBy(.provider)
            case .dispatcher, .admin: .all
            case .partner: .none
            }
        case .booking, .payment:
            switch role {
            case .customer: .ownedBy(.customer)
            case .provider: .ownedBy(.provider)
            case .dispatcher, .admin: .all
            case .partner: .none
            }
        case .shareLink, .vehicle: role == .customer ? .ownedBy(.customer) : .none
        case .paper: role == .provider ? .ownedBy(.provider) : .none
        // Everybody has an inbox, may be in danger and may trust somebody; staff have desks of their own for others'.
        case .emergency: .ownedBy(.person)
        }
    }
}

/// Kinds of documents that belong to somebody.
public enum ProtectedKind: String, CaseIterable, Sendable, Hashable {
    case job, booking, payment, shareLink, vehicle, paper, emergency
}

/// Which documents of a kind exist for somebody.
public enum AccessClaim: Sendable, Hashable {
    /// The side of a document that the caller has to be.
    public enum Side: String, CaseIterable, Sendable, Hashable {
        case customer, provider
        /// Whoever it is about, in whichever role.
        case person
    }

    case all
    case ownedBy(Side)
    case none
}
