public import HTTPTypes
public import Hummingbird

/// A named group of routes, hooks and error handlers that can be mounted under a prefix, alone or inside another
/// blueprint.
///
/// A blueprint only records. Nothing is checked and nothing is matched before a ``BlueprintRouter`` replays the
/// records; every mistake (a dotted name, the same route twice) is reported there, with its cure.
///
/// It is a value: ``register(_:prefix:name:)`` takes the child as it is at that moment, so finish a child before
/// mounting it.
public struct Blueprint<Context: BlueprintContext>: Sendable {
    /// Answers a request.
    public typealias Handler = @Sendable (Request, Context) async throws -> Response
    /// Accepts a WebSocket; the value returned reaches the server through ``SocketSlot``.
    public typealias SocketHandler = @Sendable (Request, Context) async throws -> any Sendable
    /// Runs before the handler. A response ends the request there: later `before` hooks and the handler are skipped.
    public typealias BeforeHook = @Sendable (Request, inout Context) async throws -> Response?
    /// Edits the response on its way out, errors that were turned into responses included.
    public typealias AfterHook = @Sendable (Request, inout Response, Context) async throws -> Void
    /// Runs last, whatever happened. The error is the one nobody had a handler for by its type, or the cancellation.
    public typealias TeardownHook = @Sendable (Request, Context, (any Error)?) async -> Void
    /// Turns an error into a response.
    public typealias ErrorHandler = @Sendable (any Error, Request, Context) async throws -> Response

    /// The blueprint's own name: non-empty, without dots.
    public let name: String
    /// The prefix its routes get unless registration names another one.
    public let prefix: String

    let identity = BlueprintIdentity()
    private(set) var routes: [RouteRecord<Context>] = []
    private(set) var mounts: [Mount] = []
    private(set) var hooks = HookRecord<Context>()

    /// - Parameters:
    ///   - name: Non-empty and dot-free; endpoints are called `name.route`, nested ones `parent.child.route`.
    ///   - prefix: Begins with `/`, or is empty.
    public init(_ name: String, prefix: String = "") {
        self.name = name
        self.prefix = prefix
    }

    /// Mounts `child` as it is now.
    ///
    /// - Parameters:
    ///   - prefix: Instead of the child's own prefix; the parent's prefix comes before it either way.
    ///   - name: Instead of the child's own name, which makes it possible to mount one blueprint twice.
    public mutating func register(_ child: Blueprint, prefix: String? = nil, name: String? = nil) {
        mounts.append(Mount(child: child, prefix: prefix ?? child.prefix, name: name ?? child.name))
    }

    /// Adds a hook that runs before every handler of this blueprint and of the blueprints mounted in it.
    public mutating func before(_ hook: @escaping BeforeHook) {
        hooks.before.append(hook)
    }

    /// Adds a hook that sees every response of this blueprint; the one added last runs first.
    public mutating func after(_ hook: @escaping AfterHook) {
        hooks.after.append(hook)
    }

    /// Adds a hook that runs when a request is over, also after errors and cancellation; the one added last runs first.
    public mutating func teardown(_ hook: @escaping TeardownHook) {
        hooks.teardown.append(hook)
    }

    /// Answers errors of one status. The handler of the innermost blueprint wins; a later one replaces an earlier one.
    ///
    /// 500 also stands for every error without a status that has no handler by type, and for error handlers that throw.
    public mutating func onError(_ status: HTTPResponse.Status, handler: @escaping ErrorHandler) {
        hooks.byStatus[status.code] = handler
    }

    /// Answers errors of one type, for which no handler by status was found.
    ///
    /// Within a blueprint the handler of exactly this type comes before those that match by cast, then the order of
    /// adding counts.
    public mutating func onError<Failure: Error>(
        _ type: Failure.Type, handler: @escaping @Sendable (Failure, Request, Context) async throws -> Response
    ) {
        hooks.byType.append(TypeHandler(type, handler))
    }

    mutating func add(_ layer: Layer<Context>) {
        hooks.layers.append(layer)
    }

    mutating func record(_ route: RouteRecord<Context>) {
        routes.append(route)
    }

    /// One child under its effective prefix and name.
    struct Mount: Sendable {
        let child: Blueprint
        let prefix: String
        let name: String
    }
}

/// Tells one blueprint, and every copy of it, from all others.
final class BlueprintIdentity: Sendable {}
