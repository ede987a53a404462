public import HTTPTypes
public import Hummingbird

/// Blueprints at work: matches requests, runs hooks, handlers and error handlers, and builds URLs.
///
/// Give it to an `Application` as its responder. It is called `BlueprintRouter` because Hummingbird has a `Router` of
/// its own; `Blueprint<Context>.Router` is the same type.
public struct BlueprintRouter<Context: BlueprintContext>: HTTPResponder {
    let routeList: [Assembly<Context>.Route]
    let scopes: [Scope<Context>]
    private let table: RouteTable
    private let urls: URLTable

    /// Serves `app`: its routes have undotted names, its hooks and handlers are those of the whole application.
    ///
    /// - Throws: `BlueprintError` for the first mistake found.
    public init(app: Blueprint<Context>) throws(BlueprintError) {
        let assembly = try Assembly(replaying: app)
        routeList = assembly.routes
        scopes = assembly.scopes
        table = try RouteTable(
            routes: assembly.routes.map { ($0.match, $0.scope) }, mounts: assembly.mounts)
        urls = URLTable(assembly.routes.map(\.match))
    }

    /// Serves several blueprints side by side, with nothing around them.
    ///
    /// - Throws: `BlueprintError` for the first mistake found.
    public init(_ blueprints: Blueprint<Context>...) throws(BlueprintError) {
        var app = Blueprint<Context>("app")
        for blueprint in blueprints { app.register(blueprint) }
        try self.init(app: app)
    }

    /// The URL of the route called `name`.
    ///
    /// - Parameters:
    ///   - parameters: By name; those the path does not use become the query, in alphabetical order.
    ///   - endpoint: Where names that begin with a dot start from.
    /// - Throws: `URLBuildingError` for an unknown name, and for a parameter that is missing or would not match.
    public func url(
        for name: String, _ parameters: [String: any CustomStringConvertible] = [:], from endpoint: String = ""
    ) throws(URLBuildingError) -> String {
        try urls.url(for: name, parameters, from: endpoint, inherited: PathParameters())
    }

    /// The route that a request would reach, and what its path's parameters would be; nothing is called.
    ///
    /// - Parameter path: Raw; a query is cut off.
    /// - Returns: `nil` for whatever the router answers itself: 400, 404, 405, and `OPTIONS` without a route for it.
    public func match(
        _ method: HTTPRequest.Method, _ path: String
    ) -> (endpoint: String, parameters: PathParameters)? {
        let path = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)[0]
        guard case .route(let index, let values) = table.resolve(String(path), method: method) else { return nil }
        let match = routeList[index].match
        return (match.endpoint, PathParameters(names: match.parameterNames, values: values))
    }

    /// Answers a request.
    ///
    /// - Throws: `CancellationError`, and `HTTPParserError` for a body that breaks HTTP, which the server answers
    ///   itself. Every other error becomes a response here.
    public func respond(to request: Request, context: Context) async throws -> Response {
        var context = context
        context.routing.urls = urls
        let exchange: Exchange<Context>
        switch table.resolve(request.uri.path, method: request.method) {
        case .route(let index, let values):
            let route = routeList[index]
            context.routing.match = route.match
            context.routing.parameters = PathParameters(names: route.match.parameterNames, values: values)
            context.coreContext.endpointPath.value = route.match.template.text
            exchange = Exchange(request, hooks: scopes[route.scope], handlers: scopes[route.scope], route.action)
        case .options(let allow):
            exchange = router(request, scope: 0) { _, _ in
                Response(status: .noContent, headers: [.allow: allow])
            }
        case .methodNotAllowed(let allow, let scope):
            exchange = router(request, scope: scope) { _, _ in
                throw HTTPError(.methodNotAllowed, headers: [.allow: allow])
            }
        case .notFound(let scope):
            exchange = router(request, scope: scope) { _, _ in throw HTTPError(.notFound) }
        case .malformed(let scope):
            exchange = router(request, scope: scope) { _, _ in throw HTTPError(.badRequest) }
        }
        return try await exchange.run(&context)
    }

    /// What no route answers is the app's: its hooks run, while errors go to the blueprint that owns the prefix.
    private func router(
        _ request: Request, scope: Int, _ answer: @escaping Blueprint<Context>.Handler
    ) -> Exchange<Context> {
        Exchange(request, hooks: scopes[0], handlers: scopes[scope], .respond(answer))
    }
}

extension Blueprint {
    /// The router of blueprints with this context.
    public typealias Router = BlueprintRouter<Context>
}
