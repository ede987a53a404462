import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

@testable import Realtime

/// A server on a free loopback port with the ordinary routes `/plain` (its path as body) and `/collect` (its body's
/// size).
struct LiveServer {
    let port: Int
    /// Starts the graceful shutdown; `with` returns only when it has finished.
    let stop: @Sendable () async -> Void

    static func with<Result: Sendable>(
        limits: SocketLimits = SocketLimits(), places: SocketPlaces? = nil, http: HTTPLimits = HTTPLimits(),
        refusalBody: @escaping RefusalBody = plainRefusalBody,
        malformed: @escaping UpgradeFaultResponder = UpgradeFault.plainResponse,
        decide: @escaping UpgradeDecider,
        _ body: @escaping @Sendable (LiveServer) async throws -> Result
    ) async throws -> Result {
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "live server")
        logger.logLevel = .error
        let builder = HTTPServerBuilder.httpWithSockets(
            limits: limits, places: places, http: http, refusalBody: refusalBody, malformed: malformed, decide: decide)
        let service = try builder.buildServer(
            configuration: ServerConfiguration(address: .hostname("127.0.0.1", port: 0)),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger, responder: respond
        ) { channel in
            found.yield(channel.localAddress?.port ?? 0)
        }
        let group = ServiceGroup(services: [service], logger: logger)
        return try await withThrowingTaskGroup(of: Result?.self) { tasks in
            tasks.addTask {
                try await group.run()
                return nil
            }
            tasks.addTask {
                let port = await ports.first { _ in true } ?? 0
                let server = LiveServer(port: port) { await group.triggerGracefulShutdown() }
                do {
                    let result = try await body(server)
                    await server.stop()
                    return result
                } catch {
                    await server.stop()
                    throw error
                }
            }
            var result: Result?
            for try await value in tasks { result = value ?? result }
            guard let result else { throw CancellationError() }
            return result
        }
    }

    private static let respond: HTTPChannelHandler.Responder = { request, writer, _ in
        let body: String
        if request.uri.path == "/collect" {
            body = "\(try await request.body.collect(upTo: 1 << 20).readableBytes)"
        } else {
            body = request.uri.path
        }
        try await writer.write(
            response: HTTPResponse(status: .ok, headerFields: [.contentLength: "\(body.utf8.count)"]),
            body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
    }

    func connect(reads: Bool = true, receiveBuffer: Int? = nil) async throws -> RawPeer {
        try await RawPeer.connect(port: port, reads: reads, receiveBuffer: receiveBuffer)
    }

    /// A peer whose socket is open.
    func open(_ path: String = "/echo", extra: [String] = []) async throws -> RawPeer {
        let peer = try await connect()
        try await peer.send(Wire.upgrade(path, extra: extra))
        let response = try await peer.response()
        guard response.status == 101 else { throw Refused(response: response) }
        return peer
    }

    struct Refused: Error {
        let response: RawPeer.Response
    }
}
