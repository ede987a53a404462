import Blueprint
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import Synchronization

/// The smallest context that blueprints accept, with room for a hook to leave something.
struct TestContext: BlueprintContext {
    var coreContext: CoreRequestContextStorage
    var routing = Routing()
    var seen: [String] = []

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
    }
}

typealias TestBlueprint = Blueprint<TestContext>

/// What happened, in order, across hooks that share nothing else.
final class Trail: Sendable {
    private let events = Mutex<[String]>([])

    func add(_ event: String) {
        events.withLock { $0.append(event) }
    }

    var all: [String] { events.withLock { $0 } }
}

/// A response with its body read.
struct Answer {
    let status: Int
    let headers: HTTPFields
    let text: String
}

/// Calls a router as the server would, without a server.
struct TestClient {
    let router: BlueprintRouter<TestContext>

    init(app: TestBlueprint) throws {
        router = try BlueprintRouter(app: app)
    }

    init(_ blueprint: TestBlueprint) throws {
        router = try BlueprintRouter(blueprint)
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = [:], slot: SocketSlot? = nil
    ) async throws -> Answer {
        let source = ApplicationRequestContextSource(
            channel: NIOAsyncTestingChannel(), logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        var context = TestContext(source: source)
        context.routing.socketSlot = slot
        let head = HTTPRequest(method: method, scheme: "http", authority: "test", path: path, headerFields: headers)
        let response = try await router.respond(
            to: Request(head: head, body: RequestBody(buffer: ByteBuffer())), context: context)
        let body = CollectedBody()
        try await response.body.write(BodyCollector(body: body))
        return Answer(status: response.status.code, headers: response.headers, text: body.text)
    }

    func get(_ path: String, headers: HTTPFields = [:], slot: SocketSlot? = nil) async throws -> Answer {
        try await send(.get, path, headers: headers, slot: slot)
    }
}

private final class CollectedBody: Sendable {
    private let bytes = Mutex(ByteBuffer())

    func append(_ buffer: ByteBuffer) {
        bytes.withLock { _ = $0.writeImmutableBuffer(buffer) }
    }

    var text: String { bytes.withLock { String(buffer: $0) } }
}

private struct BodyCollector: ResponseBodyWriter {
    let body: CollectedBody

    mutating func write(_ buffer: ByteBuffer) async throws {
        body.append(buffer)
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

/// A handler that answers a fixed text.
func answer(_ text: String, _ status: HTTPResponse.Status = .ok) -> TestBlueprint.Handler {
    { _, _ in Response(text, status) }
}

/// A handler that throws an error of that status.
func refuse(_ status: HTTPResponse.Status) -> TestBlueprint.Handler {
    { _, _ in throw HTTPError(status) }
}

/// A handler that answers the name of its own route.
let answerEndpoint: TestBlueprint.Handler = { _, context in Response(context.routing.endpoint) }

/// An error handler that answers a fixed text.
func say(_ text: String, _ status: HTTPResponse.Status) -> TestBlueprint.ErrorHandler {
    { _, _, _ in Response(text, status) }
}

extension Response {
    init(_ text: String, _ status: HTTPResponse.Status = .ok) {
        self.init(status: status, body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
