/// Client frames byte by byte, right and wrong ones.
enum Wire {
    static let key = "dGhlIHNhbXBsZSBub25jZQ=="

    static func upgrade(
        _ path: String = "/echo", method: String = "GET", version: String = "13", key: String = Wire.key,
        connection: String = "Upgrade", extra: [String] = [], body: String = ""
    ) -> String {
        let lines =
            [
                "\(method) \(path) HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Connection: \(connection)",
                "Sec-WebSocket-Version: \(version)", "Sec-WebSocket-Key: \(key)",
            ] + extra
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
    }

    static func get(_ path: String, extra: [String] = []) -> String {
        (["GET \(path) HTTP/1.1", "Host: localhost"] + extra).joined(separator: "\r\n") + "\r\n\r\n"
    }

    static func frame(
        _ opcode: UInt8, _ payload: [UInt8] = [], final: Bool = true, reserved: UInt8 = 0, masked: Bool = true
    ) -> [UInt8] {
        let mask: [UInt8] = [0x12, 0x34, 0x56, 0x78]
        var bytes = [(final ? 0x80 : 0) | reserved << 4 | opcode]
        let bit: UInt8 = masked ? 0x80 : 0
        switch payload.count {
        case ...125: bytes.append(bit | UInt8(payload.count))
        case ...0xFFFF: bytes += [bit | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default: bytes += [bit | 127] + (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) }
        }
        if masked { bytes += mask }
        return bytes + payload.enumerated().map { masked ? $1 ^ mask[$0 & 3] : $1 }
    }

    static func text(_ text: String, final: Bool = true) -> [UInt8] {
        frame(0x1, Array(text.utf8), final: final)
    }

    static func close(_ code: UInt16, _ reason: [UInt8] = []) -> [UInt8] {
        frame(0x8, [UInt8(code >> 8), UInt8(code & 0xFF)] + reason)
    }
}
