public import BSON
public import Roadside

/// What a dialect says on resumable sockets.
public struct ResumableWords: Sendable {
    /// Everything a client needs who has lost his place, as REST would show it to him now.
    public var snapshot: @Sendable (Caller) async throws(RoadsideError) -> JSON
    /// What a client may send, by kind.
    public var commands: [String: SocketCommand.Handler]

    let renderer: InboxRenderer
    let positions: PositionRenderer

    /// - Parameters:
    ///   - name: names the dialect: rows rendered under one name are shared by all its sockets.
    ///   - view: a row as an envelope, `{"s","k","t","d"}` (realtime.md §3.3).
    ///   - position: a live position as an envelope without `s`: only the newest counts.
    public init(
        _ name: String, view: @escaping @Sendable (InboxRow) -> JSON,
        position: @escaping @Sendable (LivePosition) -> JSON,
        snapshot: @escaping @Sendable (Caller) async throws(RoadsideError) -> JSON,
        commands: [String: SocketCommand.Handler] = [:]
    ) {
        self.snapshot = snapshot
        self.commands = commands
        renderer = InboxRenderer(name: name) { [ResumableFrames.frame(view($0))] }
        positions = PositionRenderer(name: name) { ResumableFrames.frame(position($0)) }
    }
}

/// Something a client sends: `{"op":"send","id":"c-17","k":"chat","d":{…}}`.
public struct SocketCommand: Sendable {
    /// Carries a command out.
    ///
    /// - Returns: the seq of the row that came of it in the sender's own inbox, if one did.
    /// - Throws: `RoadsideError`, whose code the client is told.
    public typealias Handler = @Sendable (SocketCommand, Caller) async throws(RoadsideError) -> Int64?

    /// The client's own name for it: the answer carries it, and the same one again is the same command.
    public var id: String
    public var kind: String
    /// An object.
    public var data: JSON
}
