public import BSON
public import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Google, as far as a server of ours sees it: keys at an address, and people who bring tokens signed with them.
public final class FakeGoogle: Sendable {
    /// The only client that is ours.
    public static let client = "fixoncall.apps.example.com"
    /// False where there is no OpenSSL to make keys with.
    public static let isAvailable = FileManager.default.isExecutableFile(atPath: RSAKey.openssl)

    /// What stands at its address.
    public struct Publication: Sendable {
        public var keys: [RSAKey]
        public var headers: [(String, String)] = [("cache-control", "public, max-age=3600, must-revalidate")]
        public var status = 200
    }

    public let key: RSAKey
    private let channel: any Channel
    private let shelf: Shelf

    public var keysAddress: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)/certs" }
    /// How often it was asked for its keys.
    public var visits: Int { shelf.state.withLock { $0.visits } }

    public init() async throws {
        key = try RSAKey("key-1")
        let shelf = Shelf(Publication(keys: [key]))
        self.shelf = shelf
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(shelf))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    /// Changes what stands there from now on.
    public func publish(_ change: (inout Publication) -> Void) {
        shelf.state.withLock { change(&$0.publication) }
    }

    public func stop() async throws { try await channel.close() }

    /// The claims of somebody whose address Google has proved, good for an hour.
    public static func claims(_ subject: String, _ email: String, at now: Date = Date()) -> JSON {
        let seconds = Int64(now.timeIntervalSince1970)
        return [
            "iss": "https://accounts.google.com", "aud": .string(client), "azp": .string(client),
            "sub": .string(subject), "email": .string(email), "email_verified": true, "name": "Wanjiku Kamau",
            "iat": .int(seconds), "exp": .int(seconds + 3600),
        ]
    }

    /// A token with these claims.
    ///
    /// - Parameters:
    ///   - header: in the place of the usual one.
    ///   - key: whose signature it bears; its own, when absent.
    public func token(_ claims: JSON, header: JSON? = nil, signedBy key: RSAKey? = nil) throws -> String {
        let key = key ?? self.key
        let header = header ?? ["alg": "RS256", "kid": .string(key.id), "typ": "JWT"]
        let text = "\(RSAKey.base64URL(header.bytes())).\(RSAKey.base64URL(claims.bytes()))"
        return "\(text).\(RSAKey.base64URL(try key.sign(text)))"
    }
}

private final class Shelf: Sendable {
    let state: Mutex<(publication: FakeGoogle.Publication, visits: Int)>

    init(_ publication: FakeGoogle.Publication) { state = Mutex((publication, 0)) }
}

private final class Handler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let shelf: Shelf

    init(_ shelf: Shelf) { self.shelf = shelf }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .end = unwrapInboundIn(data) else { return }
        let publication = shelf.state.withLock { state in
            state.visits += 1
            return state.publication
        }
        let keys: JSON = ["keys": .array(publication.keys.map(\.json))]
        let body = context.channel.allocator.buffer(string: keys.text)
        var headers = HTTPHeaders(publication.headers)
        headers.add(name: "content-length", value: "\(body.readableBytes)")
        let head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: publication.status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
