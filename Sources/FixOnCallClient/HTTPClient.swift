public import BSON
public import NIOCore
import NIOHTTP1
import NIOPosix

/// An HTTP/1.1 client that keeps one connection alive, uses it for one request at a time, and makes a new one when
/// the server has closed it. Requests are never repeated on their own.
public final class HTTPClient: Sendable {
    public let host: String
    public let port: Int
    private let loop: any EventLoop
    private let connection: NIOLoopBoundBox<HTTPConnection>

    /// A client on an event loop of `group`. It connects with the first request.
    public init(host: String, port: Int, group: any EventLoopGroup) {
        self.host = host
        self.port = port
        loop = group.next()
        connection = .makeBoxSendingValue(HTTPConnection(host: host, port: port, loop: loop), eventLoop: loop)
    }

    /// A client on the event loops of the process.
    public convenience init(host: String, port: Int) {
        self.init(host: host, port: port, group: MultiThreadedEventLoopGroup.singleton)
    }

    deinit {
        loop.execute { [connection] in connection.value.close() }
    }

    /// Sends a request and waits for the whole answer, whatever its status.
    ///
    /// `Host`, `Content-Length` and, for JSON, `Content-Type` are added unless `headers` has them.
    ///
    /// - Parameters:
    ///   - path: the path with its query, already percent-encoded.
    ///   - json: the body; it wins over `body`.
    ///   - timeout: for the answer, the wait behind earlier requests of this client included.
    /// - Throws: ``ClientError``.
    public func request(
        _ method: String, _ path: String, headers: [(String, String)] = [], json: JSON? = nil, body: [UInt8]? = nil,
        timeout: Duration = .seconds(60)
    ) async throws -> HTTPAnswer {
        var fields = HTTPHeaders(headers)
        func add(_ name: String, _ value: String) {
            if !fields.contains(name: name) { fields.add(name: name, value: value) }
        }
        let content = json?.bytes() ?? body
        add("Host", "\(host):\(port)")
        if json != nil { add("Content-Type", "application/json") }
        if !fields.contains(name: "Transfer-Encoding"), content != nil || ["POST", "PUT", "PATCH"].contains(method) {
            add("Content-Length", "\(content?.count ?? 0)")
        }
        let exchange = HTTPConnection.Exchange(
            head: HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: method), uri: path, headers: fields),
            body: content ?? [], answer: loop.makePromise(of: HTTPAnswer.self))
        loop.execute { [connection] in connection.value.submit(exchange, timeout: timeout) }
        return try await exchange.answer.futureResult.get()
    }

    /// Closes the connection; a request still under way fails.
    public func close() async throws {
        try await loop.submit { [connection] in connection.value.close() }.get()
    }
}

/// The usual methods, with an optional bearer token.
extension HTTPClient {
    public func get(_ path: String, token: String? = nil, headers: [(String, String)] = []) async throws -> HTTPAnswer {
        try await request("GET", path, headers: headers + Self.authorization(token))
    }

    public func post(
        _ path: String, _ json: JSON? = nil, token: String? = nil, headers: [(String, String)] = []
    ) async throws -> HTTPAnswer {
        try await request("POST", path, headers: headers + Self.authorization(token), json: json)
    }

    public func put(
        _ path: String, _ json: JSON? = nil, token: String? = nil, headers: [(String, String)] = []
    ) async throws -> HTTPAnswer {
        try await request("PUT", path, headers: headers + Self.authorization(token), json: json)
    }

    public func patch(
        _ path: String, _ json: JSON? = nil, token: String? = nil, headers: [(String, String)] = []
    ) async throws -> HTTPAnswer {
        try await request("PATCH", path, headers: headers + Self.authorization(token), json: json)
    }

    public func delete(
        _ path: String, _ json: JSON? = nil, token: String? = nil, headers: [(String, String)] = []
    ) async throws -> HTTPAnswer {
        try await request("DELETE", path, headers: headers + Self.authorization(token), json: json)
    }

    private static func authorization(_ token: String?) -> [(String, String)] {
        token.map { [("Authorization", "Bearer \($0)")] } ?? []
    }
}
