import BSON
import FixOnCallClient
import RoadsideTesting
import Testing

/// The operations of the OpenAPI document that take a JSON body, with what it says of them: what T6 and T19 to T22 are
/// generated from.
struct DocumentedWrite {
    let method: String
    let path: String
    let roles: [String]?
    let schema: JSON
    let example: JSON

    var name: String { "\(method) \(path)" }

    /// The path with ids that name nothing.
    var somewhere: String {
        ["id", "charge_id", "share_id"].reduce(path) { $0.replacing("{\($1)}", with: "65a50b2c9f1d4e0012345600") }
    }

    static func all() async throws -> [DocumentedWrite] {
        let document = try await server().http().get("/api/swagger.json").json
        return try #require(document?["paths"]?.object).flatMap { path in
            (path.value.object ?? []).compactMap { operation in
                guard let media = operation.value["requestBody"]?["content"]?["application/json"],
                    let schema = media["schema"], let example = media["example"]
                else { return nil }
                return DocumentedWrite(
                    method: operation.name.uppercased(), path: path.name,
                    roles: operation.value["security"] == nil
                        ? nil : (operation.value["x-roles"]?.array ?? []).compactMap(\.string),
                    schema: schema, example: example)
            }
        }
    }

    func isOpen(to role: String) -> Bool { roles.map { $0.isEmpty || $0.contains(role) } ?? true }

    /// Every member that the schema names as a string and nothing else but null, by its way from the top.
    var texts: [[String]] { Self.texts(in: schema) }

    private static func texts(in schema: JSON) -> [[String]] {
        (schema["properties"]?.object ?? []).flatMap { property -> [[String]] in
            let types = Set((property.value["type"]?.array ?? [property.value["type"] ?? nil]).compactMap(\.string))
            // An alternative to null holds the shape itself.
            let shape = property.value["anyOf"]?[0] ?? property.value
            if types.subtracting(["null"]) == ["string"] || shape["enum"] != nil { return [[property.name]] }
            if shape["properties"] != nil { return texts(in: shape).map { [property.name] + $0 } }
            return []
        }
    }

    /// The documented body with another value at the end of a way, whose objects are made where they are missing.
    func body(_ way: [String], _ value: JSON) -> JSON { Self.put(value, way[...], into: example) }

    private static func put(_ value: JSON, _ way: ArraySlice<String>, into json: JSON) -> JSON {
        guard let name = way.first else { return value }
        return json.adding(name, put(value, way.dropFirst(), into: json[name] ?? [:]))
    }
}

/// Somebody of each role that a body may come from, so that one who is signed out by one request is not missed by the
/// next.
struct Writers {
    private var people: [String: Person] = [:]

    /// nil on a route for everybody.
    mutating func writer(_ write: DocumentedWrite, role: String? = nil) async throws -> Person? {
        guard let roles = write.roles else { return nil }
        let role = role ?? roles.first ?? "customer"
        // These end the session or the account that they are asked with.
        let isFinal = ["logout", "account", "change-password"].contains { write.path.contains($0) }
        if !isFinal, let known = people[role] { return known }
        let server = try server()
        let person =
            switch role {
            case "provider": try await server.provider(at: Spot.fresh())
            case "admin", "dispatcher": try await server.admin()
            default: try await server.customer()
            }
        if !isFinal { people[role] = person }
        return person
    }
}
