public import HTTPTypes

/// The verbs with which a blueprint records its routes.
///
/// A path is written with converters: `/jobs/<id>`, `/users/<int:id>`, `/devices/<uuid:id>`. A name must not contain
/// dots and is unique within its blueprint; without one the route is called after its method and path (`get_jobs_id`).
extension Blueprint {
    /// Records a `GET` route; `HEAD` comes with it.
    public mutating func get(
        _ path: String, name: String? = nil, _ operation: Operation = .init(), handler: @escaping Handler
    ) {
        route([.get], path, name: name, operation, handler: handler)
    }

    /// Records a `POST` route.
    public mutating func post(
        _ path: String, name: String? = nil, _ operation: Operation = .init(), handler: @escaping Handler
    ) {
        route([.post], path, name: name, operation, handler: handler)
    }

    /// Records a `PUT` route.
    public mutating func put(
        _ path: String, name: String? = nil, _ operation: Operation = .init(), handler: @escaping Handler
    ) {
        route([.put], path, name: name, operation, handler: handler)
    }

    /// Records a `PATCH` route.
    public mutating func patch(
        _ path: String, name: String? = nil, _ operation: Operation = .init(), handler: @escaping Handler
    ) {
        route([.patch], path, name: name, operation, handler: handler)
    }

    /// Records a `DELETE` route.
    public mutating func delete(
        _ path: String, name: String? = nil, _ operation: Operation = .init(), handler: @escaping Handler
    ) {
        route([.delete], path, name: name, operation, handler: handler)
    }

    /// Records one route that answers several methods under one name.
    public mutating func route(
        _ methods: [HTTPRequest.Method], _ path: String, name: String? = nil, _ operation: Operation = .init(),
        handler: @escaping Handler
    ) {
        record(RouteRecord(methods: methods, path: path, name: name, operation: operation, action: .respond(handler)))
    }

    /// Records a WebSocket route: same names, hooks and converters as any other route.
    ///
    /// The handler runs while the upgrade is being decided, so an error it throws is a real HTTP answer; what it
    /// returns is put into the request's ``SocketSlot``. A request that is no upgrade gets ``SocketRouteError``.
    public mutating func socket(
        _ path: String, name: String? = nil, _ operation: Operation = .init(), handler: @escaping SocketHandler
    ) {
        record(RouteRecord(methods: [.get], path: path, name: name, operation: operation, action: .accept(handler)))
    }
}
