/// JPEG (ITU-T T.81): segments with a length, and between them coded pixels without one.
///
/// Kept are the tables, frames and scans, the plain JFIF header, colour profiles and Adobe's note on colours; of EXIF only
/// which way up the picture is, in a segment of our own making.
struct JPEGReader: MediaFormat {
    private enum Place: Sendable {
        case start, marker, fill, frame, jfif, exif, adobe
        case length(UInt8)
        case profile(rest: Int)
        case segment
        case scanHeader, scan, scanMarker, scanFill
    }

    let kind = MediaKind.jpeg
    let first = MediaStep.gather(2)
    private(set) var size: PixelSize?
    private var place = Place.start
    private var hasScan = false
    private var hasOrientation = false
    private var fillers = 0
    /// Marker and length of the segment that is looked at.
    private var head: [UInt8] = []

    mutating func gathered(_ bytes: [UInt8], into output: inout [UInt8]) throws(MediaFault) -> MediaStep {
        switch place {
        case .start:
            output += bytes
            return marker()
        case .marker:
            guard bytes[0] == 0xFF else { throw .malformed }
            return try code(bytes[1], into: &output)
        case .fill: return try code(bytes[0], into: &output)
        case .length(let code):
            guard let length = bytes.bigEndian(at: 0, 2), length >= 2 else { throw .malformed }
            return try segment(code, payload: length - 2, into: &output)
        case .frame:
            guard size == nil, let height = bytes.bigEndian(at: 1, 2), let width = bytes.bigEndian(at: 3, 2) else {
                throw .malformed
            }
            size = try PixelSize(width: width, height: height).checked()
            output += head + bytes
            return marker()
        case .jfif:
            // Without a thumbnail.
            if bytes.starts(with: "JFIF\0".utf8), bytes.suffix(2) == [0, 0] { output += head + bytes }
            return marker()
        case .adobe:
            if bytes.starts(with: "Adobe".utf8) { output += head + bytes }
            return marker()
        case .exif:
            if !hasOrientation, let orientation = ExifOrientation(exif: bytes) {
                hasOrientation = true
                output += orientation.segment
            }
            return marker()
        case .profile(let rest):
            let isProfile = bytes.starts(with: "ICC_PROFILE\0".utf8)
            if isProfile { output += head + bytes }
            place = .segment
            return .pass(rest, isKept: isProfile)
        case .scanMarker, .scanFill:
            let code = bytes[bytes.count - 1]
            guard Self.isOfPixels(code) else { return try self.code(code, into: &output) }
            output += [0xFF, code]
            return scan()
        case .segment, .scanHeader, .scan: throw .malformed
        }
    }

    mutating func next() throws(MediaFault) -> MediaStep {
        switch place {
        case .segment: return marker()
        case .scanHeader: return scan()
        case .scan:
            place = .scanMarker
            return .gather(2)
        default: throw .malformed
        }
    }

    private mutating func marker() -> MediaStep {
        place = .marker
        return .gather(2)
    }

    private mutating func scan() -> MediaStep {
        place = .scan
        return .passCoded
    }

    /// How many of the bytes are coded pixels: all before an FF that neither a zero nor one of D0 to D7 follows. One at the
    /// very end is not yet known to be.
    ///
    /// Half of a file may be such pairs. They pass here as one piece, because a step for each would cost a hundred times
    /// what a byte costs, and make a small file a long computation (threat T23).
    static func codedLength(of bytes: ArraySlice<UInt8>) -> Int {
        bytes.withUnsafeBufferPointer { bytes in
            var place = 0
            while place < bytes.count {
                if bytes[place] != 0xFF {
                    place += 1
                } else if place + 1 < bytes.count, isOfPixels(bytes[place + 1]) {
                    place += 2
                } else {
                    return place
                }
            }
            return place
        }
    }

    /// A zero is a byte FF of the pixels, D0 to D7 are marks within them.
    private static func isOfPixels(_ code: UInt8) -> Bool { code == 0 || (0xD0...0xD7).contains(code) }

    private mutating func code(_ code: UInt8, into output: inout [UInt8]) throws(MediaFault) -> MediaStep {
        switch code {
        case 0xFF:
            fillers += 1
            guard fillers <= Self.mostFillers else { throw .malformed }
            if case .scanMarker = place { place = .scanFill } else if case .scanFill = place {} else { place = .fill }
            return .gather(1)
        case 0xD9:
            guard hasScan else { throw .malformed }
            output += [0xFF, code]
            return .end
        // Frames that are neither sequential nor progressive with Huffman's code are decoded by next to nobody.
        case 0xC0...0xC2, 0xC4, 0xDA, 0xDB, 0xDD, 0xE0...0xEF, 0xFE:
            place = .length(code)
            return .gather(2)
        default: throw .malformed
        }
    }

    private mutating func segment(
        _ code: UInt8, payload: Int, into output: inout [UInt8]
    ) throws(MediaFault) -> MediaStep {
        head = [0xFF, code, UInt8((payload + 2) >> 8), UInt8((payload + 2) & 0xFF)]
        switch code {
        case 0xC0...0xC2:
            guard payload >= 9 else { throw .malformed }
            return look(at: payload, as: .frame)
        case 0xC4, 0xDB, 0xDD:
            output += head
            place = .segment
            return .pass(payload, isKept: true)
        case 0xDA:
            guard size != nil else { throw .malformed }
            hasScan = true
            output += head
            place = .scanHeader
            return .pass(payload, isKept: true)
        case 0xE0 where payload == 14: return look(at: payload, as: .jfif)
        case 0xE1 where payload > 0: return look(at: payload, as: .exif)
        case 0xE2 where payload > 14: return look(at: 14, as: .profile(rest: payload - 14))
        case 0xEE where payload == 12: return look(at: payload, as: .adobe)
        default:
            place = .segment
            return .pass(payload, isKept: false)
        }
    }

    /// Bytes FF that may stand before marks for no reason, in all. T.81 has no limit; files of cameras have next to none, and
    /// each costs a step (threat T23). Ours.
    private static let mostFillers = 4096

    private mutating func look(at count: Int, as place: Place) -> MediaStep {
        self.place = place
        return .gather(count)
    }
}
