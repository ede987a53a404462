/// Where an inbox ends, and in which of its lives.
public struct InboxHead: Sendable, Hashable {
    /// The seq of the newest row; 0 before the first.
    public var seq: Int64
    /// Stays as it is for as long as seqs mean what they meant. Another one says that the inbox was restored or begun anew,
    /// and that a cursor of before points to nothing.
    public var epoch: String

    public init(seq: Int64, epoch: String) {
        self.seq = seq
        self.epoch = epoch
    }
}

/// Whether a client can go on from where he says he is.
public enum InboxResumption: Sendable, Hashable {
    /// Everything above the place is kept.
    case kept
    /// Another epoch, a place above the head, or rows above it that are no longer kept. What was missed up to the head
    /// cannot be told any more.
    case lost(head: Int64)
}
