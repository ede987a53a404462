import NIOCore
import NIOHTTP1
import NIOPosix

/// The one connection of an ``HTTPClient``, and the requests that wait for it. Confined to its event loop.
final class HTTPConnection {
    /// A request and the place for its answer.
    final class Exchange: Sendable {
        let head: HTTPRequestHead
        let body: [UInt8]
        let answer: EventLoopPromise<HTTPAnswer>

        init(head: HTTPRequestHead, body: [UInt8], answer: EventLoopPromise<HTTPAnswer>) {
            self.head = head
            self.body = body
            self.answer = answer
        }
    }

    private let loop: any EventLoop
    private let host: String
    private let port: Int
    private var channel: (any Channel)?
    private var isConnecting = false
    private var waiting: [Exchange] = []
    private var current: Exchange?

    init(host: String, port: Int, loop: any EventLoop) {
        self.host = host
        self.port = port
        self.loop = loop
    }

    /// Sends the request when those before it have their answers. The time starts now.
    func submit(_ exchange: Exchange, timeout: Duration) {
        let alarm = loop.assumeIsolated().scheduleTask(in: TimeAmount(timeout)) { self.giveUp(exchange) }
        exchange.answer.futureResult.whenComplete { _ in alarm.cancel() }
        waiting.append(exchange)
        proceed()
    }

    /// Closes the connection and fails whatever waits for it.
    func close() {
        disconnect()
        let abandoned = [current].compactMap(\.self) + waiting
        current = nil
        waiting = []
        for exchange in abandoned { exchange.answer.fail(ClientError.closed(received: [])) }
    }

    private func proceed() {
        guard current == nil, !waiting.isEmpty, !isConnecting else { return }
        guard let channel, channel.isActive else { return connect() }
        let exchange = waiting.removeFirst()
        current = exchange
        channel.write(HTTPClientRequestPart.head(exchange.head), promise: nil)
        if !exchange.body.isEmpty {
            channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: exchange.body))), promise: nil)
        }
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
    }

    private func connect() {
        isConnecting = true
        let owner = NIOLoopBound(self, eventLoop: loop)
        ClientBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(
                        HTTPAnswerHandler { owner.value.received($0, from: $1) })
                }
            }
            .connect(host: host, port: port)
            .assumeIsolated()
            .whenComplete { result in
                self.isConnecting = false
                switch result {
                case .success(let channel):
                    // Whoever wanted it may have given up meanwhile.
                    guard !self.waiting.isEmpty else { return channel.close(promise: nil) }
                    self.channel = channel
                    self.proceed()
                case .failure(let error):
                    let failed = self.waiting
                    self.waiting = []
                    for exchange in failed { exchange.answer.fail(ClientError.unreachable("\(error)")) }
                }
            }
    }

    private func received(_ outcome: HTTPAnswerHandler.Outcome, from source: any Channel) {
        // A connection that was given up may still speak.
        guard source === channel else { return }
        let exchange = current
        current = nil
        switch outcome {
        case .success(let (answer, keepsAlive)):
            if !keepsAlive || exchange == nil { disconnect() }
            exchange?.answer.succeed(answer)
        case .failure(let error):
            disconnect()
            exchange?.answer.fail(error)
        }
        proceed()
    }

    private func giveUp(_ exchange: Exchange) {
        if current === exchange {
            current = nil
            disconnect()  // Its late answer must not be taken for the next one's.
        }
        waiting.removeAll { $0 === exchange }
        exchange.answer.fail(ClientError.timedOut)
        proceed()
    }

    private func disconnect() {
        channel?.close(promise: nil)
        channel = nil
    }
}
