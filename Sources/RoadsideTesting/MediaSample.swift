/// Small files of every kind that is taken, made byte by byte: whole ones, and parts to build damaged ones from.
public enum MediaSample {
    /// A text that no file may still hold when it comes out again.
    public static let secret = "Nairobi West, flat 7"

    public static func jpeg(width: Int = 16, height: Int = 8, with segments: [UInt8] = []) -> [UInt8] {
        [0xFF, 0xD8] + segments + segment(0xDB, [UInt8](repeating: 1, count: 65))
            + segment(0xC0, [8] + big(height, 2) + big(width, 2) + [1, 1, 0x11, 0])
            + segment(0xC4, [UInt8](repeating: 0, count: 17)) + segment(0xDA, [1, 1, 0, 0, 63, 0])
            + [0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD0, 0x56] + [0xFF, 0xD9]
    }

    /// All that a phone may add: where, with what, and which way up.
    public static func gossip(orientation: UInt8 = 6) -> [UInt8] {
        let jfif = segment(0xE0, Array("JFIF\0".utf8) + [1, 2, 0, 0, 1, 0, 1, 0, 0])
        let xmp = segment(0xE1, Array("http://ns.adobe.com/xap/1.0/\0\(secret)".utf8))
        let comment = segment(0xFE, Array(secret.utf8))
        let photoshop = segment(0xED, Array("Photoshop 3.0\0\(secret)".utf8))
        return jfif + segment(0xE1, exif(orientation: orientation)) + xmp + photoshop + comment
    }

    /// What an EXIF segment of JPEG holds.
    public static func exif(orientation: UInt8) -> [UInt8] {
        let header: [UInt8] = [0x49, 0x49, 42, 0, 8, 0, 0, 0, 2, 0]
        let maker: [UInt8] = [0x0F, 0x01, 2, 0, UInt8(secret.utf8.count), 0, 0, 0, 38, 0, 0, 0]
        let turn: [UInt8] = [0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]
        return Array("Exif\0\0".utf8) + header + maker + turn + [0, 0, 0, 0] + Array(secret.utf8)
    }

    public static func segment(_ marker: UInt8, _ payload: [UInt8]) -> [UInt8] {
        [0xFF, marker] + big(payload.count + 2, 2) + payload
    }

    public static func png(width: Int = 16, height: Int = 8, with chunks: [UInt8] = []) -> [UInt8] {
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
            + chunk("IHDR", big(width, 4) + big(height, 4) + [8, 2, 0, 0, 0]) + chunks
            + chunk("IDAT", [0x78, 0x9C, 1, 2, 3]) + chunk("IEND", [])
    }

    public static func chunk(_ name: String, _ payload: [UInt8]) -> [UInt8] {
        let named = Array(name.utf8) + payload
        return big(payload.count, 4) + named + big(Int(checksum(named)), 4)
    }

    public static func webp(width: Int = 16, height: Int = 8, with chunks: [UInt8] = []) -> [UInt8] {
        let canvas = [0x2C, 0, 0, 0] + little(width - 1, 3) + little(height - 1, 3)
        return riff(piece("VP8X", canvas) + lossy(width: width, height: height) + chunks)
    }

    /// The picture of a WebP file.
    public static func lossy(width: Int = 16, height: Int = 8) -> [UInt8] {
        piece("VP8 ", [0x10, 0, 0, 0x9D, 0x01, 0x2A] + little(width, 2) + little(height, 2) + [1, 2, 3])
    }

    public static func riff(_ chunks: [UInt8]) -> [UInt8] {
        Array("RIFF".utf8) + little(chunks.count + 4, 4) + Array("WEBP".utf8) + chunks
    }

    public static func piece(_ name: String, _ payload: [UInt8]) -> [UInt8] {
        Array(name.utf8) + little(payload.count, 4) + payload + (payload.count % 2 == 1 ? [0] : [])
    }

    public static func pdf(_ objects: String = "") -> [UInt8] {
        Array("%PDF-1.7\n1 0 obj<</Type/Catalog\(objects)>>endobj\nstartxref\n9\n%%EOF\n".utf8)
    }

    public static func big(_ number: Int, _ count: Int) -> [UInt8] { little(number, count).reversed() }

    public static func little(_ number: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    /// CRC-32 bit by bit, unlike the server's.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var register: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            register ^= UInt32(byte)
            for _ in 0..<8 { register = register & 1 == 1 ? register >> 1 ^ 0xEDB8_8320 : register >> 1 }
        }
        return ~register
    }
}
