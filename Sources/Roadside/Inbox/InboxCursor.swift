/// Where a listener without a socket stands in an inbox. He keeps a place, not a queue.
public struct InboxCursor: Sendable, Hashable {
    /// The newest seq looked at.
    public internal(set) var seq: Int64
    /// Whether the last look was cut short, so that the next one need not wait for a bell.
    public internal(set) var mayHaveMore = false
    /// Whether the backlog is still being read: what nobody has confirmed, and nothing else.
    var isReplaying: Bool
}
