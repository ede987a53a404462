/// Checks bytes from an untrusted source against the BSON specification before they become a document.
enum DocumentValidator {
    /// MongoDB itself refuses documents nested deeper than this.
    static let maximumDepth = 100

    static func check(_ bytes: [UInt8]) throws(BSONError) {
        guard bytes.count >= 5 else { throw BSONError(.truncated, offset: bytes.count) }
        try check(bytes, 0..<bytes.count, depth: 1)
    }

    private static func check(_ bytes: [UInt8], _ range: Range<Int>, depth: Int) throws(BSONError) {
        guard depth <= maximumDepth else { throw BSONError(.tooDeep, offset: range.lowerBound) }
        guard BSONReader.isFramed(bytes, range) else { throw BSONError(.badLength, offset: range.lowerBound) }
        var reader = BSONReader(bytes, range)
        while let field = try reader.next() {
            try checkText(bytes, field.key)
            let start = field.value.lowerBound
            switch field.type {
            case .document, .array: try check(bytes, field.value, depth: depth + 1)
            case .string, .javascript, .symbol, .pointer: try checkText(bytes, reader.prefixedText(at: start))
            case .regex: try checkText(bytes, field.value)
            case .bool: guard bytes[start] <= 1 else { throw BSONError(.badBoolean, offset: start) }
            case .scopedJavascript:
                let text = reader.prefixedText(at: start + 4)
                try checkText(bytes, text)
                try check(bytes, text.upperBound + 1..<field.value.upperBound, depth: depth + 1)
            default: break
            }
        }
    }

    private static func checkText(_ bytes: [UInt8], _ range: Range<Int>) throws(BSONError) {
        do { _ = try UTF8Span(validating: bytes.span.extracting(range)) } catch {
            throw BSONError(.invalidUTF8, offset: range.lowerBound)
        }
    }
}
