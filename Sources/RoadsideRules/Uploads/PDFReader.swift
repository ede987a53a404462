/// PDF (ISO 32000): kept as it is, for it cannot be mended without being understood, and served for saving only.
///
/// It has to begin and end as one, so that nothing else hides before or behind it, and it must not openly run or carry
/// anything. What is packed into its streams is not seen here.
struct PDFReader: MediaFormat {
    let kind = MediaKind.pdf
    let size: PixelSize? = nil
    let first = MediaStep.gather(8)
    /// The last bytes so far.
    private var tail: [UInt8] = []

    mutating func gathered(_ bytes: [UInt8], into output: inout [UInt8]) throws(MediaFault) -> MediaStep {
        guard bytes[5] == UInt8(ascii: "1") || bytes[5] == UInt8(ascii: "2"), bytes[6] == UInt8(ascii: ".") else {
            throw .malformed
        }
        output += bytes
        return .pass(.max, isKept: true)
    }

    mutating func passed(_ bytes: ArraySlice<UInt8>) throws(MediaFault) {
        // A name may lie across two parts.
        let seam = tail.suffix(Self.longestSpelling - 1) + bytes.prefix(Self.longestSpelling - 1)
        if Self.namesAction(seam) || Self.namesAction(bytes) { throw .active }
        tail += bytes.suffix(Self.tailLength)
        if tail.count > Self.tailLength { tail.removeFirst(tail.count - Self.tailLength) }
    }

    mutating func next() throws(MediaFault) -> MediaStep { throw .tooLarge(limit: kind.sizeLimit) }

    func ended() throws(MediaFault) -> (place: Int, bytes: [UInt8])? {
        let spaces: Set<UInt8> = [0, 9, 10, 12, 13, 32]
        let end = tail.reversed().drop { spaces.contains($0) }
        guard end.starts(with: "%%EOF".utf8.reversed()) else { throw tail.isEmpty ? .malformed : .trailingData }
        guard Self.contains(tail[...], Array("startxref".utf8)) else { throw .malformed }
        return nil
    }

    private static func namesAction(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        while let slash = rest.firstIndex(of: UInt8(ascii: "/")) {
            rest = rest[(slash + 1)...]
            let spelled = name(at: rest)
            if actions.contains(where: { spelled.starts(with: $0) }) { return true }
        }
        return false
    }

    /// The first characters of the name that stands there. Each may be spelled as `#` and two digits: `/J#61vaScript` is
    /// `/JavaScript` to every reader (ISO 32000-1 §7.3.5), and so to us.
    private static func name(at bytes: ArraySlice<UInt8>) -> [UInt8] {
        var (name, rest) = ([UInt8](), bytes)
        name.reserveCapacity(longestName)
        while name.count < longestName, let byte = rest.popFirst(), byte != UInt8(ascii: "/") {
            if byte == UInt8(ascii: "#"), let high = rest.first.flatMap(digit),
                let low = rest.dropFirst().first.flatMap(digit)
            {
                name.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                name.append(byte)
            }
        }
        return name
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }

    private static func contains(_ bytes: ArraySlice<UInt8>, _ text: [UInt8]) -> Bool {
        bytes.indices.contains { bytes[$0...].starts(with: text) }
    }

    private static let actions = ["JavaScript", "Launch", "EmbeddedFile"].map { Array($0.utf8) }
    private static let longestName = 12
    /// With its slash.
    private static let longestSpelling = 3 * longestName + 1
    private static let tailLength = 1024
}
