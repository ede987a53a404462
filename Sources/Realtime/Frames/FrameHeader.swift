/// Collects the 2 to 14 bytes of a client frame's header without touching the heap.
struct FrameHeader {
    private var storage: (UInt64, UInt64) = (0, 0)
    private(set) var count = 0

    mutating func append(_ byte: UInt8) {
        withUnsafeMutableBytes(of: &storage) { $0[count] = byte }
        count += 1
    }

    private func byte(_ index: Int) -> UInt8 {
        withUnsafeBytes(of: storage) { $0[index] }
    }

    private func number(at start: Int, bytes: Int) -> UInt64 {
        (start..<start + bytes).reduce(0) { $0 << 8 | UInt64(byte($1)) }
    }

    private var lengthBytes: Int {
        switch byte(1) & 0x7F {
        case 126: 2
        case 127: 8
        default: 0
        }
    }

    /// Bytes of the whole header as far as it can be told from those already here.
    var size: Int { count < 2 ? 2 : 2 + lengthBytes + 4 }
    var isWhole: Bool { count >= 2 && count == size }

    var isFinal: Bool { byte(0) & 0x80 != 0 }
    var reservedBits: UInt8 { byte(0) & 0x70 }
    var opcode: Opcode? { Opcode(rawValue: byte(0) & 0x0F) }
    var isMasked: Bool { byte(1) & 0x80 != 0 }
    /// The seven bits of the second byte; 126 and 127 announce a longer number.
    var shortLength: UInt8 { byte(1) & 0x7F }

    var length: UInt64 {
        lengthBytes == 0 ? UInt64(shortLength) : number(at: 2, bytes: lengthBytes)
    }

    /// RFC 6455 §5.2: the shortest form must be used and the top bit of the long one is zero.
    var isLengthWellFormed: Bool {
        switch lengthBytes {
        case 2: length > 125
        case 8: length > 0xFFFF && length <= UInt64(Int64.max)
        default: true
        }
    }

    /// The four masking bytes, the first of the wire in the lowest eight bits.
    var mask: UInt32 {
        UInt32(truncatingIfNeeded: number(at: size - 4, bytes: 4)).byteSwapped
    }
}
