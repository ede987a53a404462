import Synchronization

/// The change streams of a client and their threads, so that a shutdown can end and await them.
final class Watchers: Sendable {
    private struct State {
        var running: [ObjectIdentifier: (watcher: Watcher, thread: OwnThread)] = [:]
        var isStopping = false
    }

    private let state = Mutex(State())

    /// Starts the thread of a watcher, unless the client has been shut down: then its stream has ended.
    func start(_ watcher: Watcher) {
        let hasStarted = state.withLock { state in
            guard !state.isStopping else { return false }
            // Its last step needs this lock too, so however short its life, it finds its entry.
            let thread = OwnThread(name: "mongo-watch") { [weak self] in
                watcher.run()
                self?.forget(watcher)
            }
            state.running[ObjectIdentifier(watcher)] = (watcher, thread)
            return true
        }
        if !hasStarted { watcher.stop() }
    }

    func stop() {
        let watchers = state.withLock { state in
            state.isStopping = true
            return state.running.values.map(\.watcher)
        }
        for watcher in watchers { watcher.stop() }
    }

    /// Waits for the threads; call ``stop()`` first.
    func join() {
        let threads = state.withLock { $0.running.values.map(\.thread) }
        for thread in threads { thread.join() }
    }

    private func forget(_ watcher: Watcher) {
        let entry = state.withLock { $0.running.removeValue(forKey: ObjectIdentifier(watcher)) }
        withExtendedLifetime(entry) {}
    }
}
