import RoadsideTesting
import Testing

@testable import RoadsideRules

@Suite("T23: a file is what its bytes say, whole, and tells nothing but the picture")
struct MediaReaderTests {
    private struct Taken {
        let media: Media
        let bytes: [UInt8]
    }

    /// - Parameter cut: bytes handed over at once.
    private func take(_ file: [UInt8], cut: Int = .max) throws -> Taken {
        var (reader, output) = (MediaReader(), [UInt8]())
        var rest = file[...]
        while !rest.isEmpty {
            try reader.take(rest.prefix(cut), into: &output)
            rest = rest.dropFirst(cut)
        }
        let (media, patch) = try reader.finish()
        if let patch { output.replaceSubrange(patch.place..<patch.place + patch.bytes.count, with: patch.bytes) }
        return Taken(media: media, bytes: output)
    }

    private func fault(_ file: [UInt8]) -> MediaFault? {
        do {
            _ = try take(file)
            return nil
        } catch {
            return error as? MediaFault
        }
    }

    private func holds(_ bytes: [UInt8], _ text: String) -> Bool {
        bytes.indices.contains { bytes[$0...].starts(with: text.utf8) }
    }

    @Test("what needs no change comes out byte for byte, whole or in single bytes")
    func unchanged() throws {
        let files: [(MediaKind, [UInt8])] = [
            (.jpeg, MediaSample.jpeg()), (.png, MediaSample.png()),
            (.webp, MediaSample.riff(MediaSample.lossy())), (.pdf, MediaSample.pdf()),
        ]
        for (kind, file) in files {
            for cut in [Int.max, 1, 7] {
                let taken = try take(file, cut: cut)
                #expect(taken.bytes == file, "\(kind) \(cut)")
                #expect(taken.media == Media(kind: kind, size: kind.isImage ? PixelSize(width: 16, height: 8) : nil))
            }
        }
    }

    @Test("JPEG: EXIF, XMP, IPTC and comments are gone, the picture is the same, and stands the same way up")
    func jpeg() throws {
        let taken = try take(MediaSample.jpeg(with: MediaSample.gossip()), cut: 5)
        #expect(!holds(taken.bytes, MediaSample.secret))
        #expect(!holds(taken.bytes, "xap"))
        let jfif = MediaSample.segment(0xE0, Array("JFIF\0".utf8) + [1, 2, 0, 0, 1, 0, 1, 0, 0])
        let plain = MediaSample.jpeg(with: jfif)
        let kept = try #require(ExifOrientation(exif: MediaSample.exif(orientation: 6))).segment
        #expect(taken.bytes == MediaSample.jpeg(with: jfif + kept))
        #expect(ExifOrientation(exif: Array(kept.dropFirst(4)))?.value == 6)
        // What is the usual way up need not be said.
        #expect(try take(MediaSample.jpeg(with: MediaSample.gossip(orientation: 1))).bytes == plain)
        #expect(try take(taken.bytes).bytes == taken.bytes)
    }

    @Test("JPEG: a damaged EXIF is left out like any other, whatever its lengths say")
    func damagedExif() throws {
        let whole = MediaSample.exif(orientation: 6)
        for length in 0..<whole.count {
            let segment = MediaSample.segment(0xE1, Array(whole.prefix(length)))
            _ = try take(MediaSample.jpeg(with: segment))
        }
        for place in 6..<whole.count {
            var bent = whole
            bent[place] = 0xFF
            let taken = try take(MediaSample.jpeg(with: MediaSample.segment(0xE1, bent)))
            #expect(!holds(taken.bytes, "flat"))
        }
    }

    @Test("PNG: texts, times, EXIF and further frames are gone; profiles and colours stay")
    func png() throws {
        let colours = MediaSample.chunk("gAMA", [0, 0, 0xB1, 0x8F])
        let gossip = ["tEXt", "zTXt", "iTXt", "eXIf", "tIME", "acTL"].flatMap {
            MediaSample.chunk($0, Array(MediaSample.secret.utf8))
        }
        let taken = try take(MediaSample.png(with: colours + gossip), cut: 3)
        #expect(taken.bytes == MediaSample.png(with: colours))
    }

    @Test("WebP: EXIF and XMP are gone, and neither header nor length speaks of them")
    func webp() throws {
        let gossip =
            MediaSample.piece("EXIF", MediaSample.exif(orientation: 6))
            + MediaSample.piece("XMP ", Array(MediaSample.secret.utf8)) + MediaSample.piece("JUNK", [1])
        let taken = try take(MediaSample.webp(with: gossip), cut: 4)
        var plain = MediaSample.webp()
        plain[20] = 0x20
        #expect(taken.bytes == plain)
    }

    @Test("a file cut off anywhere is none, and so is one that goes on")
    func cutOff() {
        let files = [
            MediaSample.jpeg(with: MediaSample.gossip()), MediaSample.png(), MediaSample.webp(), MediaSample.pdf(),
        ]
        for file in files {
            for length in 0..<file.count - 1 {
                #expect(fault(Array(file.prefix(length))) != nil, "\(file.prefix(8)) \(length)")
            }
        }
        for file in files.prefix(3) {
            #expect(fault(file + [0]) == .trailingData)
            #expect(fault(file + Array("PK\u{3}\u{4}".utf8)) == .trailingData)
        }
        #expect(fault(MediaSample.pdf() + Array("PK\u{3}\u{4} and more".utf8)) == .trailingData)
    }

