import RoadsideTesting
import Testing

@testable import RoadsideWeb

@Suite("RFC 2046, RFC 7578: a form is taken apart as it arrives, however it is cut")
struct MultipartParserTests {
    private func parse(_ body: [UInt8], cut: Int, boundary: String) throws -> [String: [UInt8]] {
        var parser = try MultipartParser(contentType: "multipart/form-data; boundary=\"\(boundary)\"")
        var (parts, name) = ([String: [UInt8]](), "")
        var rest = body[...]
        while !rest.isEmpty {
            parser.take(rest.prefix(cut))
            rest = rest.dropFirst(cut)
            while let event = try parser.next() {
                switch event {
                case .part(let head):
                    name = head.name
                    parts[name] = []
                case .bytes(let bytes): parts[name, default: []] += bytes
                case .partEnd: name = "none"
                }
            }
        }
        try parser.finish()
        return parts
    }

    @Test("what looks like a boundary and is none belongs to the file")
    func lookalikes() throws {
        var form = Form([("purpose", "a"), ("empty", "")])
        let tricky = Array("\r\n--\(form.boundary.dropLast())\r\n\r\n--\r\n\r\r\n\(form.boundary)--\r".utf8)
        form.add("file", tricky, file: "a \\\"quoted\\\" name; boundary=x.bin")
        for cut in 1...form.whole.count {
            let parts = try parse(form.whole, cut: cut, boundary: form.boundary)
            #expect(parts == ["purpose": [0x61], "empty": [], "file": tricky], "cut \(cut)")
        }
    }

    @Test("every byte that is changed or missing leaves a form or a refusal, never more than it held")
    func damage() {
        var form = Form([("purpose", "document")])
        form.add("file", MediaSample.jpeg(), file: "a.jpg", headers: "Content-Type: image/jpeg\r\n")
        let whole = form.whole
        for place in whole.indices {
            for byte in [0, 0x0A, 0x0D, 0x2D, 0x22, 0xFF] as [UInt8] {
                var bent = whole
                bent[place] = byte
                let parts = try? parse(bent, cut: 13, boundary: form.boundary)
                let held = (parts ?? [:]).values.reduce(0) { $0 + $1.count }
                #expect(held <= whole.count)
            }
            // Without the line break at its end it is whole.
            guard place < whole.count - 2 else { continue }
            #expect(throws: (any Error).self) {
                try parse(Array(whole.prefix(place)), cut: 13, boundary: form.boundary)
            }
        }
    }

    @Test("parameters of a header: tokens and quoted strings, each once, and no control characters")
    func parameters() {
        let header = HeaderParameters("Form-Data ; name=\"a\\\"b\" ;filename=c.jpg")
        #expect(header?.value == "form-data" && header?["name"] == "a\"b" && header?["filename"] == "c.jpg")
        for text in [
            "", ";a=b", "x; a", "x; a=", "x; =b", "x; a=\"b", "x; a=b; A=c", "x; a=\"b\"c", "x; a=\"\u{0}\"",
            "x; a b=c",
        ] {
            #expect(HeaderParameters(text) == nil, "\(text)")
        }
    }
}
