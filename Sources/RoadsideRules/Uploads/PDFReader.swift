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
            // A file may be nothing but slashes: most are passed by at a glance.
            guard let first = rest.first, mayBegin(first) else { continue }
            if actions.contains(where: { spells($0, rest) }) { return true }
        }
        return false
    }

    /// Whether one of ``actions`` may begin so.
    private static func mayBegin(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "J"), UInt8(ascii: "L"), UInt8(ascii: "E"), UInt8(ascii: "#"): true
        default: false
        }
    }

    /// Whether the name that stands there begins so. Each character may be spelled as `#` and two digits: `/J#61vaScript`
    /// is `/JavaScript` to every reader (ISO 32000-1 §7.3.5), and so to us.
    private static func spells(_ word: [UInt8], _ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        for letter in word {
            guard var byte = rest.popFirst() else { return false }
            if byte == UInt8(ascii: "#"), let high = rest.first.flatMap(digit),
                let low = rest.dropFirst().first.flatMap(digit)
            {
                byte = high << 4 | low
                rest = rest.dropFirst(2)
            }
            if byte != letter { return false }
        }
        return true
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
