/// Free text that comes with jobs: trimmed, bounded, and without control characters.
enum Wording {
    static let addressLimit = 300
    static let descriptionLimit = 2000
    static let reasonLimit = 500
    /// Of the name a client gives his request (K28); ours.
    static let referenceLimit = 200

    /// - Throws: `VALIDATION_ERROR` for a reason beyond 500 characters; nil for none.
    static func reason(_ text: String?) throws(RoadsideError) -> String? {
        guard let text = text.map(clean), !text.isEmpty else { return nil }
        guard text.count <= reasonLimit else {
            throw .validation([FieldIssue(name: "reason", message: "At most \(reasonLimit) characters.")])
        }
        return text
    }

    static func clean(_ text: String) -> String {
        if isClean(text.utf8) { return text }
        let kept = text.unicodeScalars.filter { $0 == "\n" || $0.properties.generalCategory != .control }
        let trimmed = String(String.UnicodeScalarView(kept)).drop(while: \.isWhitespace)
        return String(trimmed.reversed().drop(while: \.isWhitespace).reversed())
    }

    /// Whether text of plain ASCII is as it should be, which most is: to ask each character for its properties costs more
    /// than all else that is done to a request's words.
    private static func isClean(_ text: String.UTF8View) -> Bool {
        guard let first = text.first, let last = text.last else { return true }
        let space = UInt8(ascii: " ")
        return first > space && last > space
            && text.allSatisfy { $0 == UInt8(ascii: "\n") || space..<0x7F ~= $0 }
    }
}
