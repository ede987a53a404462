import BSON

/// The API as a collection of Postman, in its format 2.1: made from the OpenAPI document, so that the two cannot
/// disagree (D25).
///
/// A folder for each tag, and in it a request for each operation, with the documented example as its body and the
/// documented answers beside it. Where it is sent to and as whom are variables; signing in sets the second. Sockets
/// are left out: the format has none.
struct PostmanCollection {
    let json: JSON

    private static let format = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"

    /// - Parameters:
    ///   - document: an OpenAPI document of ours.
    ///   - baseURL: what `{{baseUrl}}` stands for at first.
    init(of document: JSON, baseURL: String) {
        let operations = (document["paths"]?.object ?? []).flatMap { path in
            (path.value.object ?? []).filter { $0.value["x-websocket"] != true }.map {
                PostmanRequest(method: $0.name.uppercased(), path: path.name, operation: $0.value)
            }
        }
        let folders = (document["tags"]?.array ?? []).compactMap { tag -> JSON? in
            let own = operations.filter { $0.tag == tag["name"]?.string }
            guard !own.isEmpty else { return nil }
            return [
                "name": tag["name"] ?? "", "description": tag["description"] ?? "", "item": .array(own.map(\.json)),
            ]
        }
        let info = document["info"]
        json = [
            "info": [
                "name": info?["title"] ?? "", "description": info?["description"] ?? "",
                "version": info?["version"] ?? "", "schema": .string(Self.format),
            ],
            "item": .array(folders),
            "auth": PostmanRequest.bearer,
            "variable": [
                ["key": "baseUrl", "value": .string(baseURL), "type": "string"],
                ["key": "token", "value": "", "type": "string"],
            ],
        ]
    }
}
