public import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// Opening.
extension SocketClient {
    /// Opens a socket on an event loop of the process; see the other `connect`.
    public static func connect(
        host: String, port: Int, path: String, headers: [(String, String)] = [], subprotocols: [String] = [],
        answersPings: Bool = true, within timeout: Duration = .seconds(60)
    ) async throws -> SocketClient {
        try await connect(
            host: host, port: port, path: path, headers: headers, subprotocols: subprotocols,
            answersPings: answersPings, within: timeout, group: MultiThreadedEventLoopGroup.singleton)
    }

    /// Opens a socket.
    ///
    /// - Parameters:
    ///   - path: the path with its query, already percent-encoded.
    ///   - subprotocols: offered in this order.
    ///   - answersPings: false lets pings go unanswered from the first on.
    ///   - timeout: for the whole opening.
    /// - Throws: ``SocketRefused`` with the server's answer when it is not a switch of protocols, else ``ClientError``.
    public static func connect(
        host: String, port: Int, path: String, headers: [(String, String)] = [], subprotocols: [String] = [],
        answersPings: Bool = true, within timeout: Duration = .seconds(60), group: any EventLoopGroup
    ) async throws -> SocketClient {
        var fields = HTTPHeaders(headers)
        if !fields.contains(name: "Host") { fields.add(name: "Host", value: "\(host):\(port)") }
        if !subprotocols.isEmpty {
            fields.add(name: "Sec-WebSocket-Protocol", value: subprotocols.joined(separator: ", "))
        }
        let request = HTTPRequestHead(version: .http1_1, method: .GET, uri: path, headers: fields)
        let opening: EventLoopFuture<Opening>
        do {
            opening = try await ClientBootstrap(group: group.next()).connectTimeout(TimeAmount(timeout))
                .connect(host: host, port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try open(channel, request, answersPings: answersPings, timeout: timeout)
                    }
                }
        } catch { throw ClientError.unreachable("\(error)") }
        let outcome: Opening
        do { outcome = try await opening.get() } catch { throw ClientError(opening: error) }
        switch outcome {
        case .open(let client): return client
        case .refused(let answer): throw SocketRefused(answer: try await answer.get())
        }
    }

    private enum Opening: Sendable {
        case open(SocketClient)
        /// The rest of the answer is still to come.
        case refused(EventLoopFuture<HTTPAnswer>)
    }

    private static let maximumMessage = 16 << 20

    private static func open(
        _ channel: any Channel, _ request: HTTPRequestHead, answersPings: Bool, timeout: Duration
    ) throws -> EventLoopFuture<Opening> {
        let alarm = channel.eventLoop.scheduleTask(in: TimeAmount(timeout)) {
            channel.pipeline.fireErrorCaught(ClientError.timedOut)
            channel.close(promise: nil)
        }
        let upgrader = NIOTypedWebSocketClientUpgrader<Opening>(maxFrameSize: maximumMessage) { channel, head in
            channel.eventLoop.makeCompletedFuture {
                alarm.cancel()
                let handler = SocketHandler(loop: channel.eventLoop, answersPings: answersPings)
                try channel.pipeline.syncOperations.addHandlers([
                    NIOWebSocketFrameAggregator(
                        minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 100_000,
                        maxAccumulatedFrameSize: maximumMessage),
                    handler,
                ])
                return .open(SocketClient(channel: channel, handler: handler, head: head))
            }
        }
        let upgrade = NIOTypedHTTPClientUpgradeConfiguration(upgradeRequestHead: request, upgraders: [upgrader]) {
            channel in
            channel.eventLoop.makeCompletedFuture {
                let promise = channel.eventLoop.makePromise(of: HTTPAnswer.self)
                promise.futureResult.whenComplete { _ in alarm.cancel() }
                try channel.pipeline.syncOperations.addHandler(
                    HTTPAnswerHandler { outcome, channel in
                        promise.completeWith(outcome.map(\.answer))
                        channel.close(promise: nil)
                    })
                return .refused(promise.futureResult)
            }
        }
        var pipeline = NIOUpgradableHTTPClientPipelineConfiguration(upgradeConfiguration: upgrade)
        // A server may send its first frames right behind the answer; they are not to be lost.
        pipeline.leftOverBytesStrategy = .forwardBytes
        let opening = try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(configuration: pipeline)
        opening.whenFailure { _ in
            alarm.cancel()
            channel.close(promise: nil)
        }
        return opening
    }
}

extension ClientError {
    /// Why a socket did not open although the server could be reached.
    fileprivate init(opening error: any Error) {
        switch error {
        case let error as ClientError: self = error
        // What an upgrade reports when its connection ends without an answer.
        case is ChannelError, is IOError: self = .closed(received: [])
        default: self = .violation("\(error)")
        }
    }
}
