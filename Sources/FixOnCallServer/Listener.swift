import BSON
import Blueprint
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import Realtime
import Roadside
import RoadsideWeb
import ServiceLifecycle

/// A port that cannot be bound.
public struct PortTaken: Error, CustomStringConvertible {
    public let port: Int
    let reason: String

    public var description: String {
        "port \(port) cannot be bound (\(reason)); stop what listens there, or choose another: PORT=\(port + 1)"
    }
}

/// One port: HTTP and sockets through the same responder.
struct Listener<Responder: HTTPResponder>: Service where Responder.Context == WebContext {
    let host: String
    let port: Int
    let responder: Responder
    let limits: SocketLimits
    let group: any EventLoopGroup
    let logger: Logger
    let bound: @Sendable (Int) -> Void
    /// Hears of what no route sees: the status and the peer's address.
    let refused: @Sendable (Int, String) -> Void
    /// Those of its sockets.
    let places: SocketPlaces
    private let date = DateField()

    init(
        host: String, port: Int, responder: Responder, limits: SocketLimits, group: any EventLoopGroup, logger: Logger,
        refused: @escaping @Sendable (Int, String) -> Void = { _, _ in }, bound: @escaping @Sendable (Int) -> Void
    ) {
        self.host = host
        self.port = port
        self.responder = responder
        self.limits = limits
        self.group = group
        self.logger = logger
        self.bound = bound
        self.refused = refused
        places = SocketPlaces(limits)
    }

    func run() async throws {
        let gate = UpgradeRouter(responder: responder)
        let server = try HTTPServerBuilder.httpWithSockets(
            limits: limits, places: places, refusalBody: refusalBody,
            refused: { [refused] status, channel in refused(status.code, channel.remoteAddress?.ipAddress ?? "") },
            malformed: gate.refuse, decide: gate.decide
        ).buildServer(
            configuration: .init(address: .hostname(host, port: port), backlog: 4096), eventLoopGroup: group,
            logger: logger, responder: answer,
            onServerRunning: { [bound, port] channel in bound(channel.localAddress?.port ?? port) })
        do {
            try await server.run()
            // The server waits for its HTTP connections, and not for those that have become sockets.
            await places.emptied()
        } catch let error as IOError where error.errnoCode == EADDRINUSE || error.errnoCode == EACCES {
            throw PortTaken(port: port, reason: error.errnoCode == EACCES ? "not allowed" : "in use")
        }
    }

    /// What Hummingbird's own `Application` would do for each request, without the things nobody here asks for: a second
    /// request id, a logger made anew around it, and a task-local to keep that.
    @Sendable private func answer(
        _ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel
    ) async throws {
        var context = WebContext(source: .init(channel: channel, logger: logger))
        context.connection = channel
        var response: Response
        do {
            response = try await responder.respond(to: request, context: context)
        } catch let error as HTTPParserError {
            throw error
        } catch {
            // Only a cancelled request: its client has gone.
            response = Response(status: .internalServerError)
        }
        response.headers[.date] = date.text
        do {
            try await writer.write(response: response.head, body: response.body)
        } catch is HTTPParserError {
            // As it stands it would have the server begin a second answer, a 400, inside this one.
            throw ChannelError.inputClosed
        }
    }
}

/// The main dialect's envelope around a refusal for which there is no path, hence no dialect to ask.
private let refusalBody: RefusalBody = { status in
    let refusal = UnroutedRefusal(status: Int(status.code))
    let json: JSON = [
        "success": false, "error": .string(status.reasonPhrase), "message": .string(refusal.message),
        "code": .string(refusal.code),
        "timestamp": .string(ISO8601.seconds(Date())),
    ]
    return ("application/json", ByteBuffer(bytes: json.bytes()))
}

/// Puts upgrade requests to the same router as every other request.
struct UpgradeRouter<Responder: HTTPResponder>: Sendable where Responder.Context == WebContext {
    let responder: Responder

    /// The router's answer to a proper handshake: what a socket route left in the slot, or the refusal it answered with.
    @Sendable func decide(_ head: HTTPRequest, _ channel: any Channel, _ logger: Logger) async -> UpgradeDecision {
        let slot = SocketSlot()
        let response = await answer(head, channel, logger, slot: slot)
        guard let acceptance = slot.accepted as? SocketAcceptance, response.status == .switchingProtocols else {
            return .refuse(response)
        }
        return .accept(acceptance)
    }

    /// Words the refusal of an improper handshake as the path's dialect words it.
    @Sendable func refuse(
        _ head: HTTPRequest, _ fault: UpgradeFault, _ channel: any Channel, _ logger: Logger
    ) async -> Response {
        var plain = head
        // To the router an improper handshake is no upgrade at all; with the field it would look like a late one.
        plain.headerFields[.upgrade] = nil
        var response = await answer(plain, channel, logger, slot: nil, refusal: fault.refusal)
        // The dialect calls every improper handshake malformed; a wrong version has a status of its own.
        if response.status == .badRequest { response.status = fault.status }
        return response
    }

    private func answer(
        _ head: HTTPRequest, _ channel: any Channel, _ logger: Logger, slot: SocketSlot?,
        refusal: RoadsideError? = nil
    ) async -> Response {
        var context = WebContext(source: ApplicationRequestContextSource(channel: channel, logger: logger))
        context.routing.socketSlot = slot
        context.refusal = refusal
        do {
            return try await responder.respond(
                to: Request(head: head, body: RequestBody(buffer: ByteBuffer())), context: context)
        } catch {
            // Only a cancelled request throws: the client has gone.
            return Response(status: .serviceUnavailable)
        }
    }
}

extension UpgradeFault {
    /// What the dialect is to say; nil where it says itself what is wrong with the handshake.
    fileprivate var refusal: RoadsideError? {
        let wait: [(String, JSON)] = [("retry_after", 5)]
        return switch self {
        case .method, .httpVersion, .connection, .version, .key, .body: nil
        case .overloaded, .shuttingDown, .undecided: RoadsideError(.overloaded, message, details: wait)
        case .tooManyFailures: RoadsideError(.rateLimited, message, details: wait)
        }
    }
}

extension Settings {
    var socketLimits: SocketLimits {
        SocketLimits {
            $0.pingInterval = .seconds(sockets.pingSeconds)
            $0.pongDeadline = .seconds(sockets.pongSeconds)
            $0.writeStall = .seconds(sockets.stallSeconds)
            $0.sockets = sockets.places
            $0.handshakeRate = Double(sockets.handshakesPerSecond)
            $0.failureRate = Double(sockets.failuresPerSecond)
            $0.failureBurst = 5 * sockets.failuresPerSecond
        }
    }
}
