public import BSON
public import Blueprint
public import HTTPTypes
public import Hummingbird
import NIOCore
public import Roadside

/// `Idempotency-Key` on every `POST` and `PATCH` of a dialect (domain §4.8.1): the first request under a key is carried
/// out, every other one is answered the same, with `Idempotent-Replayed: true`.
///
/// A key belongs to a caller, so public routes take none. That suits them: what they answer are tokens, which nobody
/// shall keep. A request without the header passes as if this layer did not exist, and so does a form with a file: it is
/// stored while it arrives, a second one is another file, and one that nobody uses is deleted.
///
/// What is kept: successes, conflicts of state (409), and whatever a command was answered after it had committed
/// something. Other refusals (a malformed or wrong body, a missing right, a stale `If-Match`, a rate limit) and failures
/// of the server are not: nothing has happened, and the same key serves the mended request.
public struct IdempotencyLayer: Sendable {
    public typealias Refuse = @Sendable (RoadsideError, Request, WebContext) -> Response
    /// Where the outcome of a command can be looked at, given the job it opened; nil when there is no such place.
    public typealias Locate = @Sendable (WebContext, ObjectID?) -> String?

    private let idempotency: Idempotency
    private let refuse: Refuse
    private let locate: Locate

    /// - Parameter refuse: answers an error as the dialect does, since refusals are kept, too.
    public init(_ idempotency: Idempotency, refuse: @escaping Refuse, locate: @escaping Locate) {
        self.idempotency = idempotency
        self.refuse = refuse
        self.locate = locate
    }

    /// - Parameter problem: the schema of refusals, for the documents.
    public func layer(problem: Schema) -> Layer<WebContext> {
        Layer(
            for: [.post, .patch], where: { $0.roles != nil && $0.body?.mediaType != UploadForm.mediaType },
            document: { Self.document(&$0, problem) }, around: answer)
    }

    @Sendable private func answer(
        _ request: Request, _ context: WebContext, next: Blueprint<WebContext>.Handler
    ) async throws -> Response {
        guard let text = request.headers[.idempotencyKey] else { return try await next(request, context) }
        let key = try IdempotencyKey(text)
        var request = request
        let body = try await RequestJSON.collect(request)
        // It can be read once, and the handler wants it as well.
        request.body = RequestBody(buffer: ByteBuffer(bytes: body))
        let command = KeyedCommand(key, route: "\(request.method.rawValue) \(request.uri.path)", body: body)
        switch try await idempotency.begin(command, by: context.requireCaller()) {
        case .replay(let answer): return Response(replaying: answer)
        case .answerLost(let job): return lost(request, context, job)
        case .carryOut(let claim): return try await carryOut(claim, request, context, next)
        }
    }

    private func carryOut(
        _ claim: IdempotencyClaim, _ request: Request, _ context: WebContext, _ next: Blueprint<WebContext>.Handler
    ) async throws -> Response {
        do {
            let response = try await IdempotencyClaim.$current.withValue(claim) { try await next(request, context) }
            return try await settled(response, claim)
        } catch let error as RoadsideError {
            let response = refuse(error, request, context)
            return try await settled(response, claim)
        } catch {
            // Refused by a reader of the web, or cancelled.
            await idempotency.giveUp(claim)
            throw error
        }
    }

    /// The response, once its key is kept or given up.
    private func settled(_ response: Response, _ claim: IdempotencyClaim) async throws -> Response {
        let isKept =
            switch response.status.kind {
            case .successful: true
            case .clientError: response.status == .conflict || claim.hasCommitted
            default: false
            }
        guard isKept else {
            await idempotency.giveUp(claim)
            return response
        }
        let body = try await response.body.collected()
        let headers = response.headers.map { KeptAnswer.Header(name: $0.name.rawName, value: $0.value) }
        await idempotency.keep(
            KeptAnswer(status: response.status.code, headers: headers, body: String(buffer: body)), of: claim)
        return Response(status: response.status, headers: response.headers, body: ResponseBody(byteBuffer: body))
    }

    private func lost(_ request: Request, _ context: WebContext, _ job: ObjectID?) -> Response {
        let error = RoadsideError(
            .idempotencyAnswerLost, "This command was carried out, but its answer was lost. Please look at the outcome."
        )
        var response = refuse(error, request, context)
        response.headers[.location] = locate(context, job)
        return response
    }
}

extension IdempotencyLayer {
    /// What the documents of every route with this layer say.
    private static func document(_ operation: inout Operation, _ problem: Schema) {
        operation.parameters.append(
            Operation.Parameter(
                HTTPField.Name.idempotencyKey.rawName, in: .header,
                Schema([
                    "type": "string", "minLength": .int(Int64(IdempotencyKey.lengths.lowerBound)),
                    "maxLength": .int(Int64(IdempotencyKey.lengths.upperBound)), "pattern": "^[!-~]+$",
                ]),
                """
                Carried out once: the same request under the same key is answered the same for 24 hours, with \
                `Idempotent-Replayed: true`.
                """))
        for (status, meaning) in refusals where operation.responses[status] == nil {
            operation.responses[status] = Operation.Reply(meaning, problem)
        }
    }

    private static let refusals = [
        400: "Malformed request", 409: "The state does not allow it", 422: "Fields are missing or wrong",
    ]
}

extension Response {
    fileprivate init(replaying answer: KeptAnswer) {
        var headers: HTTPFields = [.idempotentReplayed: "true"]
        for header in answer.headers {
            if let name = HTTPField.Name(header.name) { headers[name] = header.value }
        }
        self.init(
            status: HTTPResponse.Status(code: answer.status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: answer.body)))
    }
}

extension HTTPField.Name {
    public static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
    static let idempotentReplayed = HTTPField.Name("Idempotent-Replayed")!
}
