import NIOCore
import Testing

@testable import Realtime

@Suite("A frame reader")
struct FrameReaderTests {
    typealias Event = FrameReader.Event

    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var bytes: [UInt8]
        var events: [Event]
        var error: UInt16?

        init(_ name: String, _ bytes: [UInt8], _ events: [Event] = [], error: UInt16? = nil) {
            (testDescription, self.bytes, self.events, self.error) = (name, bytes, events, error)
        }
    }

    private static let long = [UInt8](repeating: UInt8(ascii: "x"), count: 70_000)

    static let cases: [Case] =
        [
            Case("empty text", Wire.text(""), [.text([])]),
            Case("text of 125 bytes", Wire.frame(1, Array(long.prefix(125))), [.text(Array(long.prefix(125)))]),
            Case("text of 126 bytes", Wire.frame(1, Array(long.prefix(126))), [.text(Array(long.prefix(126)))]),
            Case("text of 65535 bytes", Wire.frame(1, Array(long.prefix(65535))), [.text(Array(long.prefix(65535)))]),
            Case("text of 65536 bytes", Wire.frame(1, Array(long.prefix(65536))), [.text(Array(long.prefix(65536)))]),
            Case("binary", Wire.frame(2, [0, 255, 1]), [.binary([0, 255, 1])]),
            Case("ping without payload", Wire.frame(9), [.ping([])]),
            Case("ping of 125 bytes", Wire.frame(9, Array(long.prefix(125))), [.ping(Array(long.prefix(125)))]),
            Case("pong", Wire.frame(10, [1, 2]), [.pong([1, 2])]),
            Case(
                "fragments with a ping between",
                Wire.text("Hel", final: false) + Wire.frame(9, [7]) + Wire.frame(0, Array("lo".utf8)),
                [.ping([7]), .text(Array("Hello".utf8))]),
            Case(
                "empty fragments", Wire.text("", final: false) + Wire.frame(0, final: false) + Wire.frame(0),
                [.text([])]),
            Case(
                "a character over three fragments",
                Wire.frame(1, [0xE2], final: false) + Wire.frame(0, [0x82], final: false) + Wire.frame(0, [0xAC]),
                [.text([0xE2, 0x82, 0xAC])]),
            Case("two messages", Wire.text("a") + Wire.text("b"), [.text([97]), .text([98])]),
            Case("close without code", Wire.frame(8), [.close(nil)]),
            Case("close 1000", Wire.close(1000), [.close(1000)]),
            Case("close with reason", Wire.close(3000, Array("bye €".utf8)), [.close(3000)]),
            Case("close 4999", Wire.close(4999), [.close(4999)]),

            Case("unmasked text", Wire.frame(1, [97], masked: false), error: 1002),
            Case("unmasked ping", Wire.frame(9, masked: false), error: 1002),
            Case("first reserved bit", Wire.frame(1, [97], reserved: 4), error: 1002),
            Case("second reserved bit", Wire.frame(1, [97], reserved: 2), error: 1002),
            Case("third reserved bit on a ping", Wire.frame(9, [97], reserved: 1), error: 1002),
            Case(
                "good text before a bad frame", Wire.text("a") + Wire.frame(1, [97], reserved: 7), [.text([97])],
                error: 1002),
            Case("fragmented ping", Wire.frame(9, [1], final: false), error: 1002),
            Case("fragmented close", Wire.frame(8, [], final: false), error: 1002),
            Case("ping of 126 bytes", Wire.frame(9, Array(long.prefix(126))), error: 1002),
            Case("close of 126 bytes", Wire.frame(8, Array(long.prefix(126))), error: 1002),
            Case("stray continuation", Wire.frame(0, [97]), error: 1002),
            Case(
                "stray final continuation after a message", Wire.text("a") + Wire.frame(0), [.text([97])], error: 1002),
            Case("text inside a message", Wire.text("a", final: false) + Wire.text("b"), error: 1002),
            Case("close payload of one byte", Wire.frame(8, [3]), error: 1002),
            Case("bad UTF-8 in a close reason", Wire.close(1000, [0xFF]), error: 1007),
            Case("cut UTF-8 in a close reason", Wire.close(1000, [0xE2, 0x82]), error: 1007),
            Case("bad UTF-8", Wire.frame(1, [0x61, 0xFF]), error: 1007),
            Case("surrogate", Wire.frame(1, [0xED, 0xA0, 0x80]), error: 1007),
            Case("overlong slash", Wire.frame(1, [0xC0, 0xAF]), error: 1007),
            Case("above U+10FFFF", Wire.frame(1, [0xF4, 0x90, 0x80, 0x80]), error: 1007),
            Case("text ends inside a character", Wire.frame(1, [0xE2, 0x82]), error: 1007),
            Case(
                "bad UTF-8 in an unfinished message is found at once",
                Wire.frame(1, [0xCE, 0xBA, 0xED, 0xA0], final: false), error: 1007),
            Case("message above the limit", Wire.frame(1, long + long), error: 1009),
            Case(
                "fragments above the limit together", Wire.frame(1, long, final: false) + Wire.frame(0, long),
                error: 1009),
            Case(
                "64-bit length without the bytes",
                [0x81, 0xFF] + [0x00, 0x00, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF] + [0, 0, 0, 0], error: 1009),
            Case(
                "64-bit length with its top bit", [0x81, 0xFF] + [UInt8](repeating: 0xFF, count: 8) + [0, 0, 0, 0],
                error: 1002),
            Case("16-bit length which is too short for it", [0x81, 0xFE, 0, 5, 0, 0, 0, 0], error: 1002),
            Case(
                "64-bit length which is too short for it", [0x81, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0],
                error: 1002),
            Case(
                "too many fragments",
                Wire.text("", final: false) + Array(repeating: Wire.frame(0, final: false), count: 64).joined(),
                error: 1009),
        ]
        + [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map { Case("reserved opcode \($0)", Wire.frame($0, [1]), error: 1002) }
        + [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535].map {
            Case("close \($0)", Wire.close($0), error: 1002)
        }
        + [1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3999, 4000].map {
            Case("close \($0)", Wire.close($0), [.close($0)])
        }

    private func read(_ pieces: some Sequence<[UInt8]>) -> (events: [Event], error: UInt16?) {
        var reader = FrameReader(messageLimit: 100_000, fragmentLimit: 64, allowsBinary: true)
        var events: [Event] = []
        for piece in pieces {
            var buffer = ByteBuffer(bytes: piece)
            do throws(Disconnect) {
                while let event = try reader.next(&buffer) { events.append(event) }
            } catch {
                return (events, error.code)
            }
        }
        return (events, nil)
    }

    @Test("reads frames which arrive whole", arguments: cases)
    func whole(_ item: Case) {
        let result = read([item.bytes])
        #expect(result.events == item.events)
        #expect(result.error == item.error)
    }

    @Test("reads frames which arrive byte by byte", arguments: cases)
    func drip(_ item: Case) {
        let result = read(item.bytes.lazy.map { [$0] })
        #expect(result.events == item.events)
        #expect(result.error == item.error)
    }

    @Test("reads frames cut at any place", arguments: 1...24)
    func cut(at place: Int) {
        let bytes = Wire.text("Hel", final: false) + Wire.frame(9, [7]) + Wire.frame(0, Array("lö".utf8))
        let result = read([Array(bytes.prefix(place)), Array(bytes.dropFirst(place))])
        #expect(result.events == [.ping([7]), .text(Array("Hellö".utf8))])
    }

    @Test("unmasks every alignment", arguments: 0...17)
    func alignments(_ cut: Int) {
        let payload = (0..<64).map { UInt8($0) }
        let bytes = Wire.frame(2, payload)
        let result = read([Array(bytes.prefix(6 + cut)), Array(bytes.dropFirst(6 + cut))])
        #expect(result.events == [.binary(payload)])
    }

    @Test("refuses binary messages where they are not allowed")
    func binaryRefused() {
        var reader = FrameReader(messageLimit: 100, fragmentLimit: 8, allowsBinary: false)
        var buffer = ByteBuffer(bytes: Wire.frame(2, [1]))
        #expect(throws: Disconnect.unsupported) { try reader.next(&buffer) }
    }
}
