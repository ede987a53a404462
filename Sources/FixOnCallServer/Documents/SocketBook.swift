import Blueprint
import RoadsideWeb

/// The sockets of a router, each with what is said on it: what the AsyncAPI document and the page for people are made of.
struct SocketBook: Sendable {
    /// One socket: who may open it and how stands in its route, what is said on it in its description.
    struct Socket: Sendable {
        let route: RouteEntry
        let description: SocketDescription

        var operation: Operation { route.operation }

        func messages(of sender: SocketDescription.Message.Sender) -> [SocketDescription.Message] {
            description.messages.filter { $0.sender == sender }
        }
    }

    let heading: OpenAPIHeading
    let sockets: [Socket]
    /// Routes that nobody describes, and descriptions that no route has: both are mistakes, which a test finds.
    let strays: [String]
    /// What the descriptions refer to, among others.
    let schemas: [(name: String, schema: Schema)]

    init(
        heading: OpenAPIHeading, routes: [RouteEntry], descriptions: [SocketDescription],
        schemas: [(name: String, schema: Schema)]
    ) {
        let routes = routes.filter(\.isSocket)
        sockets = routes.flatMap { route in
            descriptions.filter { $0.path == route.template }.map { Socket(route: route, description: $0) }
        }
        let (routed, described) = (Set(routes.map(\.template)), Set(descriptions.map(\.path)))
        strays = routed.symmetricDifference(described).sorted()
        self.heading = heading
        self.schemas = schemas
    }
}
