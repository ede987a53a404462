/// WebP (RFC 9649): chunks in a RIFF file.
///
/// Kept are one picture, its transparency and its colour profile; EXIF and XMP are left out, and the header no longer speaks
/// of them. A file of several pictures is not taken.
struct WebPReader: MediaFormat {
    private enum Place: Sendable { case riff, header, canvas, lossy, lossless, kept, dropped }

    let kind = MediaKind.webp
    let first = MediaStep.gather(12)
    private(set) var size: PixelSize?
    private var canvas: PixelSize?
    private var place = Place.riff
    /// Bytes of the file that have not been given to a chunk.
    private var left = 0
    /// Bytes of the output behind the length in its header.
    private var kept = 4
    private var head: [UInt8] = []
    private var padded = 0
    private var isFirst = true

    mutating func gathered(_ bytes: [UInt8], into output: inout [UInt8]) throws(MediaFault) -> MediaStep {
        switch place {
        case .riff:
            guard let length = bytes.littleEndian(at: 4, 4), length >= 4 + 8 else { throw .malformed }
            left = length - 4
            output += bytes
            place = .header
            return .gather(8)
        case .header: return try begin(bytes, into: &output)
        case .canvas: return try canvas(bytes, into: &output)
        case .lossy:
            // A key frame with its start code.
            guard bytes[0] & 1 == 0, bytes[3...5] == [0x9D, 0x01, 0x2A], let width = bytes.littleEndian(at: 6, 2),
                let height = bytes.littleEndian(at: 8, 2)
            else { throw .malformed }
            return try picture(PixelSize(width: width & 0x3FFF, height: height & 0x3FFF), bytes, into: &output)
        case .lossless:
            guard bytes[0] == 0x2F, let bits = bytes.littleEndian(at: 1, 4), bits >> 29 == 0 else { throw .malformed }
            return try picture(
                PixelSize(width: bits & 0x3FFF + 1, height: bits >> 14 & 0x3FFF + 1), bytes, into: &output)
        case .kept, .dropped: throw .malformed
        }
    }

    mutating func next() throws(MediaFault) -> MediaStep {
        guard left > 0 else {
            guard size != nil else { throw .malformed }
            return .end
        }
        place = .header
        return .gather(8)
    }

    func ended() throws(MediaFault) -> (place: Int, bytes: [UInt8])? {
        (4, (0..<4).map { UInt8(truncatingIfNeeded: kept >> (8 * $0)) })
    }

    private mutating func begin(_ head: [UInt8], into output: inout [UInt8]) throws(MediaFault) -> MediaStep {
        guard let length = head.littleEndian(at: 4, 4) else { throw .malformed }
        padded = length + length & 1
        guard padded <= left - 8 else { throw .malformed }
        left -= 8 + padded
        self.head = head
        defer { isFirst = false }
        switch String(decoding: head.prefix(4), as: UTF8.self) {
        case "VP8X":
            guard isFirst, length == 10 else { throw .malformed }
            return look(10, .canvas)
        case "VP8 ":
            guard size == nil, length >= 10 else { throw .malformed }
            return look(10, .lossy)
        case "VP8L":
            guard size == nil, length >= 5 else { throw .malformed }
            return look(5, .lossless)
        case "ALPH", "ICCP":
            guard canvas != nil, size == nil else { throw .malformed }
            output += head
            return pass(padded)
        case "ANIM", "ANMF": throw .animated
        default:
            // Nothing to show yet, and no header that promises more.
            guard !isFirst else { throw .malformed }
            place = .dropped
            return .pass(padded, isKept: false)
        }
    }

    private mutating func look(_ count: Int, _ place: Place) -> MediaStep {
        self.place = place
        return .gather(count)
    }

    /// Lets the rest of a chunk pass, so many bytes of it.
    private mutating func pass(_ rest: Int) -> MediaStep {
        kept += 8 + padded
        place = .kept
        return .pass(rest, isKept: true)
    }

    private mutating func canvas(_ bytes: [UInt8], into output: inout [UInt8]) throws(MediaFault) -> MediaStep {
        if bytes[0] & 0x02 != 0 { throw .animated }
        guard let width = bytes.littleEndian(at: 4, 3), let height = bytes.littleEndian(at: 7, 3) else {
            throw .malformed
        }
        canvas = try PixelSize(width: width + 1, height: height + 1).checked()
        var bytes = bytes
        // Neither EXIF nor XMP any more; transparency and profile as they were.
        bytes[0] &= 0x30
        output += head + bytes
        return pass(0)
    }

    private mutating func picture(
        _ size: PixelSize, _ bytes: [UInt8], into output: inout [UInt8]
    ) throws(MediaFault) -> MediaStep {
        let size = try size.checked()
        guard canvas == nil || canvas == size else { throw .malformed }
        self.size = size
        output += head + bytes
        return pass(padded - bytes.count)
    }
}