    @Test("lengths that lie are no reason to read on, or to believe anything")
    func lies() {
        let long = [0xFF, 0xE1, 0xFF, 0xFF] as [UInt8]
        #expect(fault([0xFF, 0xD8] + long + MediaSample.jpeg().dropFirst(2)) != nil)
        #expect(fault([0xFF, 0xD8, 0xFF, 0xDB, 0, 1] + MediaSample.jpeg()) == .malformed)
        let huge = MediaSample.big(0x7FFF_FFFF, 4) + Array("tEXt".utf8)
        #expect(fault(Array(MediaSample.png().prefix(33)) + huge + MediaSample.png().dropFirst(33)) == .malformed)
        #expect(
            fault(Array(MediaSample.png().prefix(33)) + [0xFF, 0xFF, 0xFF, 0xFF] + Array("tEXt".utf8)) == .malformed)
        var webp = MediaSample.webp()
        webp[4] -= 2
        #expect(fault(webp) != nil)
        webp = MediaSample.webp()
        webp[34] = 0xFF
        #expect(fault(webp) != nil)
        var png = MediaSample.png()
        png[45] ^= 1
        #expect(fault(png) == .malformed, "the checksum does not fit")
    }

    @Test("40 million pixels are taken, one row more is not, and nothing is decoded to know that")
    func pixels() throws {
        #expect(try take(MediaSample.png(width: 8000, height: 5000)).media.size?.width == 8000)
        #expect(fault(MediaSample.png(width: 8000, height: 5001)) == .tooManyPixels)
        #expect(fault(MediaSample.png(width: 50_000, height: 50_000)) == .tooManyPixels)
        #expect(fault(MediaSample.jpeg(width: 65_000, height: 65_000)) == .tooManyPixels)
        #expect(fault(MediaSample.webp(width: 16_000, height: 16_000)) == .tooManyPixels)
        #expect(fault(MediaSample.png(width: 0x7FFF_FFFF, height: 0x7FFF_FFFF)) == .tooManyPixels)
        for (width, height) in [(0, 8), (16, 0)] {
            #expect(fault(MediaSample.png(width: width, height: height)) == .malformed)
            #expect(fault(MediaSample.jpeg(width: width, height: height)) == .malformed)
        }
    }

    @Test("other kinds, pictures that move, and papers that do something are not taken")
    func others() {
        let texts = [
            "GIF89a\u{1}\u{0}\u{1}\u{0}\u{0}\u{0}\u{0};", "<svg onload=alert(1) xmlns='http://www.w3.org/2000/svg'/>",
            "<!DOCTYPE html><script>alert(1)</script>", "PK\u{3}\u{4}aaaaaaaaaaaaaaaa", "%!PS-Adobe-3.0 aaaaaaa",
            "short",
        ]
        for text in texts { #expect(fault(Array(text.utf8)) == .unknownKind, "\(text)") }
        #expect(fault([]) == .malformed)
        var moving = MediaSample.webp()
        moving[20] |= 2
        #expect(fault(moving) == .animated)
        #expect(fault(MediaSample.webp(with: MediaSample.piece("ANMF", [0, 0]))) == .animated)
        for action in [
            "/OpenAction<</S/JavaScript/JS(x)>>", "/A<</S/Launch>>", "/Names<</EmbeddedFiles 2 0 R>>",
            "/OpenAction<</S/J#61vaScript/JS(x)>>", "/A<</S/#4c#61#75#6E#63h>>", "/S/#4Aava#53cript",
            "/Names<</#45#6D#62#65#64#64#65#64#46#69#6C#65s 2 0 R>>",
        ] {
            let file = MediaSample.pdf(action)
            #expect(fault(file) == .active, "\(action)")
            for cut in 1...40 {
                #expect(throws: MediaFault.active) { try take(file, cut: cut) }
            }
        }
        for harmless in ["/Title(JavaScript)", "/Java/Script", "/J#6", "/J#zzvaScript", "/Laun#2Fch", "/#"] {
            #expect(fault(MediaSample.pdf(harmless)) == nil, "\(harmless)")
        }
    }

    @Test("JPEG: pixels that are nothing but FF 00 pass as one piece, and fill bytes without end are refused")
    func costlyJPEG() throws {
        let pairs = (0..<60_000).flatMap { _ -> [UInt8] in [0xFF, 0x00, 0xFF, 0xD3] }
        #expect(JPEGReader.codedLength(of: pairs[...]) == pairs.count)
        #expect(JPEGReader.codedLength(of: pairs.dropLast()) == pairs.count - 2)
        #expect(JPEGReader.codedLength(of: [0x12, 0xFF, 0xFF, 0x00]) == 1)
        #expect(JPEGReader.codedLength(of: [0x12, 0xFF]) == 1 && JPEGReader.codedLength(of: []) == 0)
        let whole = MediaSample.jpeg()
        let file = whole.dropLast(2) + pairs + whole.suffix(2)
        for cut in [Int.max, 4095, 17] { #expect(try take(Array(file), cut: cut).bytes == Array(file)) }
        func filled(_ count: Int) -> [UInt8] {
            [0xFF, 0xD8] + [UInt8](repeating: 0xFF, count: count) + whole.dropFirst(2)
        }
        #expect(fault(filled(1000)) == nil)
        #expect(fault(filled(5000)) == .malformed)
        #expect(fault(Array(whole.dropLast(2)) + [UInt8](repeating: 0xFF, count: 100_000) + [0xD9]) == .malformed)
    }

    @Test("more bytes than its kind may have are refused while they come")
    func size() throws {
        let filler = MediaSample.segment(0xFE, [UInt8](repeating: 7, count: 60_000))
        var (growing, kept) = (MediaReader(), [UInt8]())
        try growing.take([0xFF, 0xD8] + filler[...], into: &kept)
        let error = #expect(throws: MediaFault.self) {
            for _ in 0..<200 { try growing.take(filler[...], into: &kept) }
        }
        #expect(error == .tooLarge(limit: 8 << 20))
        #expect(kept.count < 100)
    }
}
