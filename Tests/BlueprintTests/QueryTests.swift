import Blueprint
import HTTPTypes
import Hummingbird
import Testing

@Suite("Query")
struct QueryTests {
    @Test("names and values are decoded, and + is a space")
    func decoding() throws {
        let query = try Query("q=x%2By+z&na%20me=%C3%BC&empty=&bare&a=b=c")
        #expect(query["q"] == "x+y z" && query["na me"] == "ü" && query["empty"] == "" && query["bare"] == "")
        #expect(query["a"] == "b=c" && query["none"] == nil)
    }

    @Test("repeated names keep their order, the first is the one read by name")
    func repeated() throws {
        let query = try Query("tag=b&x=1&tag=a&&tag=")
        #expect(query["tag"] == "b" && query.all("tag") == ["b", "a", ""] && query.all("none").isEmpty)
        #expect(query.parameters.map(\.name) == ["tag", "x", "tag", "tag"])
    }

    @Test("what is too much or malformed is refused", arguments: ["a=%", "a=%zz", "%ff=a", "a=%C3", "a=%ED%A0%80"])
    func malformed(text: String) {
        #expect(throws: QueryError.malformed) { try Query(text) }
    }

    @Test("length and number of parameters are bounded")
    func bounds() throws {
        #expect(throws: QueryError.tooLong) { try Query("abcde", limits: .init(bytes: 4)) }
        #expect(throws: QueryError.tooManyParameters) { try Query("a&b&c", limits: .init(parameters: 2)) }
        #expect(try Query("a&b", limits: .init(bytes: 3, parameters: 2)).parameters.count == 2)
        #expect(try Query("").parameters.isEmpty)
    }

    @Test("a request reads its own query, and a bad one is a 400 through the handlers")
    func request() async throws {
        var app = TestBlueprint("app")
        app.get("/a", handler: { request, _ in Response(try request.query().all("x").joined(separator: ",")) })
        app.onError(QueryError.self) { error, _, _ in Response("\(error)", error.status) }
        let client = try TestClient(app: app)
        #expect(try await client.get("/a?x=1&x=+2").text == "1, 2")
        #expect(try await client.get("/a").text == "")
        let bad = try await client.get("/a?x=%")
        #expect(bad.status == 400 && bad.text == "malformed")
    }
}
