import Synchronization

/// Lets the sockets of a server that stops go a batch at a time, so that their clients do not all come back to the next
/// server in the same moment (realtime.md §3.11).
final class SocketDrain: Sendable {
    private let batch: Int
    private let pause: Duration
    private let gone = Atomic<Int>(0)

    init(_ limits: SocketLimits) {
        (batch, pause) = (max(limits.drainBatch, 1), limits.drainPause)
    }

    /// How long the next socket may stay.
    func delay() -> Duration {
        pause * (gone.add(1, ordering: .relaxed).oldValue / batch)
    }
}
