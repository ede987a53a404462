public import NIOCore

/// One whole server frame, header and payload, encoded once and shared by every socket which gets it.
///
/// Server frames carry no mask (RFC 6455 §5.1), so the same bytes serve all receivers.
public struct EncodedFrame: Sendable, Hashable {
    /// Header and payload as they go to the socket.
    public let bytes: ByteBuffer

    /// A text message of UTF-8 bytes in one frame.
    public init(text: [UInt8]) {
        self.init(opcode: .text, payload: text)
    }

    /// A text message in one frame.
    public init(text: String) {
        self.init(opcode: .text, payload: Array(text.utf8))
    }

    /// A binary message in one frame.
    public init(binary: [UInt8]) {
        self.init(opcode: .binary, payload: binary)
    }

    init(opcode: Opcode, payload: [UInt8]) {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(payload.count + 10)
        buffer.writeInteger(0x80 | opcode.rawValue)
        switch payload.count {
        case ...125:
            buffer.writeInteger(UInt8(payload.count))
        case ...0xFFFF:
            buffer.writeInteger(UInt8(126))
            buffer.writeInteger(UInt16(payload.count))
        default:
            buffer.writeInteger(UInt8(127))
            buffer.writeInteger(UInt64(payload.count))
        }
        buffer.writeBytes(payload)
        bytes = buffer
    }
}

extension EncodedFrame {
    static func ping(_ payload: [UInt8]) -> EncodedFrame { EncodedFrame(opcode: .ping, payload: payload) }
    static func pong(_ payload: [UInt8]) -> EncodedFrame { EncodedFrame(opcode: .pong, payload: payload) }

    static func close(_ disconnect: Disconnect) -> EncodedFrame {
        let code = [UInt8(disconnect.code >> 8), UInt8(disconnect.code & 0xFF)]
        return EncodedFrame(opcode: .close, payload: code + disconnect.reason.utf8)
    }

    /// The answer to a closing frame without a code (RFC 6455 §7.1.5: a code of 1005 is never sent).
    static let bareClose = EncodedFrame(opcode: .close, payload: [])
}
