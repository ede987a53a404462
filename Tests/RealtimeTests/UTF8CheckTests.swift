import Testing

@testable import Realtime

@Suite("The incremental UTF-8 check")
struct UTF8CheckTests {
    private func verdict(_ pieces: [[UInt8]]) -> Bool {
        var check = UTF8Check()
        for piece in pieces {
            guard piece.withUnsafeBytes({ check.accept($0) }) else { return false }
        }
        return check.isComplete
    }

    private func expected(_ bytes: [UInt8]) -> Bool {
        String(validating: bytes, as: UTF8.self) != nil
    }

    @Test("agrees with the standard library on every sequence of two bytes")
    func pairs() {
        let wrong = (0...0xFFFF).filter { number in
            let bytes = [UInt8(number >> 8), UInt8(number & 0xFF)]
            return verdict([bytes]) != expected(bytes)
        }
        #expect(wrong.isEmpty)
    }

    @Test("agrees with the standard library at the borders of three and four bytes")
    func borders() {
        let edges: [UInt8] = [0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF]
        var wrong: [[UInt8]] = []
        for lead in UInt8(0xC0)...0xFF {
            for second in edges {
                for third in edges {
                    for fourth in edges {
                        for bytes in [[lead, second, third], [lead, second, third, fourth]]
                        where verdict([bytes]) != expected(bytes) || verdict(bytes.map { [$0] }) != expected(bytes) {
                            wrong.append(bytes)
                        }
                    }
                }
            }
        }
        #expect(wrong.isEmpty)
    }

    @Test("takes text cut at any byte")
    func cuts() {
        let bytes = Array("plain text, Straße, मदद, 🚗 and more plain text to pass the fast path".utf8)
        for place in 0...bytes.count {
            #expect(verdict([Array(bytes.prefix(place)), Array(bytes.dropFirst(place))]))
        }
    }

    @Test("finds a bad byte behind eight good ones")
    func afterFastPath() {
        #expect(!verdict([Array("abcdefghijklmnop".utf8) + [0xFF]]))
        #expect(!verdict([Array("abcdefg".utf8) + [0xFF] + Array("abcdefgh".utf8)]))
    }
}
