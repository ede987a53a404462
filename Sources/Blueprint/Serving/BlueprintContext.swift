public import Hummingbird

/// A request context that has room for what routing finds out.
public protocol BlueprintContext: RequestContext {
    /// Filled by ``BlueprintRouter`` before the first hook runs; start with `Routing()`.
    var routing: Routing { get set }
}

/// Which route a request reached, with what parameters.
public struct Routing: Sendable {
    /// The values of the path's parameters; empty when no route matched.
    public internal(set) var parameters = PathParameters()
    /// Present only while an upgrade to WebSocket is being decided; set by the server before it calls the router.
    public var socketSlot: SocketSlot?
    var match: RouteMatch?
    var urls: URLTable?

    public init(socketSlot: SocketSlot? = nil) {
        self.socketSlot = socketSlot
    }

    /// The dotted name of the route, such as `auth.login`; empty when no route matched.
    public var endpoint: String { match?.endpoint ?? "" }

    /// The path as the route writes it, such as `/jobs/<id>`; empty when no route matched.
    public var template: String { match?.template.text ?? "" }

    /// What the route says about itself, such as the roles it is for; `nil` when no route matched.
    public var operation: Operation? { match?.operation }

    /// The URL of a route. A name that begins with a dot is looked up in the current route's blueprint and takes
    /// parameters left out from the current request.
    ///
    /// - Parameter parameters: By name; those the path does not use become the query.
    /// - Throws: `URLBuildingError` for an unknown name, and for a parameter that is missing or would not match.
    public func url(
        for name: String, _ parameters: [String: any CustomStringConvertible] = [:]
    ) throws(URLBuildingError) -> String {
        guard let urls else { throw .unknownEndpoint(name) }
        return try urls.url(for: name, parameters, from: endpoint, inherited: self.parameters)
    }
}
