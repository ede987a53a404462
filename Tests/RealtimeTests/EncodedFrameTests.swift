import NIOCore
import Testing

@testable import Realtime

@Suite("An encoded frame")
struct EncodedFrameTests {
    @Test(
        "has the shortest length form and no mask",
        arguments: [
            (0, [0x81, 0x00]), (125, [0x81, 125]), (126, [0x81, 126, 0, 126]), (0xFFFF, [0x81, 126, 0xFF, 0xFF]),
            (0x1_0000, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] as [(Int, [UInt8])])
    func lengths(_ size: Int, _ header: [UInt8]) {
        let frame = EncodedFrame(text: [UInt8](repeating: 97, count: size))
        #expect(Array(frame.bytes.readableBytesView.prefix(header.count)) == header)
        #expect(frame.bytes.readableBytes == header.count + size)
    }

    @Test("carries code and reason when it closes")
    func close() {
        let frame = EncodedFrame.close(.restart)
        #expect(Array(frame.bytes.readableBytesView) == [0x88, 19, 0x03, 0xF4] + Array("server restarting".utf8))
    }

    @Test("cuts a reason at a character so that the closing frame stays a control frame")
    func longReason() {
        let disconnect = Disconnect.done.because(String(repeating: "ü", count: 100))
        #expect(disconnect.reason == String(repeating: "ü", count: 61))
        #expect(EncodedFrame.close(disconnect).bytes.readableBytes == 2 + 2 + 122)
    }
}
