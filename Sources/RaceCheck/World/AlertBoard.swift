import Synchronization

/// Which provider's socket has heard an alert of which job, for those who wait for it.
final class AlertBoard: Sendable {
    private struct Alert: Hashable {
        let person: String
        let number: Int64
    }

    private let heard = Mutex<Set<Alert>>([])

    func note(_ person: String, heard number: Int64) {
        heard.withLock { _ = $0.insert(Alert(person: person, number: number)) }
    }

    /// Waits for the alert, a second and a half at most.
    func wait(_ person: String, for number: Int64) async {
        let alert = Alert(person: person, number: number)
        for _ in 0..<150 {
            if heard.withLock({ $0.contains(alert) }) || Task.isCancelled { return }
            try? await Task.sleep(for: .milliseconds(10))
        }
    }
}
