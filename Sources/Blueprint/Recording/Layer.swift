public import HTTPTypes
public import Hummingbird

/// Something that goes around handlers: it sees a request right before its handler, and the answer or the error right
/// after it.
///
/// Unlike a pair of hooks it is one function, so it can hand the handler another request, keep it from running, or bind
/// task-local values for it. It runs inside all hooks and error handlers. What it adds to requests and answers it also
/// says in the documents of the routes it goes around, so that this stands in one place.
public struct Layer<Context: BlueprintContext>: Sendable {
    /// `next` is the handler, with the layers of inner blueprints around it.
    public typealias Around =
        @Sendable (Request, Context, _ next: Blueprint<Context>.Handler) async throws -> Response

    private let methods: Set<HTTPRequest.Method>
    private let condition: @Sendable (Operation) -> Bool
    private let document: @Sendable (inout Operation) -> Void
    private let around: Around

    /// - Parameters:
    ///   - methods: the routes that answer one of these, when it is one of these that was asked.
    ///   - condition: which of those routes, by what they say about themselves.
    ///   - document: changes what such a route says about itself.
    public init(
        for methods: Set<HTTPRequest.Method>, where condition: @escaping @Sendable (Operation) -> Bool = { _ in true },
        document: @escaping @Sendable (inout Operation) -> Void = { _ in }, around: @escaping Around
    ) {
        self.methods = methods
        self.condition = condition
        self.document = document
        self.around = around
    }

    /// The route with this layer around it; as it was when it is none of the layer's.
    func wrapping(_ route: RouteRecord<Context>) -> RouteRecord<Context> {
        guard case .respond(let handler) = route.action, !methods.isDisjoint(with: route.methods),
            condition(route.operation)
        else { return route }
        var operation = route.operation
        document(&operation)
        let (methods, around) = (methods, around)
        return RouteRecord(
            methods: route.methods, path: route.path, name: route.name, operation: operation,
            action: .respond { request, context in
                guard methods.contains(request.method) else { return try await handler(request, context) }
                return try await around(request, context, handler)
            })
    }
}

extension Blueprint {
    /// Puts a layer around the handlers of this blueprint and of the blueprints mounted in it. The first one added to the
    /// outermost blueprint is the outermost layer.
    public mutating func around(_ layer: Layer<Context>) {
        add(layer)
    }
}
