public import BSON

/// Who asks: a signed-in user in one role, or the system itself (timers, geofences, automatic assignment).
public enum Actor: Sendable, Hashable {
    case user(ObjectID, role: Role)
    case system

    public init(role: Role, userID: ObjectID) {
        self = .user(userID, role: role)
    }

    /// `nil` for the system.
    public var role: Role? {
        switch self {
        case .user(_, let role): role
        case .system: nil
        }
    }

    /// `nil` for the system.
    public var userID: ObjectID? {
        switch self {
        case .user(let id, _): id
        case .system: nil
        }
    }
}
