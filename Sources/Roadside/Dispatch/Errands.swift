import DequeModule
import Synchronization

/// What this process has to do at once. Kept in memory only: whatever is lost with the process is due again by a timer in the
/// database.
///
/// First those whom somebody stranded waits for, then the rest, each in order. The rest never keeps everybody busy, so that
/// an alert does not wait for withdrawals and traces however many there are.
final class Errands: Sendable {
    enum Errand: Sendable {
        case firstTurn(JobRecord, CandidateSearch.Known?)
        case due(JobRecord)
        case welcome(ProviderProfile)
        case trace(@Sendable () async -> Void)

        var isUrgent: Bool {
            if case .firstTurn = self { true } else { false }
        }
    }

    /// Errands run at the same time; each waits for the database most of the time.
    static let runners = 6
    /// Of them, those that are not urgent.
    private static let patientRunners = 3

    private struct State {
        var urgent = Deque<Errand>()
        var patient = Deque<Errand>()
        var patientUnderWay = 0
    }

    let bell = WorkBell()
    private let state = Mutex(State())

    func add(_ errand: Errand) {
        state.withLock { state in
            if errand.isUrgent { state.urgent.append(errand) } else { state.patient.append(errand) }
        }
        bell.ring()
    }

    /// nil when there is nothing to do that may be begun now; whoever is under way looks again when he is done.
    func next() -> Errand? {
        state.withLock { state in
            if let errand = state.urgent.popFirst() { return errand }
            guard state.patientUnderWay < Self.patientRunners, let errand = state.patient.popFirst() else { return nil }
            state.patientUnderWay += 1
            return errand
        }
    }

    func done(_ errand: Errand) {
        guard !errand.isUrgent else { return }
        state.withLock { $0.patientUnderWay -= 1 }
    }
}
