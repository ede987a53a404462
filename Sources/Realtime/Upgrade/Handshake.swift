import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Reads the opening handshake of RFC 6455 §4.2.1 and writes its answer of §4.2.2.
enum Handshake {
    /// True when the request names `websocket` among the protocols it would change to, rightly formed or not.
    static func isOffered(by head: HTTPRequestHead) -> Bool {
        head.headers[canonicalForm: "upgrade"].contains { $0.lowercased() == "websocket" }
    }

    /// True when NIO's decoder reads no further request after this one (a change of protocol or a tunnel).
    static func stopsDecoder(_ head: HTTPRequestHead) -> Bool {
        head.method == .CONNECT || head.headers.contains(name: "upgrade")
    }

    static func fault(in head: HTTPRequestHead) -> UpgradeFault? {
        let headers = head.headers
        if head.method != .GET { return .method }
        if head.version.major < 1 || head.version.minor < 1 { return .httpVersion }
        if !headers[canonicalForm: "connection"].contains(where: { $0.lowercased() == "upgrade" }) {
            return .connection
        }
        if headers["sec-websocket-version"] != ["13"] { return .version }
        let keys = headers["sec-websocket-key"]
        guard keys.count == 1, let key = keys.first, isKey(key) else { return .key }
        return hasBody(head) ? .body : nil
    }

    static func hasBody(_ head: HTTPRequestHead) -> Bool {
        head.headers.contains(name: "transfer-encoding")
            || head.headers[canonicalForm: "content-length"].contains { Int($0) != 0 }
    }

    /// 16 bytes in base64 are 22 characters and two signs of padding.
    private static func isKey(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 24, bytes.suffix(2).elementsEqual("==".utf8) else { return false }
        return bytes.dropLast(2).allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                true
            default: false
            }
        }
    }

    /// The fields of the 101; NIO computes the accept key.
    static func answer(
        _ head: HTTPRequestHead, to acceptance: SocketAcceptance, on channel: any Channel
    ) -> EventLoopFuture<HTTPHeaders> {
        var headers = HTTPHeaders(acceptance.headers.map { ($0.name.rawName, $0.value) })
        if let chosen = acceptance.subprotocol { headers.replaceOrAdd(name: "Sec-WebSocket-Protocol", value: chosen) }
        let fields = headers
        let upgrader = NIOWebSocketServerUpgrader(
            shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture(fields) },
            upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })
        return upgrader.buildUpgradeResponse(channel: channel, upgradeRequest: head, initialResponseHeaders: [:])
    }
}
