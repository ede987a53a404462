import FoundationEssentials
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Looks at the first request of a connection: one which offers a WebSocket is put to the decider and answered here,
/// with 101 or with the refusal; with any other the gate leaves and ordinary HTTP begins.
///
/// NIO's own upgrade handlers forget a request which they refuse, and its client would wait for ever.
final class UpgradeGate: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    typealias HTTPAsyncChannel = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    /// What became of the connection.
    enum Outcome: Sendable {
        /// Ordinary HTTP, to be served.
        case http(HTTPAsyncChannel)
        /// A socket, a refusal or a lost connection: nothing is left to be done for the server's task.
        case settled
    }

    private enum Phase {
        case first
        /// The head of an upgrade request is here, its end is awaited.
        case offered(HTTPRequestHead, HTTPRequest)
        case deciding(Task<Void, Never>, deadline: Scheduled<Void>)
        case settled
    }

    /// The handlers which leave when the connection becomes a socket.
    struct HTTPHandlers {
        let connectionGuard: ConnectionGuard
        let encoder: HTTPResponseEncoder
        let decoder: ByteToMessageHandler<HTTPRequestDecoder>
    }

    private let terms: UpgradeTerms
    private let handlers: HTTPHandlers
    private let logger: Logger
    private let outcome: EventLoopPromise<Outcome>
    private var phase = Phase.first
    /// Tells the answer of a decision which came too late from the one awaited.
    private var decision = 0
    private var isQuiescing = false
    /// True while bytes would only pile up in the decoder.
    private var holdsReads = false
    private var heldRead = false

    init(
        terms: UpgradeTerms, handlers: HTTPHandlers, logger: Logger, outcome: EventLoopPromise<Outcome>
    ) {
        (self.terms, self.handlers, self.logger, self.outcome) = (terms, handlers, logger, outcome)
    }
}

// MARK: - The channel's calls

extension UpgradeGate {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (phase, unwrapInboundIn(data)) {
        case (.first, .head(let head)) where Handshake.isOffered(by: head):
            handlers.connectionGuard.headerEnded()
            guard let request = HTTPRequest(strict: head, isSecure: terms.isSecure) else {
                return answer(.badRequest, context)
            }
            if Handshake.hasBody(head) {
                // Its end may never come.
                handlers.connectionGuard.requestEnded()
                return decide(head, request, context)
            }
            phase = .offered(head, request)
        case (.first, _):
            becomeHTTP(data, context)
        case (.offered(let head, let request), .end):
            handlers.connectionGuard.requestEnded()
            decide(head, request, context)
        case (.offered, _), (.deciding, _), (.settled, _):
            break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch (phase, error as? HTTPParserError) {
        case (.first, .headerOverflow), (.offered, .headerOverflow): answer(.requestHeaderFieldsTooLarge, context)
        case (.first, .some), (.offered, .some): answer(.badRequest, context)
        // The body of a handshake which is being refused for it.
        case (.deciding, .some): break
        default: cut(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        settle(.settled)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        settle(.settled)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            isQuiescing = true
            if case .first = phase { cut(context) }
        case ChannelEvent.inputClosed:
            // A client which has sent its whole request still waits for the answer.
            switch phase {
            case .first, .offered: cut(context)
            case .deciding, .settled: break
            }
        case is RequestOverdue:
            switch phase {
            case .first, .offered:
                handlers.connectionGuard.answersOverdue()
                answer(.requestTimeout, context)
            case .deciding, .settled: break
            }
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func read(context: ChannelHandlerContext) {
        if holdsReads { heldRead = true } else { context.read() }
    }
}

// MARK: - The ends of a gate

extension UpgradeGate {
    private func becomeHTTP(_ data: NIOAny, _ context: ChannelHandlerContext) {
        do {
            try context.pipeline.syncOperations.addHandler(
                HTTPPartHandler(
                    connectionGuard: handlers.connectionGuard, isSecure: terms.isSecure,
                    refusalBody: terms.refusalBody, refused: terms.refused))
            // The server waits for the output to be shut and reads on until the peer has shut his.
            let channel = try HTTPAsyncChannel(
                wrappingChannelSynchronously: context.channel, configuration: .init(isOutboundHalfClosureEnabled: true))
            settle(.http(channel))
        } catch {
            return cut(context)
        }
        context.fireChannelRead(data)
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    /// An answer worded for all paths alike; the connection ends with it.
    private func answer(_ status: HTTPResponseStatus, _ context: ChannelHandlerContext) {
        let refusal = Refusal(status, terms.refusalBody)
        terms.refused(.init(code: Int(status.code), reasonPhrase: status.reasonPhrase), context.channel)
        answer(refusal.head, body: refusal.body, context)
    }

    private func answer(_ head: HTTPResponseHead, body: ByteBuffer, _ context: ChannelHandlerContext) {
        settle(.settled)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if body.readableBytes > 0 { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        context.writeAndFlush(
            wrapOutboundOut(.end(nil)), promise: handlers.connectionGuard.lingerAfter(nil, context.eventLoop))
    }

    private func cut(_ context: ChannelHandlerContext) {
        settle(.settled)
        context.close(promise: nil)
    }

    private func settle(_ result: Outcome) {
        switch phase {
        case .deciding(let task, let deadline):
            task.cancel()
            deadline.cancel()
        case .first, .offered: break
        case .settled: return
        }
        phase = .settled
        outcome.succeed(result)
    }

    /// The order matters: the 101 passes the encoder, the encoder leaves before the socket writes and flushes, and the
    /// decoder leaves last because it hands on the bytes which came after the request.
    private func become(socket acceptance: SocketAcceptance, _ headers: HTTPHeaders, _ context: ChannelHandlerContext) {
        let (channel, loop, places) = (context.channel, context.eventLoop, terms.places)
        let pipeline = channel.pipeline.syncOperations
        settle(.settled)
        let head = HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.end(nil)), promise: nil)
        pipeline.removeHandler(handlers.encoder, promise: nil)
        pipeline.removeHandler(handlers.connectionGuard, promise: nil)
        let socket = SocketHandler(
            limits: terms.sockets, drain: terms.drain, loop: loop, wheel: terms.wheels.wheel(of: loop),
            onClose: places.left, session: acceptance.session)
        do {
            // NIO keeps grown receive buffers per channel, which ten thousand idle sockets cannot afford.
            try channel.syncOptions?.setOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 1024))
            try channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
            try pipeline.addHandler(socket)
        } catch {
            // Only a channel which is already closed refuses these.
            places.giveBack()
            return context.close(promise: nil)
        }
        if let expiresAt = acceptance.expiresAt { socket.expire(in: .seconds(expiresAt.timeIntervalSinceNow)) }
        if isQuiescing { socket.close(.restartSoon, farewell: nil) }
        holdsReads = false
        if heldRead { context.read() }
        pipeline.removeHandler(context: context, promise: nil)
        // The decoder hands on its bytes without the end of a read.
        let handedOn = loop.makePromise(of: Void.self)
        handedOn.futureResult.assumeIsolated().whenComplete { _ in socket.endRead() }
        pipeline.removeHandler(handlers.decoder, promise: handedOn)
    }
}

// MARK: - The decision

extension UpgradeGate {
    private func decide(_ head: HTTPRequestHead, _ request: HTTPRequest, _ context: ChannelHandlerContext) {
        holdsReads = true
        if let fault = Handshake.fault(in: head) { return refuse(request, for: fault, context) }
        if isQuiescing { return refuse(request, for: .shuttingDown, context) }
        let (terms, logger, channel) = (terms, logger, context.channel)
        let address = channel.remoteAddress?.ipAddress ?? ""
        if let fault = terms.admission.fault(for: address) { return refuse(request, for: fault, context) }
        guard terms.places.take() else { return refuse(request, for: .overloaded, context) }
        wait(context) { answer in
            switch await terms.decide(request, channel, logger) {
            case .accept(let acceptance):
                answer { gate, context, isAwaited in
                    guard isAwaited else { return terms.places.giveBack() }
                    gate.accept(acceptance, head, context)
                }
            case .refuse(let response):
                terms.places.giveBack()
                if response.status.kind == .clientError { terms.admission.failed(address) }
                let refusal = await Refusal(response, for: request)
                answer { gate, context, isAwaited in
                    if isAwaited { gate.answer(refusal.head, body: refusal.body, context) }
                }
            }
        } orElse: {
            self.refuse(request, for: .undecided, context)
        }
    }

