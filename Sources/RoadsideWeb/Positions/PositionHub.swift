import BSON
public import NIOCore
import Realtime
public import Roadside

/// A live position on its way to the sockets of those who watch, rendered once per dialect however many there are.
public final class PositionDelivery: Sendable {
    public let position: LivePosition
    private let rendered = RenderedFrames()

    init(_ position: LivePosition) { self.position = position }

    /// The position's frame in a dialect, from the first rendering of whichever socket came first.
    ///
    /// - Parameter isExpected: false leaves out when he is expected.
    func frame(in renderer: PositionRenderer, isExpected: Bool) -> EncodedFrame {
        rendered.frames(for: isExpected ? renderer.name : renderer.name + " there") {
            [renderer.render(isExpected ? position : position.withoutArrival)]
        }[0]
    }
}

/// How a dialect puts a live position on a wire.
struct PositionRenderer: Sendable {
    /// Names the dialect: positions rendered under one name are shared by all its sockets.
    let name: String
    let render: @Sendable (LivePosition) -> EncodedFrame
}

/// Brings live positions to the sockets of this process.
///
/// The topic is the job, which a socket joins by what its owner's own inbox or a query with his name says, never by what
/// a client sends; staff have a topic with all of them.
public final class PositionHub: Sendable {
    enum News: Sendable {
        case moved(PositionDelivery)
        case over(ObjectID)
    }

    let live: LivePositions
    private let hub: Hub<News>
    private static let all = "all"

    /// - Parameter group: the loops that may carry sockets.
    public init(group: any EventLoopGroup, live: LivePositions) {
        let hub = Hub<News>(group: group)
        self.hub = hub
        self.live = live
        live.listen { event in
            switch event {
            case .moved(let position):
                let news = News.moved(PositionDelivery(position))
                hub.publish([(news, Self.topic(position.jobID)), (news, Self.all)])
            case .over(let job):
                hub.publish(.over(job), to: Self.all)
            }
        }
    }

    /// How many connections watch, or have watched.
    public var count: Int { hub.count }

    /// Joins the topic of a job, or that of all jobs.
    ///
    /// - Parameter job: nil for all.
    func subscribe(_ connection: SocketConnection, to job: ObjectID?, receive: @escaping (News) -> Void) {
        hub.subscribe(connection, to: [job.map(Self.topic) ?? Self.all], receive: receive)
    }

    func unsubscribe(_ connection: SocketConnection, from job: ObjectID) {
        hub.unsubscribe(connection, from: [Self.topic(job)])
    }

    private static func topic(_ job: ObjectID) -> String { job.hex }
}
