public import BSON
import HTTPTypes

/// Title and version of the document.
public struct OpenAPIHeading: Sendable {
    public var title: String
    public var version: String
    public var description: String

    public init(title: String, version: String, description: String = "") {
        self.title = title
        self.version = version
        self.description = description
    }
}

extension BlueprintRouter {
    /// The OpenAPI 3.1 document of every route that is not hidden, in route order.
    ///
    /// Socket routes are `GET` operations with `x-websocket: true`. Routes with roles demand the scheme `bearerAuth`,
    /// and list their roles in `x-roles`.
    ///
    /// - Parameters:
    ///   - servers: URLs; relative ones start from where the document was found.
    ///   - tags: What groups of operations are about, in the order in which to show them. Those that no operation has
    ///     are left out.
    ///   - schemas: What `Schema.reference(_:)` points to.
    public func openAPI(
        info: OpenAPIHeading, servers: [String] = [], tags: [(name: String, description: String)] = [],
        schemas: [(name: String, schema: Schema)] = []
    ) -> JSON {
        var paths = OpenAPIPaths(routeList.map(\.match))
        for route in routeList where !route.match.operation.hidden { paths.add(route.match) }
        var heading: JSON = ["title": .string(info.title), "version": .string(info.version)]
        if !info.description.isEmpty { heading.add("description", .string(info.description)) }
        var document: JSON = ["openapi": "3.1.0", "info": heading]
        if !servers.isEmpty { document.add("servers", .array(servers.map { ["url": .string($0)] })) }
        let used = tags.filter { paths.tags.contains($0.name) }
        if !used.isEmpty {
            document.add(
                "tags", .array(used.map { ["name": .string($0.name), "description": .string($0.description)] }))
        }
        document.add("paths", paths.json)
        var components: JSON = [
            "securitySchemes": [
                "bearerAuth": [
                    "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                    "description": "The access token that signing in answers.",
                ]
            ]
        ]
        if !schemas.isEmpty {
            components.add("schemas", .object(schemas.map { JSON.Member($0.name, $0.schema.json) }))
        }
        return document.adding("components", components)
    }
}

/// The `paths` object while it grows, one operation at a time.
private struct OpenAPIPaths {
    private var order: [String] = []
    private var items: [String: JSON] = [:]
    private(set) var tags: Set<String> = []
    private let operationIDs: [String: String]

    /// - Parameter routes: Whereto operations may lead.
    init(_ routes: [RouteMatch]) {
        operationIDs = Dictionary(uniqueKeysWithValues: routes.map { ($0.endpoint, $0.operationIDs[0]) })
    }

    var json: JSON {
        .object(order.map { JSON.Member($0, items[$0] ?? [:]) })
    }

    mutating func add(_ match: RouteMatch) {
        for (method, id) in zip(match.methods, match.operationIDs) {
            let verb = method.rawValue.lowercased()
            let path = freePath(for: match.template, verb: verb)
            if items[path] == nil { order.append(path) }
            let operation = OpenAPIOperation(match, id: id, operationIDs: operationIDs)
            items[path, default: [:]].add(verb, operation.json)
            tags.formUnion(operation.tags)
        }
    }

    /// OpenAPI has no converters, so `/a/<int:id>` and `/a/<id>` meet in `/a/{id}`. The later one then says its
    /// converter.
    private func freePath(for template: PathTemplate, verb: String) -> String {
        let path = Self.path(template) { name, _ in "{\(name)}" }
        guard items[path]?[verb] != nil else { return path }
        return Self.path(template) { name, converter in "{\(name)}:\(converter.keyword)" }
    }

    private static func path(
        _ template: PathTemplate, _ parameter: (String, PathConverter) -> String
    ) -> String {
        template.segments.map { segment in
            switch segment {
            case .literal(let text): "/" + text
            case .parameter(let name, let converter): "/" + parameter(name, converter)
            }
        }.joined()
    }
}

/// One operation object.
private struct OpenAPIOperation {
    private let match: RouteMatch
    private let id: String
    private let operationIDs: [String: String]

