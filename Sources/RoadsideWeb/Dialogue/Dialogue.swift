public import BSON
public import Realtime
public import Roadside

/// One socket of a dialect: which rows of its owner's inbox it hears, which positions, and what becomes of what its client
/// says. The dialect brings the words, ``Dialogues`` the rest.
///
/// Frames reach the client in this order: those of ``opened``, then rows one after the other, each with all of its frames.
/// Answers and positions come between them.
public struct Dialogue: Sendable {
    /// Where rows begin.
    public enum Replay: Sendable, Hashable {
        /// With what nobody has confirmed on this route; pongs confirm what was sent.
        case unconfirmed(InboxRoute)
        /// With what happens from now on, and nothing is confirmed: for a socket about one job, whose first frame says
        /// where that stands.
        case live
    }

    /// Positions of the live jobs of its owner.
    public struct Positions: Sendable {
        /// Only those of this job; nil: of all.
        public var job: ObjectID?
        /// Only those of this provider; nil: of whoever holds the job.
        public var provider: ObjectID?
        let renderer: PositionRenderer

        /// - Parameter name: names the words: what is rendered under one name is shared by all sockets.
        public init(
            _ name: String, of job: ObjectID? = nil, by provider: ObjectID? = nil,
            render: @escaping @Sendable (LivePosition) -> EncodedFrame
        ) {
            self.job = job
            self.provider = provider
            renderer = PositionRenderer(name: name, render: render)
        }
    }

    /// Something that is looked at again and again while the socket is open.
    public struct Look: Sendable {
        public var interval: Duration
        /// What it brings; empty when there is nothing new.
        public var frames: @Sendable () async throws(RoadsideError) -> [EncodedFrame]

        public init(
            every interval: Duration, _ frames: @escaping @Sendable () async throws(RoadsideError) -> [EncodedFrame]
        ) {
            self.interval = interval
            self.frames = frames
        }
    }

    /// Whose socket it is.
    public var caller: Caller
    public var routes: Set<InboxRoute>
    public var replay: Replay
    /// The first frames. What is read here is not older than the rows that follow. What it throws ends the socket, unless
    /// the database does not answer: then it is asked again.
    public var opened: (@Sendable () async throws(RoadsideError) -> [EncodedFrame])?
    /// The frames of a row; it may read. A row that has none any more, because its job cannot be found, is passed over.
    public var row: @Sendable (InboxRow) async throws(RoadsideError) -> [EncodedFrame]
    /// What the client says, a JSON object, one after the other; what it gives back goes to this socket. Without it, what
    /// the client says is ignored.
    public var received: (@Sendable (JSON) async throws(RoadsideError) -> [EncodedFrame])?
    public var positions: Positions?
    public var look: Look?
    /// An error in the words of the dialect.
    public var refused: @Sendable (RoadsideError) -> EncodedFrame
    /// How often the server says `{"type":"ping"}` (contracts K12); nil: never.
    public var applicationPing: Duration?
    /// The last words before the server closes.
    public var farewell: EncodedFrame?

    /// - Parameter refused: an error in the words of the dialect.
    public init(
        caller: Caller, routes: Set<InboxRoute> = [], replay: Replay = .live,
        refused: @escaping @Sendable (RoadsideError) -> EncodedFrame
    ) {
        self.caller = caller
        self.routes = routes
        self.replay = replay
        self.refused = refused
        row = { _ in [] }
    }
}

extension EncodedFrame {
    /// A text message of JSON.
    public init(_ json: JSON) { self.init(text: json.bytes()) }
}
