import Roadside

/// Takes a `multipart/form-data` body apart while it arrives (RFC 7578, RFC 2046 §5.1): nothing is kept but what may be the
/// beginning of a boundary, or the header of a part.
///
/// Stricter than the grammar where only attackers need it: no text before the first and after the last boundary, lines end
/// with CRLF, and everything that has a length has a limit.
struct MultipartParser: Sendable {
    enum Event: Sendable, Hashable {
        case part(MultipartHead)
        /// Some of the part's bytes.
        case bytes(ArraySlice<UInt8>)
        case partEnd
    }

    /// A form has a handful; ours.
    static let mostParts = 8
    static let longestHead = 4096
    /// RFC 2046 §5.1.1.
    static let longestBoundary = 70

    private enum State { case start, delimited, head, body, end }

    /// What stands before every part but the first, where the line break is missing.
    private let delimiter: [UInt8]
    private var state = State.start
    private var buffer: [UInt8] = [0x0D, 0x0A]
    private var position = 0
    private var parts = 0

    /// - Parameter contentType: the header of the request.
    /// - Throws: `UNSUPPORTED_MEDIA_TYPE` for another type, `MALFORMED_BODY` for a boundary that is none.
    init(contentType: String?) throws(RoadsideError) {
        guard let header = contentType.flatMap(HeaderParameters.init), header.value == "multipart/form-data" else {
            throw RoadsideError(.unsupportedMedia, "Send the body as multipart/form-data.")
        }
        guard let boundary = header["boundary"], (1...Self.longestBoundary).contains(boundary.utf8.count),
            boundary.utf8.allSatisfy(Self.isBoundary), boundary.utf8.last != 0x20
        else { throw .malformedForm("its boundary must be 1 to 70 characters of RFC 2046") }
        delimiter = Array("\r\n--\(boundary)".utf8)
    }

    mutating func take(_ bytes: some Sequence<UInt8>) {
        buffer.removeFirst(position)
        position = 0
        buffer += bytes
    }

    /// What comes next; nil when that takes more bytes.
    ///
    /// - Throws: `MALFORMED_BODY`.
    mutating func next() throws(RoadsideError) -> Event? {
        while true {
            switch state {
            case .start:
                let there = buffer[position...].prefix(delimiter.count)
                guard delimiter.starts(with: there) else { throw .malformedForm("it does not begin with its boundary") }
                guard there.count == delimiter.count else { return nil }
                position += delimiter.count
                state = .delimited
            case .delimited:
                let there = buffer[position...].prefix(2)
                guard there.count == 2 else { return nil }
                position += 2
                switch Array(there) {
                case [0x0D, 0x0A]:
                    parts += 1
                    guard parts <= Self.mostParts else {
                        throw .malformedForm("it has more than \(Self.mostParts) parts")
                    }
                    state = .head
                case Array("--".utf8): state = .end
                default: throw .malformedForm("a boundary is followed by neither a part nor the end")
                }
            case .head:
                guard let head = try head() else { return nil }
                state = .body
                return .part(head)
            case .body: return body()
            case .end:
                // A last line break is usual.
                let rest = buffer[position...]
                guard Array("\r\n".utf8).starts(with: rest) else { throw .malformedForm("it goes on after its end") }
                return nil
            }
        }
    }

    /// The body has ended.
    ///
    /// - Throws: `MALFORMED_BODY` for one that breaks off.
    mutating func finish() throws(RoadsideError) {
        guard case .end = state else { throw .malformedForm("it breaks off") }
    }

    private mutating func head() throws(RoadsideError) -> MultipartHead? {
        let rest = buffer[position...].prefix(Self.longestHead)
        let end = rest.indices.first { index in
            rest[index] == 0x0D && rest[index...].starts(with: [0x0D, 0x0A, 0x0D, 0x0A])
        }
        guard let end else {
            guard rest.count < Self.longestHead else { throw .malformedForm("the header of a part is too long") }
            return nil
        }
        position = end + 4
        return try MultipartHead(rest[..<end])
    }

    private mutating func body() -> Event? {
        var search = position
        var end = buffer.count
        var isWhole = false
        while let candidate = buffer[search...].firstIndex(of: 0x0D) {
            let there = buffer[candidate...].prefix(delimiter.count)
            if delimiter.starts(with: there) {
                (end, isWhole) = (candidate, there.count == delimiter.count)
                break
            }
            search = candidate + 1
        }
        if end > position {
            defer { position = end }
            return .bytes(buffer[position..<end])
        }
        guard isWhole else { return nil }
        position += delimiter.count
        state = .delimited
        return .partEnd
    }

    private static func isBoundary(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: "'()+_,-./:=? ".utf8.contains(byte)
        }
    }
}

extension RoadsideError {
    static func malformedForm(_ why: String) -> RoadsideError {
        RoadsideError(.malformedBody, "The form cannot be read: \(why).")
    }
}
