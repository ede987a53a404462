import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An OSRM server that knows the roads of Kenya and refuses what the real one refuses: an option it does not know, places
/// off its map (such as those with latitude first), more of them than its table holds, an index of no place.
final class FakeOSRM: Sendable {
    struct Answer: Sendable {
        var status = HTTPResponseStatus.ok
        var body: String
        var location: String?
    }

    private let channel: any Channel
    private let recorder = Recorder()
    var address: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }
    /// What it was asked, in order.
    var questions: [String] { recorder.questions.withLock { $0 } }

    /// - Parameter answer: nil never answers.
    init(answer: @escaping @Sendable (String) -> Answer? = FakeOSRM.table) async throws {
        let recorder = recorder
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(recorder: recorder, answer: answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    func stop() async throws { try await channel.close() }

    /// The service `table`: a second for every thousandth of a degree, and no road to what lies north of the third degree.
    static func table(_ uri: String) -> Answer? {
        let parts = uri.split(separator: "?", maxSplits: 1)
        let path = parts[0].split(separator: "/")
        guard path.count == 4, path[0] == "table" else { return refuse("InvalidService") }
        guard path[1] == "v1" else { return refuse("InvalidVersion") }
        let places = path[3].split(separator: ";").map { $0.split(separator: ",").compactMap { Double($0) } }
        guard places.count >= 2, places.allSatisfy({ $0.count == 2 }) else { return refuse("InvalidQuery") }
        guard places.count <= 100 else { return refuse("TooBig") }
        guard places.allSatisfy({ (33...42).contains($0[0]) && (-5...6).contains($0[1]) }) else {
            return refuse("NoSegment")
        }
        var (sources, destinations) = ([Int](), [Int]())
        for option in parts.dropFirst().first?.split(separator: "&") ?? [] {
            let pair = option.split(separator: "=")
            guard pair.count == 2 else { return refuse("InvalidOptions") }
            let indices = pair[1].split(separator: ";").compactMap { Int($0) }.filter(places.indices.contains)
            switch pair[0] {
            case "sources": sources = indices
            case "destinations": destinations = indices
            case "annotations" where pair[1] == "duration": break
            default: return refuse("InvalidOptions")
            }
            let isIndices = pair[0] != "annotations"
            if isIndices, indices.count != pair[1].split(separator: ";").count { return refuse("InvalidOptions") }
        }
        guard !sources.isEmpty, destinations.count == 1 else { return refuse("InvalidQuery") }
        let end = places[destinations[0]]
        let rows = sources.map { index -> String in
            let start = places[index]
            if start[1] > 3 { return "[null]" }
            return "[\(((abs(start[0] - end[0]) + abs(start[1] - end[1])) * 1000 * 10).rounded() / 10)]"
        }
        return Answer(body: #"{"code":"Ok","durations":[\#(rows.joined(separator: ","))]}"#)
    }

    static func refuse(_ code: String) -> Answer {
        Answer(status: .badRequest, body: #"{"code":"\#(code)","message":"Refused."}"#)
    }
}

/// What a fake was asked.
private final class Recorder: Sendable {
    let questions = Mutex<[String]>([])
}

private final class Handler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let recorder: Recorder
    private let answer: @Sendable (String) -> FakeOSRM.Answer?

    init(recorder: Recorder, answer: @escaping @Sendable (String) -> FakeOSRM.Answer?) {
        self.recorder = recorder
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let head) = unwrapInboundIn(data) else { return }
        recorder.questions.withLock { $0.append(head.uri) }
        let answer = head.method == .GET ? answer(head.uri) : FakeOSRM.refuse("InvalidService")
        guard let answer else { return }
        let body = context.channel.allocator.buffer(string: answer.body)
        var headers: HTTPHeaders = ["content-type": "application/json", "content-length": "\(body.readableBytes)"]
        if let location = answer.location { headers.add(name: "location", value: location) }
        let version = HTTPVersion.http1_1
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: version, status: answer.status, headers: headers))),
            promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
