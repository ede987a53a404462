import HTTPTypes

/// One line of the route table.
public struct RouteEntry: Sendable {
    /// As recorded, in alphabetical order; the automatic `HEAD` and `OPTIONS` are not listed.
    public let methods: [String]
    /// The path with its converters.
    public let template: String
    /// The dotted name.
    public let endpoint: String
    public let isSocket: Bool
    public let operation: Operation

    init(_ match: RouteMatch) {
        methods = match.methods.map(\.rawValue).sorted()
        template = match.template.text
        endpoint = match.endpoint
        isSocket = match.isSocket
        operation = match.operation
    }
}

extension BlueprintRouter {
    /// Every route: each blueprint's own in the order of recording, then those of the blueprints mounted in it.
    public var routes: [RouteEntry] {
        routeList.map { RouteEntry($0.match) }
    }
}

extension [RouteEntry] {
    /// The table as aligned columns, one route a line: methods, path, endpoint, roles (`-` for a public route).
    public var text: String {
        let header = ["METHODS", "PATH", "ENDPOINT", "ROLES"]
        let rows =
            [header]
            + map { entry in
                [
                    entry.isSocket ? "SOCKET" : entry.methods.joined(separator: ","), entry.template, entry.endpoint,
                    entry.operation.roles.map { $0.isEmpty ? "signed in" : $0.joined(separator: ",") } ?? "-",
                ]
            }
        let widths = header.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.indices.map { column in
                let isLast = column == row.count - 1
                return isLast
                    ? row[column] : row[column] + String(repeating: " ", count: widths[column] - row[column].count)
            }.joined(separator: "  ") + "\n"
        }.joined()
    }
}
