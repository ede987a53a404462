import BSON
import Foundation
import Synchronization

/// Gathers the history while the run goes on; safe to use from any task.
final class Recorder: Sendable {
    private struct Gathered {
        var commands: [CommandRecord] = []
        var sockets: [SocketRecord] = []
        var snapshots: [Snapshot] = []
        var deaths: [String] = []
    }

    private let gathered = Mutex(Gathered())

    func add(_ command: CommandRecord) { gathered.withLock { $0.commands.append(command) } }
    func add(_ socket: SocketRecord) { gathered.withLock { $0.sockets.append(socket) } }
    func add(_ snapshot: Snapshot) { gathered.withLock { $0.snapshots.append(snapshot) } }
    func addDeath(_ sentence: String) { gathered.withLock { $0.deaths.append(sentence) } }

    func history(final: FinalState, honoursKeys: Bool) -> History {
        gathered.withLock { gathered in
            var history = History(final: final)
            history.commands = gathered.commands.sorted { ($0.began, $0.ended) < ($1.began, $1.ended) }
            history.sockets = gathered.sockets
            history.snapshots = gathered.snapshots
            history.deaths = gathered.deaths
            history.honoursKeys = honoursKeys
            return history
        }
    }

    /// The machine's clock in the unit of the history.
    static var now: Int64 { Date().millisecondsSince1970 }
}
