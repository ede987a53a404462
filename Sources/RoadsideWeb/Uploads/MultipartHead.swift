import Roadside

/// What a part of a form says of itself. Only its name is kept: the name of its file and its type are a client's words.
struct MultipartHead: Sendable, Hashable {
    let name: String

    /// - Parameter bytes: header lines without the empty one at their end.
    /// - Throws: `MALFORMED_BODY` for lines that are none, a part that is not of a form or has been encoded, a name of a
    ///   file that is a path, and whatever has a control character in it.
    init(_ bytes: ArraySlice<UInt8>) throws(RoadsideError) {
        var disposition: HeaderParameters?
        for line in try Self.lines(bytes) {
            guard let colon = line.firstIndex(of: ":") else { throw .malformedForm("a header has no name") }
            let value = String(line[line.index(after: colon)...])
            switch line[..<colon].lowercased() {
            case "content-disposition":
                guard disposition == nil, let read = HeaderParameters(value), read.value == "form-data" else {
                    throw .malformedForm("a part is not of a form")
                }
                disposition = read
            case "content-transfer-encoding":
                guard ["binary", "8bit", "7bit"].contains(HeaderParameters(value)?.value) else {
                    throw .malformedForm("a part is encoded")
                }
            default: continue
            }
        }
        guard let disposition, let name = disposition["name"], (1...100).contains(name.utf8.count) else {
            throw .malformedForm("a part has no name")
        }
        if let file = disposition["filename"], file.utf8.count > 255 || file.contains(where: { "/\\".contains($0) }) {
            throw .malformedForm("the name of a file is a path")
        }
        self.name = name
    }

    /// Lines of text that end with CRLF and hold no control characters but tabs.
    private static func lines(_ bytes: ArraySlice<UInt8>) throws(RoadsideError) -> [Substring] {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformedForm("a header is no text") }
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        let isPlain = lines.allSatisfy { line in
            line.unicodeScalars.allSatisfy { $0 == "\t" || $0.value >= 0x20 && $0.value != 0x7F }
        }
        guard isPlain, lines.count <= 8 else { throw .malformedForm("a part has too many headers, or strange ones") }
        return lines
    }
}