    /// - Parameter operationIDs: By endpoint.
    init(_ match: RouteMatch, id: String, operationIDs: [String: String]) {
        self.match = match
        self.id = id
        self.operationIDs = operationIDs
    }

    var json: JSON {
        let operation = match.operation
        var json: JSON = ["operationId": .string(id)]
        if !operation.summary.isEmpty { json.add("summary", .string(operation.summary)) }
        if !operation.description.isEmpty { json.add("description", .string(operation.description)) }
        if !tags.isEmpty { json.add("tags", .array(tags.map(JSON.string))) }
        let parameters = pathParameters + operation.parameters.map(Self.parameter)
        if !parameters.isEmpty { json.add("parameters", .array(parameters)) }
        if let body = operation.body {
            // Who has to name nothing may send nothing.
            let isRequired = body.schema.json["required"]?.array?.isEmpty == false || body.schema.json["anyOf"] != nil
            json.add("requestBody", ["content": .object([Self.media(body)]), "required": .bool(isRequired)])
        }
        if !replies.isEmpty { json.add("responses", .object(replies)) }
        if let roles = operation.roles {
            json.add("security", [["bearerAuth": []]])
            if !roles.isEmpty { json.add("x-roles", .array(roles.map(JSON.string))) }
        }
        if operation.deprecated { json.add("deprecated", true) }
        if match.isSocket { json.add("x-websocket", true) }
        return json
    }

    var tags: [String] {
        guard match.operation.tags.isEmpty else { return match.operation.tags }
        let names = match.endpoint.split(separator: ".")
        return names.count > 1 ? [String(names[0])] : []
    }

    private var pathParameters: [JSON] {
        match.template.segments.compactMap { segment in
            guard case .parameter(let name, let converter) = segment else { return nil }
            return ["name": .string(name), "in": "path", "required": true, "schema": Self.schema(converter).json]
        }
    }

    private var replies: [JSON.Member] {
        let declared = match.operation.responses.sorted { $0.key < $1.key }.map { status, reply in
            var json: JSON = ["description": .string(reply.description)]
            let contents = [reply.content].compactMap(\.self) + reply.alternatives
            if !contents.isEmpty { json.add("content", .object(contents.map(Self.media))) }
            if (200..<300).contains(status), !links.isEmpty { json.add("links", .object(links)) }
            return JSON.Member(String(status), json)
        }
        guard match.isSocket, match.operation.responses[101] == nil else { return declared }
        return [JSON.Member("101", ["description": "Switching Protocols"])] + declared
    }

    /// Under the ids of the operations that they lead to.
    private var links: [JSON.Member] {
        match.operation.links.compactMap { link in
            let endpoint = URLTable.endpoint(link.endpoint, from: match.endpoint)
            guard let id = operationIDs[endpoint] else { return nil }
            let parameters = link.parameters.sorted { $0.key < $1.key }.map {
                JSON.Member($0.key, .string($0.value.expression))
            }
            let json: JSON = ["operationId": .string(id)]
            return JSON.Member(id, parameters.isEmpty ? json : json.adding("parameters", .object(parameters)))
        }
    }

    private static func schema(_ converter: PathConverter) -> Schema {
        switch converter {
        case .int: .integer(in: 0...Int64.max)
        case .uuid: .string(format: "uuid")
        case .string: .string
        }
    }

    private static func parameter(_ parameter: Operation.Parameter) -> JSON {
        var json: JSON = ["name": .string(parameter.name), "in": .string(parameter.place.rawValue)]
        if !parameter.description.isEmpty { json.add("description", .string(parameter.description)) }
        if parameter.required { json.add("required", true) }
        if parameter.allowsEmpty { json.add("allowEmptyValue", true) }
        return json.adding("schema", parameter.schema.json)
    }

    private static func media(_ content: Operation.Content) -> JSON.Member {
        var media: JSON = ["schema": content.schema.json]
        if let example = content.example { media.add("example", example) }
        return JSON.Member(content.mediaType, media)
    }
}
