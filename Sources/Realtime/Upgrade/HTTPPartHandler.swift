import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Converts between NIO's HTTP/1 parts and the server's, and sees to it that no request is left without an answer.
///
/// NIO's decoder reads nothing after a request with an `Upgrade` field (or CONNECT): such a request is served, its
/// response says `connection: close`, and the connection ends, whatever was sent behind it.
final class HTTPPartHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let connectionGuard: ConnectionGuard
    private let isSecure: Bool
    private let refusalBody: RefusalBody
    private let refused: RefusalWitness
    private var ledger = RequestLedger()
    /// True while bytes would only pile up in a decoder which no longer reads them.
    private var holdsReads = false
    /// True when the connection's last answer is our own and nothing may follow it.
    private var hasRefused = false

    init(
        connectionGuard: ConnectionGuard, isSecure: Bool, refusalBody: @escaping RefusalBody,
        refused: @escaping RefusalWitness
    ) {
        (self.connectionGuard, self.isSecure) = (connectionGuard, isSecure)
        (self.refusalBody, self.refused) = (refusalBody, refused)
    }
}

// MARK: - Inbound

extension HTTPPartHandler {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            begin(head, context)
        case .body(let buffer):
            guard !ledger.isDiscarding else { return }
            context.fireChannelRead(wrapInboundOut(.body(buffer)))
        case .end(let trailers):
            guard !ledger.isDiscarding else { return }
            ledger.endRequest()
            holdsReads = ledger.last == ledger.requests
            noteProgress()
            context.fireChannelRead(wrapInboundOut(.end(trailers.map { HTTPFields($0, splitCookie: false) })))
        }
    }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        guard ledger.admits() else { return }
        guard let request = HTTPRequest(strict: head, isSecure: isSecure) else {
            return refuse(.badRequest, context)
        }
        connectionGuard.headerEnded()
        ledger.begin(endsConnection: Handshake.stopsDecoder(head) || !head.isKeepAlive)
        context.fireChannelRead(wrapInboundOut(.head(request)))
        if ledger.isNextAnswerUnbegun, invitesBody(head) {
            // An interim response: the final one follows with a head of its own (RFC 9110 §10.1.1).
            context.writeAndFlush(
                wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
        }
    }

    /// True when the client waits for 100 and its body is not one which every route would refuse.
    private func invitesBody(_ head: HTTPRequestHead) -> Bool {
        guard head.version == .http1_1,
            head.headers[canonicalForm: "expect"].contains(where: { $0.lowercased() == "100-continue" })
        else { return false }
        guard let length = head.headers.first(name: "content-length") else { return true }
        return Int(length).map { $0 <= connectionGuard.limits.invitedBodyBytes } ?? false
    }

    private func noteProgress() {
        if ledger.isReading { return }
        if ledger.isIdle { connectionGuard.becameIdle() } else { connectionGuard.requestEnded() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let fault = error as? HTTPParserError, !ledger.isReading else {
            // The server is reading the request's body and must learn that it ends here.
            return context.fireErrorCaught(error)
        }
        refuse(fault == .headerOverflow ? .requestHeaderFieldsTooLarge : .badRequest, context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is RequestOverdue { return answerOverdue(context) }
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        if ledger.isIdle { return context.close(promise: nil) }
        ledger.endAfterCurrent()
        // The answer may have left before the request was whole.
        if ledger.isOver { connectionGuard.linger() }
    }
}

// MARK: - Outbound

extension HTTPPartHandler {
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if hasRefused {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(let response):
            var head = HTTPResponseHead(response)
            if response.status.kind != .informational {
                let closes = head.headers[canonicalForm: "connection"].contains { $0.lowercased() == "close" }
                if ledger.beginResponse(closes: closes) {
                    head.headers.replaceOrAdd(name: "connection", value: "close")
                }
            }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body(let buffer):
            context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: promise)
        case .end(let trailers):
            ledger.endResponse()
            let part = wrapOutboundOut(.end(trailers.map(HTTPHeaders.init)))
            if ledger.isOver {
                context.write(part, promise: connectionGuard.lingerAfter(promise, context.eventLoop))
            } else {
                noteProgress()
                context.write(part, promise: promise)
            }
        }
    }

    func read(context: ChannelHandlerContext) {
        if !holdsReads { context.read() }
    }

    /// The server shuts its side when it wants the connection to end; it may not wait for the peer for ever.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .output else { return context.close(mode: mode, promise: promise) }
        connectionGuard.linger()
        promise?.succeed()
    }

    /// Answers what cannot be shown to the server, unless an earlier request is still to be answered: then the
    /// connection ends behind that answer.
    private func refuse(_ status: HTTPResponseStatus, _ context: ChannelHandlerContext) {
        let isIdle = ledger.isIdle
        ledger.discardRest()
        if isIdle { end(with: status, context) }
    }

    /// The request began and stopped. The server may be waiting for its body; it learns of the end when the
    /// connection closes.
    private func answerOverdue(_ context: ChannelHandlerContext) {
        guard ledger.isIdle || ledger.isNextAnswerUnbegun else { return }
        connectionGuard.answersOverdue()
        ledger.discardRest()
        end(with: .requestTimeout, context)
    }

    private func end(with status: HTTPResponseStatus, _ context: ChannelHandlerContext) {
        guard !hasRefused else { return }
        hasRefused = true
        let refusal = Refusal(status, refusalBody)
        refused(.init(code: Int(status.code), reasonPhrase: status.reasonPhrase), context.channel)
        context.write(wrapOutboundOut(.head(refusal.head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(refusal.body))), promise: nil)
        context.writeAndFlush(
            wrapOutboundOut(.end(nil)), promise: connectionGuard.lingerAfter(nil, context.eventLoop))
    }
}
