import BSON
import FixOnCallClient
import Mongo
import MongoTesting
import RoadsideTesting
import Testing

@Suite("T23: what is no photo and no paper, and forms that are none", .server, .serialized)
struct HostileUploadTests {
    /// Whatever was refused has left nothing behind.
    private func expectNothingKept(by person: Person) async throws {
        let client = try server().database.client
        let owner = try #require(ObjectID(person.id))
        #expect(try await client.bucket("uploads").files.count(["metadata.owner_id": .id(owner)]) == 0)
        #expect(try await client.collection("upload_drafts").count(["owner_id": .id(owner)]) == 0)
    }

    @Test("files of other kinds, damaged ones and those that hide something are refused by their content")
    func files() async throws {
        let person = try await server().customer()
        let jpeg = MediaSample.jpeg()
        let html = Array("<!DOCTYPE html><script>alert(1)</script>".utf8)
        let cases: [(String, [UInt8], Int, String)] = [
            (
                "SVG", Array("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".utf8), 415,
                "UNSUPPORTED_MEDIA_TYPE"
            ),
            ("HTML", html, 415, "UNSUPPORTED_MEDIA_TYPE"),
            ("GIF", Array("GIF89a\u{1}\u{0}\u{1}\u{0}\u{0}\u{0}\u{0}!;".utf8), 415, "UNSUPPORTED_MEDIA_TYPE"),
            ("ZIP", Array("PK\u{3}\u{4}".utf8) + jpeg, 415, "UNSUPPORTED_MEDIA_TYPE"),
            ("text", Array("hello".utf8), 415, "UNSUPPORTED_MEDIA_TYPE"),
            ("nothing", [], 422, "VALIDATION_ERROR"),
            ("cut off", Array(jpeg.dropLast(2)), 422, "VALIDATION_ERROR"),
            ("JPEG and ZIP", jpeg + Array("PK\u{3}\u{4}".utf8), 422, "VALIDATION_ERROR"),
            ("JPEG and HTML", jpeg + html, 422, "VALIDATION_ERROR"),
            ("PNG of 50k × 50k", MediaSample.png(width: 50_000, height: 50_000), 422, "VALIDATION_ERROR"),
            ("PDF with JavaScript", MediaSample.pdf("/OpenAction<</S/JavaScript>>"), 422, "VALIDATION_ERROR"),
            (
                "JPEG with a length that lies", [0xFF, 0xD8, 0xFF, 0xE1, 0xFF, 0xFF] + jpeg.dropFirst(2), 422,
                "VALIDATION_ERROR"
            ),
            (
                "PNG with a length that lies",
                MediaSample.png().prefix(33) + [0x7F, 0xFF, 0xFF, 0xFF] + Array("tEXt".utf8) + [0], 422,
                "VALIDATION_ERROR"
            ),
        ]
        for (name, file, status, code) in cases {
            expectProblem(try await person.upload(file, as: "document"), status, code, name)
        }
        expectProblem(
            try await person.upload(MediaSample.pdf(), as: "vehicle_image"), 422, fields: ["file"], "a PDF is no photo")
        try await expectNothingKept(by: person)
    }

    @Test("more than 8 MiB of a photo and 10 MiB of a paper are 413, a photo of nearly 8 MiB is taken")
    func sizes() async throws {
        let person = try await server().customer()
        let filler = MediaSample.segment(0xFE, [UInt8](repeating: 7, count: 65_000))
        func photo(_ count: Int) -> [UInt8] {
            MediaSample.jpeg(with: (0..<count).flatMap { _ in filler })
        }
        expectProblem(try await person.upload(photo(130), as: "document"), 413, "PAYLOAD_TOO_LARGE")
        let paper = MediaSample.pdf(String(repeating: " ", count: 10 << 20))
        expectProblem(try await person.upload(paper, as: "document"), 413, "PAYLOAD_TOO_LARGE")
        expectProblem(
            try await person.upload([UInt8](repeating: 0, count: 11 << 20), as: "document"), 413, "PAYLOAD_TOO_LARGE")
        try await expectNothingKept(by: person)
        let taken = try data(try await person.upload(photo(128), as: "document"), 201)["upload"]
        #expect(taken?["size"]?.int == Int64(MediaSample.jpeg().count))
    }

