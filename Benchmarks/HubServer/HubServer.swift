import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import Realtime

/// The hub of `Realtime` behind the least possible application. The real server has no such routes, so the hub is measured
/// here:
///
/// - sockets at `/ws/{topic}` are in a topic and say nothing;
/// - `POST /pub/{topic}` sends its body to all of them;
/// - a socket at `/pub` does the same with frames of a topic, a line feed and the message;
/// - a socket at `/latest` does it four times a second, with the newest message of each topic only.
@main
enum HubServer {
    /// What is measured is the hub, not how fast it lets clients in and how much it lets them say.
    private static let limits = SocketLimits {
        $0.handshakeRate = 1_000_000
        $0.messageRate = 1e6
        $0.messageBurst = 1_000_000
    }

    static func main() async throws {
        guard CommandLine.arguments.count == 2, let port = Int(CommandLine.arguments[1]) else {
            fatalError("usage: HubServer PORT")
        }
        EventLoops.followAffinity()
        let group = MultiThreadedEventLoopGroup.singleton
        let hub = Hub<EncodedFrame>(group: group, patience: .milliseconds(20))
        let latest = LatestWins(hub, on: group.next())
        var logger = Logger(label: "hub")
        logger.logLevel = .warning
        let application = Application(
            responder: CallbackResponder<BasicRequestContext> { request, _ in
                guard request.method == .post, let topic = topic(of: request.uri.path, below: "/pub/") else {
                    return Response(status: .notFound)
                }
                let body = try await request.body.collect(upTo: 64 * 1024)
                hub.publish(EncodedFrame(text: Array(buffer: body)), to: topic)
                return Response(status: .ok)
            },
            server: .httpWithSockets(limits: limits) { request, _, _ in
                let path = request.path ?? ""
                if let topic = topic(of: path, below: "/ws/") {
                    return .accept(SocketAcceptance { _ in Member(hub: hub, topic: topic) })
                }
                switch path {
                case "/pub": return .accept(SocketAcceptance { _ in Publisher { hub.publish($0, to: $1) } })
                case "/latest": return .accept(SocketAcceptance { _ in Publisher { latest.put($0, to: $1) } })
                default: return .refuse(Response(status: .notFound))
                }
            },
            configuration: .init(address: .hostname("127.0.0.1", port: port), serverName: nil, backlog: 4096),
            eventLoopGroupProvider: .shared(group), logger: logger)
        try await application.run()
    }

    private static func topic(of path: String, below prefix: String) -> String? {
        path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : nil
    }
}

/// A socket which is in one topic and says nothing.
private final class Member: SocketSession {
    private let hub: Hub<EncodedFrame>
    private let topic: String

    init(hub: Hub<EncodedFrame>, topic: String) {
        (self.hub, self.topic) = (hub, topic)
    }

    func opened(_ connection: SocketConnection) {
        hub.subscribe(connection, to: [topic]) { connection.send($0) }
    }

    func received(text: [UInt8]) {}
}

/// A socket whose messages are for others.
private final class Publisher: SocketSession {
    private let publish: (EncodedFrame, String) -> Void

    init(publish: @escaping (EncodedFrame, String) -> Void) {
        self.publish = publish
    }

    func opened(_ connection: SocketConnection) {}

    func received(text: [UInt8]) {
        guard let end = text.firstIndex(of: UInt8(ascii: "\n")) else { return }
        publish(EncodedFrame(text: Array(text[(end + 1)...])), String(decoding: text[..<end], as: UTF8.self))
    }
}
