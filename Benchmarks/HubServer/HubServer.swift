import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import Realtime

/// The hub of `Realtime` behind the least possible application: sockets at `/ws/{topic}`, and `POST /pub/{topic}` sends
/// its body to all of them. The real server has no such route, so the hub is measured here.
@main
enum HubServer {
    static func main() async throws {
        guard CommandLine.arguments.count == 2, let port = Int(CommandLine.arguments[1]) else {
            fatalError("usage: HubServer PORT")
        }
        let group = MultiThreadedEventLoopGroup.singleton
        let hub = Hub<EncodedFrame>(group: group)
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
            // What is measured is the hub, not how fast it lets clients in.
            server: .httpWithSockets(limits: SocketLimits { $0.handshakeRate = 1_000_000 }) { request, _, _ in
                guard let topic = topic(of: request.path ?? "", below: "/ws/") else {
                    return .refuse(Response(status: .notFound))
                }
                return .accept(SocketAcceptance { _ in Member(hub: hub, topic: topic) })
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
