import NIOCore

/// Turns bytes from a client into messages and control frames under the rules of RFC 6455 §5, one socket's worth.
///
/// Nothing is reserved by a declared length: memory grows with the bytes which really came, and never above the limit.
/// After an error the reader must not be asked again, since the stream has lost its frame borders.
struct FrameReader {
    enum Event: Hashable {
        case text([UInt8])
        case binary([UInt8])
        case ping([UInt8])
        case pong([UInt8])
        /// `nil` when the frame carried no code.
        case close(UInt16?)
    }

    private enum State {
        case header
        case payload(left: Int)
    }

    private let messageLimit: Int
    private let fragmentLimit: Int
    private let allowsBinary: Bool

    private var state = State.header
    private var header = FrameHeader()
    private var maskOffset = 0
    /// The kind of the message under way, `nil` between messages.
    private var messageOpcode: Opcode?
    private var message: [UInt8] = []
    private var fragments = 0
    private var text = UTF8Check()
    private var control: [UInt8] = []

    init(messageLimit: Int, fragmentLimit: Int, allowsBinary: Bool) {
        self.messageLimit = messageLimit
        self.fragmentLimit = fragmentLimit
        self.allowsBinary = allowsBinary
    }

    /// The next event, or `nil` when more bytes are needed; takes what it reads out of `buffer`.
    mutating func next(_ buffer: inout ByteBuffer) throws(Disconnect) -> Event? {
        while true {
            switch state {
            case .header:
                guard try readHeader(&buffer) else { return nil }
                state = .payload(left: Int(header.length))
            case .payload(let left):
                let taken = try readPayload(&buffer, atMost: left)
                guard taken == left else {
                    state = .payload(left: left - taken)
                    return nil
                }
                let ended = header
                (state, header, maskOffset) = (.header, FrameHeader(), 0)
                if let event = try finish(ended) { return event }
            }
        }
    }
}

extension FrameReader {
    /// True once the header is whole. The first two bytes are judged at once: a wrong frame must not be waited for.
    private mutating func readHeader(_ buffer: inout ByteBuffer) throws(Disconnect) -> Bool {
        while !header.isWhole {
            guard let byte = buffer.readInteger(as: UInt8.self) else { return false }
            header.append(byte)
            if header.count == 2 { try judgeStart() }
        }
        guard header.isLengthWellFormed else { throw .protocolError.because("length not in shortest form") }
        if header.opcode?.isControl == false {
            let (size, overflow) = UInt64(message.count).addingReportingOverflow(header.length)
            guard !overflow, size <= UInt64(messageLimit) else { throw .tooBig }
        }
        return true
    }

    private mutating func judgeStart() throws(Disconnect) {
        guard header.reservedBits == 0 else { throw .protocolError.because("reserved bit set") }
        guard let opcode = header.opcode else { throw .protocolError.because("reserved opcode") }
        guard header.isMasked else { throw .protocolError.because("frame not masked") }
        switch opcode {
        case .close, .ping, .pong:
            guard header.isFinal else { throw .protocolError.because("fragmented control frame") }
            guard header.shortLength <= 125 else { throw .protocolError.because("control frame too long") }
        case .text, .binary:
            guard messageOpcode == nil else { throw .protocolError.because("message inside a message") }
            guard opcode == .text || allowsBinary else { throw .unsupported }
            messageOpcode = opcode
            fragments = 1
        case .continuation:
            guard messageOpcode != nil else { throw .protocolError.because("continuation of nothing") }
            fragments += 1
            guard fragments <= fragmentLimit else { throw .tooBig.because("too many fragments") }
        }
    }

    private mutating func readPayload(_ buffer: inout ByteBuffer, atMost left: Int) throws(Disconnect) -> Int {
        let count = min(left, buffer.readableBytes)
        guard count > 0, let slice = buffer.readSlice(length: count) else { return 0 }
        if header.opcode?.isControl == true {
            control.appendUnmasked(slice, mask: header.mask, offset: maskOffset)
        } else {
            let start = message.count
            message.appendUnmasked(slice, mask: header.mask, offset: maskOffset)
            if messageOpcode == .text {
                let valid = message.withUnsafeBytes { text.accept(UnsafeRawBufferPointer(rebasing: $0[start...])) }
                guard valid else { throw .invalidUTF8 }
            }
        }
        maskOffset = (maskOffset + count) & 3
        return count
    }

    private mutating func finish(_ header: FrameHeader) throws(Disconnect) -> Event? {
        switch header.opcode {
        case .ping: return .ping(takeControl())
        case .pong: return .pong(takeControl())
        case .close: return .close(try closeCode(takeControl()))
        case .text, .binary, .continuation:
            guard header.isFinal, let opcode = messageOpcode else { return nil }
            guard text.isComplete else { throw .invalidUTF8 }
            let whole = message
            (messageOpcode, message, fragments, text) = (nil, [], 0, UTF8Check())
            return opcode == .text ? .text(whole) : .binary(whole)
        case nil: return nil
        }
    }

    private mutating func takeControl() -> [UInt8] {
        let payload = control
        control = []
        return payload
    }

    private func closeCode(_ payload: [UInt8]) throws(Disconnect) -> UInt16? {
        if payload.isEmpty { return nil }
        guard payload.count >= 2 else { throw .protocolError.because("close payload of one byte") }
        let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
        guard Disconnect.mayBeSent(code) else { throw .protocolError.because("close code not allowed") }
        var reason = UTF8Check()
        let valid = payload.withUnsafeBytes { reason.accept(UnsafeRawBufferPointer(rebasing: $0[2...])) }
        guard valid, reason.isComplete else { throw .invalidUTF8 }
        return code
    }
}

extension [UInt8] {
    /// Appends masked bytes in clear; `offset` says how many bytes of this frame came before (mod 4).
    fileprivate mutating func appendUnmasked(_ slice: ByteBuffer, mask: UInt32, offset: Int) {
        let start = count
        slice.withUnsafeReadableBytes { append(contentsOf: $0) }
        let turned = offset == 0 ? mask : mask >> (8 * UInt32(offset)) | mask << (32 - 8 * UInt32(offset))
        let wide = (UInt64(turned) | UInt64(turned) << 32).littleEndian
        withUnsafeMutableBytes { bytes in
            var index = start
            while index + 8 <= bytes.count {
                let value = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                bytes.storeBytes(of: value ^ wide, toByteOffset: index, as: UInt64.self)
                index += 8
            }
            while index < bytes.count {
                bytes[index] ^= UInt8(truncatingIfNeeded: turned >> (8 * UInt32((index - start) & 3)))
                index += 1
            }
        }
    }
}
