import Blueprint
public import RoadsideRules

/// Who may call a route. What is written here is what ``BearerAuth`` enforces and what the documents print.
public enum Access: Sendable {
    case everybody
    case signedIn
    case only([Role])

    /// `nil` is everybody, empty is everybody who is signed in (``Blueprint/Operation``).
    public var roles: [String]? {
        switch self {
        case .everybody: nil
        case .signedIn: []
        case .only(let roles): roles.map(\.rawValue)
        }
    }
}
