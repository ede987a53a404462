/// A mistake in how blueprints were put together, found when the router is built. The text names the thing and the
/// cure.
public enum BlueprintError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A blueprint or route without a name.
    case emptyName(of: String)
    /// A name with a dot in it.
    case dottedName(String)
    /// Two blueprints with one dotted name.
    case duplicateBlueprint(String)
    /// A blueprint mounted, directly or through others, in itself.
    case selfRegistration(String)
    /// Two routes with one dotted name.
    case duplicateEndpoint(String)
    /// Two routes for one method and path.
    case duplicateRoute(method: String, template: String, endpoint: String, existing: String)
    /// A path or prefix that cannot be matched.
    case badPath(String, reason: String)
    /// A route without any method.
    case noMethods(endpoint: String)
    /// A link that leads nowhere, or not with what it takes.
    case badLink(endpoint: String, to: String, reason: String)

    public var description: String {
        switch self {
        case .emptyName(let thing):
            "\(thing) has an empty name; give it a non-empty one without dots"
        case .dottedName(let name):
            "the name '\(name)' contains a dot; nest blueprints or write '\(Self.undotted(name))'"
        case .duplicateBlueprint(let name):
            "two blueprints are called '\(name)'; pass name: when registering one of them"
        case .selfRegistration(let name):
            "the blueprint '\(name)' is registered inside itself; register it once, in one that is not part of it"
        case .duplicateEndpoint(let name):
            "two routes are called '\(name)'; pass name: to one, or make them one by route([methods], …)"
        case .duplicateRoute(let method, let template, let endpoint, let existing):
            "'\(endpoint)' answers \(method) \(template) and so does '\(existing)'; remove one or change its path"
        case .badPath(let path, let reason):
            "the path '\(path)' \(reason)"
        case .noMethods(let endpoint):
            "the route '\(endpoint)' has no methods; pass at least one, such as [.get]"
        case .badLink(let endpoint, let target, let reason):
            "the link from '\(endpoint)' to '\(target)' \(reason)"
        }
    }

    private static func undotted(_ name: String) -> String {
        String(name.map { $0 == "." ? "_" : $0 })
    }
}
