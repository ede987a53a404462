import FoundationEssentials
import RoadsideRules
import Synchronization

/// What this process knows about travel times.
final class TravelShelf: Sendable {
    private let table = Mutex(PaceTable())
    private let complainedAt = Mutex(Date.distantPast)

    var paces: PaceTable { table.withLock { $0 } }

    func put(_ paces: PaceTable) { table.withLock { $0 = paces } }

    /// Whether it is time to complain about the routing engine again: once a minute, or its silence would fill the log.
    func mayComplain(at now: Date) -> Bool {
        complainedAt.withLock { last in
            guard now.timeIntervalSince(last) >= 60 else { return false }
            last = now
            return true
        }
    }
}
