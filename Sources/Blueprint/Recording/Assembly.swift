import HTTPTypes

/// Replays what blueprints recorded into flat lists: one entry per route, one scope per mounted blueprint.
struct Assembly<Context: BlueprintContext> {
    private(set) var routes: [Route] = []
    private(set) var scopes: [Scope<Context>] = []
    private(set) var mounts: [(template: PathTemplate, scope: Int)] = []
    private var endpoints: Set<String> = []
    private var names: Set<String> = []

    /// A checked route. `match` is what a request learns about it, `scope` indexes ``Assembly/scopes``.
    struct Route: Sendable {
        let match: RouteMatch
        let action: RouteRecord<Context>.Action
        let scope: Int
    }

    /// - Parameter app: The outermost blueprint. Its own name is not part of any endpoint; its hooks are those of the
    ///   app.
    init(replaying app: Blueprint<Context>) throws(BlueprintError) {
        let root = Blueprint<Context>.Mount(child: app, prefix: app.prefix, name: "")
        try replay(root, path: [], prefix: "", outer: nil, ancestors: [])
        for route in routes { try checkLinks(of: route.match) }
    }

    private mutating func replay(
        _ mount: Blueprint<Context>.Mount, path: [String], prefix outerPrefix: String, outer: Scope<Context>?,
        ancestors: [BlueprintIdentity]
    ) throws(BlueprintError) {
        let blueprint = mount.child
        if ancestors.contains(where: { $0 === blueprint.identity }) { throw .selfRegistration(blueprint.name) }
        let prefix = PathTemplate.join(outerPrefix, mount.prefix)
        let scope = Scope(blueprint.hooks, inside: outer)
        let index = scopes.count
        scopes.append(scope)
        // Of two at one prefix the first, which is the outer one, owns what no route matches.
        if !prefix.isEmpty {
            mounts.append((try PathTemplate(mountedAt: prefix), index))
        }
        for record in blueprint.routes {
            let record = scope.layers.reversed().reduce(record) { $1.wrapping($0) }
            try add(record, path: path, prefix: prefix, scope: index)
        }
        for inner in blueprint.mounts {
            try Self.check(inner.name, of: "a blueprint in '\(blueprint.name)'")
            let innerPath = path + [inner.name]
            let dotted = innerPath.joined(separator: ".")
            guard names.insert(dotted).inserted else { throw .duplicateBlueprint(dotted) }
            try replay(
                inner, path: innerPath, prefix: prefix, outer: scope, ancestors: ancestors + [blueprint.identity])
        }
    }

    private mutating func add(
        _ record: RouteRecord<Context>, path: [String], prefix: String, scope: Int
    ) throws(BlueprintError) {
        let name = record.effectiveName
        let template = try PathTemplate(PathTemplate.join(prefix, record.path))
        try Self.check(name, of: "the route \(template.text)")
        let endpoint = (path + [name]).joined(separator: ".")
        guard endpoints.insert(endpoint).inserted else { throw .duplicateEndpoint(endpoint) }
        guard !record.methods.isEmpty else { throw .noMethods(endpoint: endpoint) }
        let match = RouteMatch(
            endpoint: endpoint, methods: record.methods, template: template, operation: record.operation,
            isSocket: record.action.isSocket)
        routes.append(Route(match: match, action: record.action, scope: scope))
    }

    private func checkLinks(of match: RouteMatch) throws(BlueprintError) {
        for link in match.operation.links {
            let endpoint = URLTable.endpoint(link.endpoint, from: match.endpoint)
            func bad(_ reason: String) -> BlueprintError {
                .badLink(endpoint: match.endpoint, to: endpoint, reason: reason)
            }
            guard let target = routes.first(where: { $0.match.endpoint == endpoint })?.match else {
                throw bad("leads nowhere; use a name from the route table, such as 'blueprint.route'")
            }
            guard !target.operation.hidden else { throw bad("leads to what the document hides; remove it") }
            guard Set(link.parameters.keys) == Set(target.parameterNames) else {
                throw bad("must give \(target.parameterNames), the parameters of its path")
            }
            for case .path(let name) in link.parameters.values where !match.parameterNames.contains(name) {
                throw bad("takes '\(name)', which is no parameter of its own path")
            }
        }
    }

    private static func check(_ name: String, of thing: String) throws(BlueprintError) {
        guard !name.isEmpty else { throw .emptyName(of: thing) }
        guard !name.contains(".") else { throw .dottedName(name) }
    }
}
