import BSON
import Testing

@Suite("Writing JSON member by member")
struct JSONWriterTests {
    @Test("gives the bytes of the same value as a tree")
    func sameAsTree() throws {
        let id = try #require(ObjectID("67696d100102030405060708"))
        var writer = JSONWriter()
        writer.array(of: [0, 1]) { writer, number in
            writer.object { writer in
                writer.member("id", id)
                writer.member("number", .int(Int64(number)))
                writer.member("name", "a \"quoted\" näme\n")
                writer.member("none", [String]())
                writer.member("words", ["one", "two"])
                writer.member("inner") { writer in
                    writer.member("x", .double(1))
                    writer.member("y", .null)
                }
                writer.member("empty") { _ in }
                writer.member("last", .bool(true))
            }
        }
        let tree = JSON.array(
            [0, 1].map { number in
                [
                    "id": JSON(id), "number": .int(number), "name": "a \"quoted\" näme\n", "none": [],
                    "words": ["one", "two"], "inner": ["x": 1.0, "y": nil], "empty": [:], "last": true,
                ]
            })
        #expect(writer.json.text == tree.text)
    }

    @Test("an empty list and an empty object are written as such")
    func empty() {
        var writer = JSONWriter()
        writer.array(of: [Int]()) { _, _ in }
        #expect(writer.json.text == "[]")
        var object = JSONWriter()
        object.object { _ in }
        #expect(object.json.text == "{}")
    }

    @Test(
        "whole numbers are written with all their digits",
        arguments: [0, 1, 9, 10, 11, 99, 100, 101, 1000, -1, -10, 4_294_967_296, .max, .max - 1, .min, .min + 1])
    func integers(number: Int64) {
        #expect(JSON.int(number).text == number.description)
    }
}
