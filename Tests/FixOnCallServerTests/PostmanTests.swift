import BSON
import RoadsideTesting
import Testing

@testable import FixOnCallServer

@Suite("D25: the Postman collection")
struct PostmanTests {
    private static let methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]

    /// Every request of a collection with the folder it is in.
    private func requests(_ collection: JSON) -> [(folder: String, item: JSON)] {
        (collection["item"]?.array ?? []).flatMap { folder in
            (folder["item"]?.array ?? []).map { (folder["name"]?.string ?? "", $0) }
        }
    }

    /// `{{baseUrl}}/api/services/:id` as the OpenAPI document writes it.
    private func documented(_ url: String) -> String {
        url.replacing("{{baseUrl}}", with: "").split(separator: "/", omittingEmptySubsequences: false).map { segment in
            segment.hasPrefix(":") ? "{\(segment.dropFirst())}" : String(segment)
        }.joined(separator: "/")
    }

    @Test("every operation but the sockets is in the folder of its tag, once, and nothing else is")
    func everything() async throws {
        let book = try await Book()
        let collection = PostmanCollection(of: book.document, baseURL: "http://127.0.0.1:5000").json
        let shown = requests(collection).map { folder, item in
            let request = item["request"]
            return "\(folder): \(request?["method"]?.string ?? "") \(documented(request?["url"]?["raw"]?.string ?? ""))"
        }
        let expected = book.entries.filter { !$0.isSocket }.map { entry in
            "\(entry.json["tags"]?[0]?.string ?? ""): \(entry.method) \(entry.path)"
        }
        #expect(shown.count == Set(shown).count)
        #expect(Set(shown) == Set(expected))
        #expect(expected.count >= 100)
    }

    @Test("it has the form of v2.1: heading, variables, authorization, and in each request what the format demands")
    func form() async throws {
        let collection = PostmanCollection(of: try await Book().document, baseURL: "http://127.0.0.1:5000").json
        #expect(
            collection["info"]?["schema"]?.string
                == "https://schema.getpostman.com/json/collection/v2.1.0/collection.json")
        #expect(collection["info"]?["name"] == "Fix On Call")
        #expect(collection["variable"]?.array?.compactMap { $0["key"]?.string } == ["baseUrl", "token"])
        #expect(collection["variable"]?[0]?["value"] == "http://127.0.0.1:5000")
        #expect(collection["auth"]?["bearer"]?[0]?["value"] == "{{token}}")
        for (folder, item) in requests(collection) {
            let name = item["name"]?.string ?? ""
            let about: Comment = "\(folder): \(name)"
            #expect(!name.isEmpty, about)
            let request = try #require(item["request"], about)
            let method = try #require(request["method"]?.string, about)
            #expect(Self.methods.contains(method), about)
            let url = try #require(request["url"], about)
            let path = try #require(url["path"]?.array, about).compactMap(\.string)
            #expect(url["host"] == ["{{baseUrl}}"], about)
            #expect(url["raw"]?.string == "{{baseUrl}}/" + path.joined(separator: "/"), about)
            let variables = Set((url["variable"]?.array ?? []).compactMap { $0["key"]?.string })
            #expect(variables == Set(path.filter { $0.hasPrefix(":") }.map { String($0.dropFirst()) }), about)
            for header in request["header"]?.array ?? [] { #expect(header["key"]?.string?.isEmpty == false, about) }
            for reply in try #require(item["response"]?.array, about) {
                #expect(reply["name"]?.string != nil && reply["code"]?.int != nil, about)
                #expect(reply["originalRequest"]?["method"]?.string == method, about)
                let body = try #require(reply["body"]?.string, about)
                let json = try JSON.parse(Array(body.utf8))
                #expect(json.object != nil || json.array != nil, about)
            }
        }
    }

    @Test("a body is the documented example, a form its fields; public routes send no token, signing in keeps one")
    func requestsThemselves() async throws {
        let book = try await Book()
        let items = requests(PostmanCollection(of: book.document, baseURL: "").json).map(\.item)
        for entry in book.entries where !entry.isSocket {
            let item = try #require(
                items.first {
                    $0["request"]?["method"]?.string == entry.method
                        && documented($0["request"]?["url"]?["raw"]?.string ?? "") == entry.path
                }, entry.name)
            let request = item["request"]
            #expect((request?["auth"]?["type"] == "noauth") == (entry.json["security"] == nil), entry.name)
            let content = entry.json["requestBody"]?["content"]
            if let example = content?["application/json"]?["example"] {
                let raw = try #require(request?["body"]?["raw"]?.string, entry.name)
                #expect(try JSON.parse(Array(raw.utf8)) == example, entry.name)
                #expect(request?["body"]?["mode"] == "raw", entry.name)
            } else if let form = content?["multipart/form-data"]?["schema"]?["properties"]?.object {
                let fields = request?["body"]?["formdata"]?.array ?? []
                #expect(fields.compactMap { $0["key"]?.string } == form.map(\.name), entry.name)
                #expect(fields.contains { $0["type"] == "file" }, entry.name)
            } else {
                #expect(request?["body"] == nil, entry.name)
            }
        }
        let keepers = items.filter { $0["event"] != nil }.compactMap { $0["request"]?["url"]?["raw"]?.string }
        #expect(keepers.contains("{{baseUrl}}/api/auth/login") && keepers.contains("{{baseUrl}}/api/auth/register"))
        #expect(keepers.contains("{{baseUrl}}/api/auth/login/phone/"))
        #expect(!keepers.contains("{{baseUrl}}/api/auth/logout"))
    }
}
