/// PNG (ISO/IEC 15948): chunks with a length, a name and a checksum.
///
/// Kept are the pixels and what tells their colours; texts, times, EXIF and further frames are left out.
struct PNGReader: MediaFormat {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    private enum Place: Sendable { case signature, header, imageHeader, kept, checksum, dropped, end }

    let kind = MediaKind.png
    let first = MediaStep.gather(8)
    private(set) var size: PixelSize?
    private var place = Place.signature
    private var chunk = ""
    private var checksum = CRC32()
    private var seen: Set<String> = []
    private var isIndexed = false

    mutating func gathered(_ bytes: [UInt8], into output: inout [UInt8]) throws(MediaFault) -> MediaStep {
        switch place {
        case .signature:
            guard bytes == Self.signature else { throw .malformed }
            output += bytes
            return header()
        case .header: return try begin(bytes, into: &output)
        case .imageHeader:
            try imageHeader(bytes)
            output += bytes
            checksum.add(bytes[...])
            place = .checksum
            return .gather(4)
        case .checksum, .end:
            guard bytes.bigEndian(at: 0, 4) == Int(checksum.value) else { throw .malformed }
            output += bytes
            if place == .end { return .end }
            return header()
        case .kept, .dropped: throw .malformed
        }
    }

    mutating func passed(_ bytes: ArraySlice<UInt8>) throws(MediaFault) {
        if place == .kept { checksum.add(bytes) }
    }

    mutating func next() throws(MediaFault) -> MediaStep {
        switch place {
        case .kept:
            place = .checksum
            return .gather(4)
        case .dropped: return header()
        default: throw .malformed
        }
    }

    private mutating func header() -> MediaStep {
        place = .header
        return .gather(8)
    }

    private mutating func begin(_ head: [UInt8], into output: inout [UInt8]) throws(MediaFault) -> MediaStep {
        let isName = head.suffix(4).allSatisfy { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
        guard let length = head.bigEndian(at: 0, 4), length <= 0x7FFF_FFFF, isName else { throw .malformed }
        let before = chunk
        chunk = String(decoding: head.suffix(4), as: UTF8.self)
        guard seen.isEmpty == (chunk == "IHDR") else { throw .malformed }
        guard Self.kept.contains(chunk) else {
            // A capital letter says that the picture cannot be shown without it.
            guard head[4] & 0x20 != 0 else { throw .malformed }
            place = .dropped
            return .pass(length + 4, isKept: false)
        }
        // The pixels are one run of chunks; everything else is there once.
        guard !seen.contains(chunk) || chunk == "IDAT" && before == "IDAT" else { throw .malformed }
        seen.insert(chunk)
        output += head
        checksum = CRC32()
        checksum.add(head.suffix(4))
        switch chunk {
        case "IHDR":
            guard length == 13 else { throw .malformed }
            place = .imageHeader
            return .gather(13)
        case "IEND":
            guard length == 0, seen.contains("IDAT") else { throw .malformed }
            place = .end
            return .gather(4)
        case "IDAT" where isIndexed && !seen.contains("PLTE"), "PLTE" where seen.contains("IDAT"): throw .malformed
        default:
            place = .kept
            return .pass(length, isKept: true)
        }
    }

    private mutating func imageHeader(_ bytes: [UInt8]) throws(MediaFault) {
        guard let width = bytes.bigEndian(at: 0, 4), let height = bytes.bigEndian(at: 4, 4) else { throw .malformed }
        let depths: Set<UInt8>
        switch bytes[9] {
        case 0: depths = [1, 2, 4, 8, 16]
        case 3: depths = [1, 2, 4, 8]
        case 2, 4, 6: depths = [8, 16]
        default: throw .malformed
        }
        guard depths.contains(bytes[8]), bytes[10] == 0, bytes[11] == 0, bytes[12] <= 1 else { throw .malformed }
        isIndexed = bytes[9] == 3
        size = try PixelSize(width: width, height: height).checked()
    }

    private static let kept: Set<String> = [
        "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "cHRM", "gAMA", "iCCP", "sBIT", "sRGB", "bKGD", "pHYs", "cICP",
    ]
}

/// The checksum of PNG (ISO 3309).
struct CRC32: Sendable {
    private var register: UInt32 = 0xFFFF_FFFF

    var value: UInt32 { ~register }

    mutating func add(_ bytes: ArraySlice<UInt8>) {
        var register = register
        for byte in bytes { register = Self.table[Int((register ^ UInt32(byte)) & 0xFF)] ^ register >> 8 }
        self.register = register
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
    }
}
