public import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import Synchronization

extension HTTPServerBuilder {
    /// An HTTP/1.1 server whose connections may become WebSockets.
    ///
    /// - Parameters:
    ///   - limits: The bounds of sockets.
    ///   - places: Those of its sockets, for whoever waits until they have gone.
    ///   - http: The bounds of connections which speak HTTP.
    ///   - isSecure: Whether the server stands behind TLS of its own; only the scheme of requests depends on it.
    ///   - refusalBody: Words the refusals which no route sees, such as 400 for bytes which are no request.
    ///   - refused: Hears of those.
    ///   - malformed: Words the refusal of a request which is no proper handshake or which finds no place.
    ///   - decide: Asked about every proper handshake which is the first request of its connection. A later one
    ///     reaches the ordinary responder, and its response ends the connection.
    public static func httpWithSockets(
        limits: SocketLimits = SocketLimits(),
        places: SocketPlaces? = nil,
        http: HTTPLimits = HTTPLimits(),
        isSecure: Bool = false,
        refusalBody: @escaping RefusalBody = plainRefusalBody,
        refused: @escaping RefusalWitness = { _, _ in },
        malformed: @escaping UpgradeFaultResponder = UpgradeFault.plainResponse,
        decide: @escaping UpgradeDecider
    ) -> HTTPServerBuilder {
        let terms = UpgradeTerms(
            sockets: limits, places: places, http: http, isSecure: isSecure, refusalBody: refusalBody,
            refused: refused, malformed: malformed,
            decide: decide)
        return HTTPServerBuilder { responder in SocketServer(terms: terms, responder: responder) }
    }
}

/// Sets up each accepted connection and serves those which stay HTTP.
struct SocketServer: HTTPChannelHandler {
    let terms: UpgradeTerms
    let responder: HTTPChannelHandler.Responder

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<AcceptedConnection> {
        channel.eventLoop.makeCompletedFuture {
            var limits = NIOHTTPDecoderLimitConfiguration()
            limits.maxHeaderFieldSize = terms.http.headerFieldBytes
            limits.maxHeaderListSize = terms.http.headerListBytes
            limits.maxHeaderFieldCount = terms.http.headerFields
            let handlers = UpgradeGate.HTTPHandlers(
                connectionGuard: ConnectionGuard(limits: terms.http, wheel: terms.wheels.wheel(of: channel.eventLoop)),
                encoder: HTTPResponseEncoder(),
                decoder: ByteToMessageHandler(
                    HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits)))
            let outcome = channel.eventLoop.makePromise(of: UpgradeGate.Outcome.self)
            let gate = UpgradeGate(terms: terms, handlers: handlers, logger: logger, outcome: outcome)
            let pipeline = channel.pipeline.syncOperations
            do {
                try pipeline.addHandler(handlers.connectionGuard)
                try pipeline.addHandler(handlers.encoder)
                try pipeline.addHandler(handlers.decoder)
                try pipeline.addHandler(gate)
            } catch {
                outcome.succeed(.settled)
                throw error
            }
            return AcceptedConnection(channel: channel, outcome: outcome.futureResult)
        }
    }

    func handle(value: AcceptedConnection, logger: Logger) async {
        await withTaskExecutorPreference(LoopExecutor(value.channel.eventLoop)) {
            guard case .http(let channel) = await value.claim() else { return }
            await handleHTTP(asyncChannel: channel, logger: logger)
        }
    }
}

/// A connection on its way to the server's task.
///
/// When the server stops it may drop connections it has just accepted; an HTTP channel dropped without having been
/// served is a programming error to NIO and ends the process, so a dropped connection is closed here instead.
final class AcceptedConnection: ServerChildChannelValue {
    let channel: any Channel
    private let outcome: EventLoopFuture<UpgradeGate.Outcome>
    private let isClaimed = Atomic(false)

    init(channel: any Channel, outcome: EventLoopFuture<UpgradeGate.Outcome>) {
        (self.channel, self.outcome) = (channel, outcome)
    }

    deinit {
        guard !isClaimed.load(ordering: .relaxed) else { return }
        // Once closed it may be forgotten.
        channel.closeFuture.whenComplete { [outcome] _ in withExtendedLifetime(outcome) {} }
        channel.close(promise: nil)
    }

    func claim() async -> UpgradeGate.Outcome {
        isClaimed.store(true, ordering: .relaxed)
        // The promise is only ever kept, and a connection which fails is settled.
        return (try? await outcome.get()) ?? .settled
    }
}
