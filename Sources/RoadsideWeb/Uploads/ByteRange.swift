import Roadside

/// What of a file is wanted (RFC 9110 §14).
enum ByteRange: Sendable, Hashable {
    case all
    case part(Range<Int>)
    case unsatisfiable

    /// One range is served as asked. Several at once, other units and what is no range at all count for nothing, which the
    /// standard allows: the answer is the whole file.
    ///
    /// - Parameters:
    ///   - header: `bytes=0-499`, `bytes=500-` or `bytes=-500`.
    ///   - length: of the file.
    init(_ header: String?, length: Int) {
        self = .all
        guard let header, header.hasPrefix("bytes=") else { return }
        let parts = header.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return }
        func number(_ text: Substring) -> Int? {
            // More digits than any file has bytes.
            guard !text.isEmpty, text.utf8.count <= 18, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                return nil
            }
            return Int(text)
        }
        switch (number(parts[0]), number(parts[1])) {
        case (let first?, nil) where parts[1].isEmpty:
            self = first < length ? .part(first..<length) : .unsatisfiable
        case (let first?, let last?) where first <= last:
            self = first < length ? .part(first..<min(last + 1, length)) : .unsatisfiable
        case (nil, let last?) where parts[0].isEmpty:
            self = last > 0 && length > 0 ? .part(max(0, length - last)..<length) : .unsatisfiable
        default: return
        }
    }
}
