import Synchronization

/// The places for sockets of one server.
final class SocketCount: Sendable {
    private let limit: Int
    private let taken = Atomic(0)

    init(limit: Int) {
        self.limit = limit
    }

    /// False when all places are taken; a place taken must be given back once.
    func take() -> Bool {
        let (_, now) = taken.add(1, ordering: .relaxed)
        if now <= limit { return true }
        giveBack()
        return false
    }

    func giveBack() {
        taken.subtract(1, ordering: .relaxed)
    }
}
