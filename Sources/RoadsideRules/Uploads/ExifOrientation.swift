/// Which way up a photo is to be shown: the one thing of EXIF that belongs to the picture. Without it most photos of phones
/// would lie on their side.
struct ExifOrientation: Sendable, Hashable {
    /// 2 to 8; 1 is the usual way and need not be said.
    let value: UInt8

    /// - Parameter exif: what an APP1 segment holds. Everything is looked up within its bounds; what is damaged is no
    ///   orientation.
    init?(exif: [UInt8]) {
        guard exif.starts(with: "Exif\0\0".utf8) else { return nil }
        let tiff = Array(exif.dropFirst(6))
        let isBigEndian: Bool
        switch tiff.prefix(4) {
        case [0x4D, 0x4D, 0, 42]: isBigEndian = true
        case [0x49, 0x49, 42, 0]: isBigEndian = false
        default: return nil
        }
        func number(at place: Int, _ count: Int) -> Int? {
            isBigEndian ? tiff.bigEndian(at: place, count) : tiff.littleEndian(at: place, count)
        }
        guard let directory = number(at: 4, 4), let entries = number(at: directory, 2) else { return nil }
        for index in 0..<entries {
            let entry = directory + 2 + 12 * index
            guard let tag = number(at: entry, 2) else { return nil }
            guard tag == Self.tag else { continue }
            guard number(at: entry + 2, 2) == Self.short, let value = number(at: entry + 8, 2), (2...8).contains(value)
            else { return nil }
            self.value = UInt8(value)
            return
        }
        return nil
    }

    /// An APP1 segment of JPEG that says this and nothing else.
    var segment: [UInt8] {
        let tiff: [UInt8] =
            [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1]
            + [UInt8(Self.tag >> 8), UInt8(Self.tag & 0xFF), 0, UInt8(Self.short), 0, 0, 0, 1, 0, value, 0, 0]
            + [0, 0, 0, 0]
        let payload = Array("Exif\0\0".utf8) + tiff
        return [0xFF, 0xE1, 0, UInt8(payload.count + 2)] + payload
    }

    private static let tag = 0x0112
    private static let short = 3
}
