import HTTPTypes
import Hummingbird
import Logging
import NIOHTTP1

/// One request on its way through hooks, handler and error handlers.
struct Exchange<Context: BlueprintContext> {
    private let request: Request
    private let hooks: Scope<Context>
    private let handlers: Scope<Context>
    private let action: RouteRecord<Context>.Action

    init(
        _ request: Request, hooks: Scope<Context>, handlers: Scope<Context>, _ action: RouteRecord<Context>.Action
    ) {
        self.request = request
        self.hooks = hooks
        self.handlers = handlers
        self.action = action
    }

    /// - Throws: What no handler may answer, see `belongsToServer`.
    func run(_ context: inout Context) async throws -> Response {
        var outcome = Outcome()
        do {
            try await answer(&context, &outcome)
        } catch {
            await tearDown(context, error)
            throw error
        }
        await tearDown(context, outcome.unhandled)
        return complete(outcome, context)
    }

    /// What has been decided so far.
    private struct Outcome {
        var response = Response(status: .internalServerError)
        var acceptance: (any Sendable)?
        /// Headers that the protocol demands, whatever an error handler made of the error.
        var demanded: HTTPFields = [:]
        var unhandled: (any Error)?
    }

    private func answer(_ context: inout Context, _ outcome: inout Outcome) async throws {
        do {
            try await perform(&context, &outcome)
        } catch {
            try await handle(error, context, &outcome)
        }
        for hook in hooks.after {
            do {
                try await hook(request, &outcome.response, context)
            } catch {
                try await handle(error, context, &outcome)
            }
        }
    }

    private func perform(_ context: inout Context, _ outcome: inout Outcome) async throws {
        for hook in hooks.before {
            if let response = try await hook(request, &context) {
                outcome.response = response
                return
            }
        }
        switch action {
        case .respond(let handler):
            outcome.response = try await handler(request, context)
        case .accept(let handler):
            guard context.routing.socketSlot != nil else {
                throw request.offersWebSocket ? SocketRouteError.lateUpgrade : .notAnUpgrade
            }
            outcome.acceptance = try await handler(request, context)
            outcome.response = Response(status: .switchingProtocols)
        }
    }

    /// Errors that are answers by nature (they have a status) are looked up by status, then by type; all others by
    /// type, then as a 500.
    private func handle(_ error: any Error, _ context: Context, _ outcome: inout Outcome) async throws {
        if Self.belongsToServer(error) { throw error }
        outcome.acceptance = nil
        note(error, &outcome)
        let handler: Blueprint<Context>.ErrorHandler?
        if let known = error as? any HTTPResponseError {
            handler = handlers.handler(forStatus: known.status.code) ?? handlers.handler(forTypeOf: error)
        } else {
            handler = handlers.handler(forTypeOf: error)
        }
        do {
            if let handler {
                outcome.response = try await handler(error, request, context)
            } else if let known = error as? any HTTPResponseError {
                outcome.response = try known.response(from: request, context: context)
            } else {
                try await fail(error, context, &outcome)
            }
        } catch let second {
            if Self.belongsToServer(second) { throw second }
            try await fail(second, context, &outcome)
        }
    }

    /// The end of the line: the 500 of the blueprint, or a bare one. The error's text goes to the log and nowhere else.
    private func fail(_ error: any Error, _ context: Context, _ outcome: inout Outcome) async throws {
        context.logger.error(
            "An error was handled by nobody",
            metadata: ["error": "\(error)", "endpoint": "\(context.routing.endpoint)"])
        outcome.unhandled = error
        outcome.response = Response(status: .internalServerError)
        guard let handler = handlers.handler(forStatus: 500) else { return }
        do {
            outcome.response = try await handler(error, request, context)
        } catch let second {
            if Self.belongsToServer(second) { throw second }
            context.logger.error("The handler of 500 failed", metadata: ["error": "\(second)"])
        }
    }

    /// A cancelled request has no client to answer; after bytes that are no HTTP the server itself answers 400 and
    /// closes.
    private static func belongsToServer(_ error: any Error) -> Bool {
        error is CancellationError || error is HTTPParserError
    }

    private func note(_ error: any Error, _ outcome: inout Outcome) {
        outcome.demanded = [:]
        if let refusal = error as? HTTPError, refusal.status == .methodNotAllowed {
            outcome.demanded[.allow] = refusal.headers[.allow]
        } else if error as? SocketRouteError == .lateUpgrade {
            outcome.demanded[.upgrade] = "websocket"
            outcome.demanded[.connection] = "close"
        }
    }

    private func tearDown(_ context: Context, _ error: (any Error)?) async {
        for hook in hooks.teardown {
            await hook(request, context, error)
        }
    }

    private func complete(_ outcome: Outcome, _ context: Context) -> Response {
        var response = outcome.response
        for field in outcome.demanded { response.headers[field.name] = field.value }
        if let acceptance = outcome.acceptance, response.status == .switchingProtocols,
            let slot = context.routing.socketSlot
        {
            slot.accept(acceptance)
            return response
        }
        // NIO stops parsing a connection at the first request that offers an upgrade; what follows on it would hang.
        if request.headers.contains(.upgrade) { response.headers[.connection] = "close" }
        // The length of a streamed body is unknown. It is sent as 0 then, because without a length the server would
        // frame this empty answer in chunks, and the client would read the last of them as the next answer.
        return request.method == .head ? response.createHeadResponse() : response
    }
}

extension Request {
    /// Whether the client asks for a WebSocket on this connection.
    fileprivate var offersWebSocket: Bool {
        headers[values: .upgrade].contains { value in
            value.split(separator: ",").contains { $0.lowercased().filter { $0 != " " && $0 != "\t" } == "websocket" }
        }
    }
}
