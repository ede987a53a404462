import Hummingbird
import Logging
import NIOPosix
import Realtime

/// The sockets of `Realtime` with a session that says back what it hears: what `make conformance` measures against
/// RFC 6455. The real server has no such route.
@main
enum EchoServer {
    /// As wide as the suite asks: messages of 16 MiB, some in frames of 64 bytes, a thousand without a pause.
    private static let limits = SocketLimits {
        $0.messageBytes = 16 << 20
        $0.fragments = 1 << 20
        $0.allowsBinary = true
        $0.pendingBytes = 64 << 20
        $0.messageRate = 1e6
        $0.messageBurst = 1_000_000
    }

    static func main() async throws {
        guard CommandLine.arguments.count == 2, let port = Int(CommandLine.arguments[1]) else {
            fatalError("usage: EchoServer PORT")
        }
        EventLoops.followAffinity()
        let group = MultiThreadedEventLoopGroup.singleton
        var logger = Logger(label: "echo")
        logger.logLevel = .warning
        let application = Application(
            responder: CallbackResponder<BasicRequestContext> { _, _ in Response(status: .notFound) },
            server: .httpWithSockets(limits: limits) { _, _, _ in .accept(SocketAcceptance { _ in Echo() }) },
            configuration: .init(address: .hostname("127.0.0.1", port: port), serverName: nil),
            eventLoopGroupProvider: .shared(group), logger: logger)
        try await application.run()
    }
}

private final class Echo: SocketSession {
    private var connection: SocketConnection?

    func opened(_ connection: SocketConnection) { self.connection = connection }
    func received(text: [UInt8]) { connection?.send(EncodedFrame(text: text)) }
    func received(binary: [UInt8]) { connection?.send(EncodedFrame(binary: binary)) }
    func closed() { connection = nil }
}
