import BSON

/// One operation of the OpenAPI document as an item of a Postman collection.
struct PostmanRequest {
    let method: String
    let path: String
    let operation: JSON

    /// The token of the collection's variable, as Postman writes it.
    static let bearer: JSON = [
        "type": "bearer", "bearer": [["key": "token", "value": "{{token}}", "type": "string"]],
    ]

    var tag: String? { operation["tags"]?[0]?.string }

    var json: JSON {
        var item: JSON = ["name": operation["summary"] ?? .string(path)]
        if let event { item.add("event", event) }
        item.add("request", request)
        return item.adding("response", .array(replies))
    }

    private var request: JSON {
        var request: JSON = [
            "method": .string(method), "description": operation["description"] ?? "", "header": .array(headers),
            "url": url,
        ]
        // The rest inherits the collection's.
        if operation["security"] == nil { request.add("auth", ["type": "noauth"]) }
        if let body { request.add("body", body) }
        return request
    }

    /// Paths have `:id` where OpenAPI has `{id}`; a query shows everything and sends what is demanded.
    private var url: JSON {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { segment in
            segment.hasPrefix("{") ? ":" + segment.dropFirst().prefix { $0 != "}" } : String(segment)
        }
        var url: JSON = [
            "raw": .string("{{baseUrl}}/" + segments.joined(separator: "/")), "host": ["{{baseUrl}}"],
            "path": .array(segments.map(JSON.string)),
        ]
        let query = parameters(in: "query").map { parameter in
            described(parameter).adding("disabled", .bool(parameter["required"] != true))
        }
        if !query.isEmpty { url.add("query", .array(query)) }
        let variables = parameters(in: "path").map(described)
        if !variables.isEmpty { url.add("variable", .array(variables)) }
        return url
    }

    private var headers: [JSON] {
        let type: [JSON] =
            jsonBody == nil ? [] : [["key": "Content-Type", "value": "application/json", "type": "text"]]
        return type
            + parameters(in: "header").map { parameter in
                described(parameter).adding("disabled", .bool(parameter["required"] != true))
            }
    }

    private var body: JSON? {
        if let jsonBody {
            return [
                "mode": "raw", "raw": .string((jsonBody["example"] ?? [:]).indented()),
                "options": ["raw": ["language": "json"]],
            ]
        }
        guard let form = operation["requestBody"]?["content"]?["multipart/form-data"] else { return nil }
        let fields = (form["schema"]?["properties"]?.object ?? []).map { field -> JSON in
            guard field.value["format"] == "binary" else {
                return [
                    "key": .string(field.name), "type": "text", "value": form["example"]?[field.name] ?? "",
                ]
            }
            return ["key": .string(field.name), "type": "file", "src": []]
        }
        return ["mode": "formdata", "formdata": .array(fields)]
    }

    private var jsonBody: JSON? { operation["requestBody"]?["content"]?["application/json"] }

    /// The documented answers that show what they look like.
    private var replies: [JSON] {
        (operation["responses"]?.object ?? []).compactMap { reply in
            guard let code = Int64(reply.name),
                let example = reply.value["content"]?["application/json"]?["example"]
            else { return nil }
            return [
                "name": reply.value["description"] ?? "", "originalRequest": request, "code": .int(code),
                "status": reply.value["description"] ?? "", "_postman_previewlanguage": "json",
                "header": [["key": "Content-Type", "value": "application/json"]], "body": .string(example.indented()),
            ]
        }
    }

    /// Whoever signs in is who sends the next request.
    private var event: JSON? {
        let signsIn = (operation["responses"]?.object ?? []).contains { reply in
            let example = reply.value["content"]?["application/json"]?["example"]
            return example?["data"]?["access_token"] != nil || example?["access"] != nil
        }
        guard signsIn else { return nil }
        return [
            [
                "listen": "test",
                "script": [
                    "type": "text/javascript",
                    "exec": [
                        "const json = pm.response.code < 300 ? pm.response.json() : {};",
                        "const token = json.data ? json.data.access_token : json.access;",
                        "if (token) pm.collectionVariables.set('token', token);",
                    ],
                ],
            ]
        ]
    }

    private func parameters(in place: String) -> [JSON] {
        (operation["parameters"]?.array ?? []).filter { $0["in"]?.string == place }
    }

    private func described(_ parameter: JSON) -> JSON {
        ["key": parameter["name"] ?? "", "value": "", "description": parameter["description"] ?? ""]
    }
}

extension JSON {
    /// Over several lines, two spaces a level, as people write it.
    fileprivate func indented(_ margin: String = "") -> String {
        let inner = margin + "  "
        switch self {
        case .object(let members) where !members.isEmpty:
            let lines = members.map { "\(inner)\(JSON.string($0.name).text): \($0.value.indented(inner))" }
            return "{\n\(lines.joined(separator: ",\n"))\n\(margin)}"
        case .array(let items) where !items.isEmpty:
            return "[\n\(items.map { inner + $0.indented(inner) }.joined(separator: ",\n"))\n\(margin)]"
        default: return text
        }
    }
}