    private func refuse(_ request: HTTPRequest, for fault: UpgradeFault, _ context: ChannelHandlerContext) {
        let (terms, logger, channel) = (terms, logger, context.channel)
        wait(context) { answer in
            let response = await terms.malformed(request, fault, channel, logger)
            let refusal = await Refusal(response, for: request, fault)
            answer { gate, context, isAwaited in
                if isAwaited { gate.answer(refusal.head, body: refusal.body, context) }
            }
        } orElse: {
            self.answer(fault.responseStatus, context)
        }
    }

    /// Comes back from a task to the loop; the last argument is false when nobody waits for the task's answer any more.
    private typealias Answer =
        @Sendable (
            @escaping @Sendable (UpgradeGate, ChannelHandlerContext, _ isAwaited: Bool) -> Void
        ) -> Void

    private func wait(
        _ context: ChannelHandlerContext, for work: @escaping @Sendable (Answer) async -> Void,
        orElse tooLate: @escaping () -> Void
    ) {
        let loop = context.eventLoop
        let gate = NIOLoopBound((self, context), eventLoop: loop)
        decision += 1
        let number = decision
        let task = Task {
            await work { step in
                loop.execute {
                    let (gate, context) = gate.value
                    step(gate, context, gate.isAwaiting(number))
                }
            }
        }
        let deadline = loop.assumeIsolated().scheduleTask(in: TimeAmount(positive: terms.http.decisionDeadline)) {
            task.cancel()
            tooLate()
        }
        phase = .deciding(task, deadline: deadline)
    }

    private func isAwaiting(_ number: Int) -> Bool {
        if case .deciding = phase { number == decision } else { false }
    }

    private func accept(_ acceptance: SocketAcceptance, _ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        Handshake.answer(head, to: acceptance, on: context.channel).assumeIsolated().whenComplete { result in
            guard case .success(let headers) = result, context.channel.isActive else {
                self.terms.places.giveBack()
                return self.cut(context)
            }
            self.become(socket: acceptance, headers, context)
        }
    }
}
