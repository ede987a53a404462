/// The path of a request while it is being matched: bytes without escapes, and where its segments are.
///
/// The bytes are borrowed; a view lives no longer than the call that ``withView(of:_:)`` makes.
struct PathView {
    let bytes: UnsafeBufferPointer<UInt8>
    let segments: [Range<Int>]
    /// `false` for a bad escape, bytes that are no UTF-8, or a NUL. The segments are then the raw ones.
    let isWellFormed: Bool

    /// - Parameter path: Raw, as it came. Without its leading slash it has no segments and matches nothing.
    static func withView<Result>(of path: String, _ body: (PathView) -> Result) -> Result {
        var path = path
        return path.withUTF8 { raw in
            let segments = split(raw)
            guard raw.contains(where: { $0 == UInt8(ascii: "%") || $0 == 0 }) else {
                return body(PathView(bytes: raw, segments: segments, isWellFormed: true))
            }
            guard let (decoded, ranges) = decode(raw, segments) else {
                return body(PathView(bytes: raw, segments: segments, isWellFormed: false))
            }
            return decoded.withUnsafeBufferPointer {
                body(PathView(bytes: $0, segments: ranges, isWellFormed: true))
            }
        }
    }

    func matches(_ range: Range<Int>, _ literal: [UInt8]) -> Bool {
        range.count == literal.count && bytes[range].elementsEqual(literal)
    }

    func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    private static func split(_ raw: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        guard raw.first == UInt8(ascii: "/") else { return [] }
        var segments: [Range<Int>] = []
        segments.reserveCapacity(8)
        var start = 1
        for index in raw.indices.dropFirst() where raw[index] == UInt8(ascii: "/") {
            segments.append(start..<index)
            start = index + 1
        }
        segments.append(start..<raw.count)
        return segments
    }

    /// Escapes are resolved inside segments only, so `%2F` is a character of its segment.
    private static func decode(
        _ raw: UnsafeBufferPointer<UInt8>, _ segments: [Range<Int>]
    ) -> (bytes: [UInt8], ranges: [Range<Int>])? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(raw.count)
        var ranges: [Range<Int>] = []
        ranges.reserveCapacity(segments.count)
        for segment in segments {
            let start = bytes.count
            guard PercentCoding.decode(raw[segment], into: &bytes) else { return nil }
            let decoded = bytes[start...]
            // C libraries would read a name with a NUL in it as a shorter one.
            guard !decoded.contains(0), String(validating: decoded, as: UTF8.self) != nil else { return nil }
            ranges.append(start..<bytes.count)
        }
        return (bytes, ranges)
    }
}
