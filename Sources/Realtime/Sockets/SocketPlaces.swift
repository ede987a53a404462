import Synchronization

/// The places for sockets of one server.
public final class SocketPlaces: Sendable {
    private let limits: SocketLimits
    private let taken = Atomic(0)
    private let closed = Mutex<[UInt16: Int]>([:])

    /// As many as `limits` allow.
    public init(_ limits: SocketLimits) {
        self.limits = limits
    }

    /// How many are taken.
    public var count: Int { taken.load(ordering: .relaxed) }

    /// How many sockets this server has closed so far, by the code it gave; 0 stands for those that left by themselves.
    public var closes: [UInt16: Int] { closed.withLock { $0 } }

    /// False when all places are taken; a place taken must be given back once.
    func take() -> Bool {
        let (_, now) = taken.add(1, ordering: .relaxed)
        if now <= limits.sockets { return true }
        giveBack()
        return false
    }

    /// A socket has gone.
    ///
    /// - Parameter code: why this server wanted it; nil when it did not.
    func left(_ code: UInt16?) {
        closed.withLock { $0[code ?? 0, default: 0] += 1 }
        giveBack()
    }

    func giveBack() {
        taken.subtract(1, ordering: .relaxed)
    }

    /// Returns when nobody is there any more: a server that stops lets its sockets go a batch at a time, and a process that
    /// ended before the last of them would cut them without a word. Whoever has not gone when he should have is not waited
    /// for, and a cancelled task waits for nobody.
    public func emptied() async {
        let batches = count / max(limits.drainBatch, 1) + 1
        let end = ContinuousClock.now + limits.drainPause * batches + limits.closeDeadline + Self.slack
        while count > 0, ContinuousClock.now < end {
            do { try await Task.sleep(for: Self.look) } catch { return }
        }
    }

    /// Both ours: nothing is polled while a server runs.
    private static let look = Duration.milliseconds(20)
    private static let slack = Duration.seconds(1)
}