    @Test("forms that are none are 400: too many parts, paths, control characters, no end, and what follows it")
    func forms() async throws {
        let person = try await server().customer()
        let file = MediaSample.jpeg()
        func named(_ name: String) -> [UInt8] {
            var form = Form([("purpose", "document")])
            form.add("file", file, file: name)
            return form.whole
        }
        var many = Form()
        for index in 0..<10_001 { many.add("p\(index)", [0x61]) }
        var header = Form()
        header.add("file", file, file: "a.jpg", headers: "X-Long: \(String(repeating: "a", count: 5000))\r\n")
        var lines = Form()
        lines.add(
            "file", file, file: "a.jpg", headers: (0..<20).map { "X-\($0): a\r\n" }.joined())
        var encoded = Form()
        encoded.add("file", file, file: "a.jpg", headers: "Content-Transfer-Encoding: base64\r\n")
        var long = Form()
        long.add("purpose", [UInt8](repeating: 0x61, count: 201))
        var bytes = Form()
        bytes.add("purpose", [0xFF, 0xFE])
        let whole = named("a.jpg")
        let boundary = many.boundary
        let cases: [(String, [UInt8])] = [
            ("10,001 parts", many.whole), ("../../x", named("../../x")), ("..\\..\\x", named("..\\..\\x")),
            ("NUL in a name", named("a\u{0}.jpg")), ("a line break in a name", named("a\nb.jpg")),
            ("a long header", header.whole), ("many headers", lines.whole), ("base64", encoded.whole),
            ("a long text", long.whole), ("a text that is none", bytes.whole), ("nothing", []),
            ("no end", whole.dropLast(boundary.count + 6)), ("half an end", Array(whole.dropLast(4))),
            ("something behind the end", whole + [0x61]), ("something before the start", [0x61] + whole),
            ("bare line feeds", whole.filter { $0 != 0x0D }), ("no form", Array("{}".utf8)),
            ("no name", Array("--\(boundary)\r\nContent-Disposition: form-data\r\n\r\na\r\n--\(boundary)--".utf8)),
            ("no header", Array("--\(boundary)\r\n\r\na\r\n--\(boundary)--\r\n".utf8)),
            (
                "two names",
                Array(
                    "--\(boundary)\r\nContent-Disposition: form-data; name=a; name=file\r\n\r\na\r\n--\(boundary)--"
                        .utf8)
            ),
        ]
        for (name, body) in cases {
            expectProblem(try await person.send(body, boundary: boundary), 400, "MALFORMED_BODY", name)
        }
        try await expectNothingKept(by: person)
    }

    @Test("boundaries beyond RFC 2046, types that are no form, and the wrong texts beside a file")
    func boundaries() async throws {
        let person = try await server().customer()
        for boundary in [
            String(repeating: "b", count: 71), "", "a b ", "a\u{e9}", "a<b", String(repeating: "x", count: 4000),
        ] {
            expectProblem(try await person.send([], boundary: boundary), 400, "MALFORMED_BODY", boundary)
        }
        let huge = try await person.send([], boundary: String(repeating: "b", count: 20_000))
        #expect(huge.status == 431)
        let again = try await server().customer()
        for type in ["application/json", "multipart/mixed; boundary=a", "text/plain", "image/jpeg"] {
            let answer = try await again.http.request(
                "POST", "/api/uploads", headers: [("Authorization", "Bearer \(again.token)"), ("Content-Type", type)],
                body: MediaSample.jpeg())
            expectProblem(answer, 415, "UNSUPPORTED_MEDIA_TYPE", type)
        }
        expectProblem(try await again.upload(MediaSample.jpeg(), as: nil), 422, fields: ["purpose"])
        expectProblem(try await again.upload(MediaSample.jpeg(), as: "virus"), 422, fields: ["purpose"])
        expectProblem(
            try await again.upload(MediaSample.jpeg(), as: "document", of: "1"), 422, fields: ["service_id"])
        let form = Form([("purpose", "document")])
        expectProblem(try await again.send(form.whole, boundary: form.boundary), 422, fields: ["file"])
        var twice = Form([("purpose", "document")])
        for _ in 0..<2 { twice.add("file", MediaSample.jpeg(), file: "a.jpg") }
        expectProblem(try await again.send(twice.whole, boundary: twice.boundary), 422, fields: ["file"])
        try await expectNothingKept(by: again)
    }
}
