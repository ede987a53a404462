/// Everything that one run did, heard and left behind: all the checker may look at.
public struct History: Sendable {
    public var commands: [CommandRecord] = []
    public var sockets: [SocketRecord] = []
    public var snapshots: [Snapshot] = []
    public var final: FinalState
    /// Whether the servers honour `Idempotency-Key`; the run has asked them.
    public var honoursKeys = false
    /// Servers that ended although nobody killed them.
    public var deaths: [String] = []

    public init(final: FinalState) { self.final = final }
}
