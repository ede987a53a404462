import HTTPTypes

/// Finds the route of a request. It knows numbers of routes and scopes, and nothing of contexts or handlers.
struct RouteTable: Sendable {
    enum Outcome: Equatable {
        case route(Int, parameters: [String])
        /// An `OPTIONS` request no route answers itself.
        case options(allow: String)
        case methodNotAllowed(allow: String, scope: Int)
        case notFound(scope: Int)
        /// The path holds a bad escape, no UTF-8, or a NUL.
        case malformed(scope: Int)
    }

    /// All routes of one path.
    private struct Leaf: Sendable {
        var scope: Int
        var routes: [(method: HTTPRequest.Method, index: Int)] = []
        var allowed: [String] = []
        var allow = ""
    }

    private var trie = SegmentTrie()
    private var owners = SegmentTrie()
    private var leaves: [Leaf] = []

    init(
        routes: [(match: RouteMatch, scope: Int)], mounts: [(template: PathTemplate, scope: Int)]
    ) throws(BlueprintError) {
        for (index, route) in routes.enumerated() {
            try insert(route.match, index, scope: route.scope, among: routes)
        }
        for (index, leaf) in leaves.enumerated() {
            finish(index, leaf, routes)
        }
        for mount in mounts {
            _ = owners.insert(mount.template, mount.scope)
        }
    }

    /// - Parameter path: Raw, without the query.
    func resolve(_ path: String, method: HTTPRequest.Method) -> Outcome {
        PathView.withView(of: path) { view in
            guard view.isWellFormed else { return .malformed(scope: owner(of: view)) }
            var outcome: Outcome?
            var matched: [Int] = []
            trie.matches(view) { value, captured in
                guard let route = leaves[value].routes.first(where: { $0.method == method }) else {
                    matched.append(value)
                    return false
                }
                outcome = .route(route.index, parameters: captured.map(view.text))
                return true
            }
            if let outcome { return outcome }
            guard let first = matched.first else { return .notFound(scope: owner(of: view)) }
            let allow = matched.count == 1 ? leaves[first].allow : Self.allow(matched.flatMap { leaves[$0].allowed })
            if method == .options { return .options(allow: allow) }
            return .methodNotAllowed(allow: allow, scope: leaves[first].scope)
        }
    }

    private func owner(of view: PathView) -> Int {
        owners.longestPrefix(of: view) ?? 0
    }

    private mutating func insert(
        _ match: RouteMatch, _ index: Int, scope: Int, among routes: [(match: RouteMatch, scope: Int)]
    ) throws(BlueprintError) {
        let leaf = trie.insert(match.template, leaves.count)
        if leaf == leaves.count { leaves.append(Leaf(scope: scope)) }
        for method in match.methods {
            if let existing = leaves[leaf].routes.first(where: { $0.method == method }) {
                throw .duplicateRoute(
                    method: method.rawValue, template: match.template.text, endpoint: match.endpoint,
                    existing: routes[existing.index].match.endpoint)
            }
            leaves[leaf].routes.append((method, index))
        }
    }

    /// `HEAD` follows from `GET`, except for sockets; what a path allows is known before the first request.
    private mutating func finish(_ index: Int, _ leaf: Leaf, _ routes: [(match: RouteMatch, scope: Int)]) {
        if let get = leaf.routes.first(where: { $0.method == .get }), !routes[get.index].match.isSocket,
            !leaf.routes.contains(where: { $0.method == .head })
        {
            leaves[index].routes.append((.head, get.index))
        }
        leaves[index].allowed = leaves[index].routes.map(\.method.rawValue) + [HTTPRequest.Method.options.rawValue]
        leaves[index].allow = Self.allow(leaves[index].allowed)
    }

    private static func allow(_ methods: [String]) -> String {
        Set(methods).sorted().joined(separator: ", ")
    }
}
