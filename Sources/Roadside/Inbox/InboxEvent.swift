public import BSON

/// What the doorbell says to those who listen.
public enum InboxEvent: Sendable {
    /// Rows just committed by this process, in the order of their recipients and seqs, codes included.
    case rows([InboxRow])
    /// A row was committed by some process: who stands below `seq` reads on from his cursor. One of this process
    /// (`isOwn`) is rung by whoever has committed it, perhaps a moment later than this.
    case written(recipient: ObjectID, seq: Int64, kind: InboxKind?, isOwn: Bool)
    /// The bell was out of order for a while: everybody reads on from his cursor.
    case resync
}
