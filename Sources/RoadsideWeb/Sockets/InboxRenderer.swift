public import Realtime
public import Roadside
import Synchronization

/// How a dialect puts an inbox row on a wire.
public struct InboxRenderer: Sendable {
    /// Names the dialect and the route: rows rendered under one name are shared by all its sockets.
    public let name: String
    /// The frames of a row; empty for what the route has no words for.
    public let render: @Sendable (InboxRow) -> [EncodedFrame]
    /// The last words before the server closes; `nil` when the dialect has none.
    public let farewell: EncodedFrame?

    public init(
        name: String, farewell: EncodedFrame? = nil, render: @escaping @Sendable (InboxRow) -> [EncodedFrame]
    ) {
        self.name = name
        self.farewell = farewell
        self.render = render
    }
}

/// The frames of one row, by renderer.
final class RenderedFrames: Sendable {
    private let all = Mutex<[String: [EncodedFrame]]>([:])

    func frames(for name: String, _ render: () -> [EncodedFrame]) -> [EncodedFrame] {
        all.withLock { frames in
            if let known = frames[name] { return known }
            let fresh = render()
            frames[name] = fresh
            return fresh
        }
    }
}
