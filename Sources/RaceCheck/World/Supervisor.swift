import Proving
import Synchronization

/// Counts finished jobs, for everybody who waits for progress.
final class Progress: Sendable {
    private let finished = Atomic(0)

    var count: Int { finished.load(ordering: .relaxed) }

    func finishOne() { finished.add(1, ordering: .relaxed) }
}

/// Kills servers as planned and starts each again on its port, as an operator's supervisor does.
struct Supervisor: Sendable {
    let servers: [KillableServer]
    let kills: [RacePlan.Kill]
    let progress: Progress
    let recorder: Recorder

    /// Until the plan is done; what is left of it when the task is cancelled is skipped.
    ///
    /// - Returns: how many servers were killed, and how many starts that took.
    func run() async -> (kills: Int, starts: Int) {
        var (killed, started) = (0, 0)
        for kill in kills {
            while progress.count < kill.after, !Task.isCancelled {
                started += await reviveTheDead()
                try? await Task.sleep(for: .milliseconds(10))
            }
            guard !Task.isCancelled else { break }
            let victims = kill.server == 2 ? servers : [servers[kill.server]]
            for victim in victims { victim.kill() }
            killed += 1
            try? await Task.sleep(for: .milliseconds(kill.pause))
            for victim in victims { started += await revive(victim) }
        }
        while !Task.isCancelled {
            started += await reviveTheDead()
            try? await Task.sleep(for: .milliseconds(50))
        }
        return (killed, started)
    }

    private func reviveTheDead() async -> Int {
        var started = 0
        for server in servers where server.hasDied {
            recorder.addDeath("the server on port \(server.port) ended by itself")
            started += await revive(server)
        }
        return started
    }

    private func revive(_ server: KillableServer) async -> Int {
        for attempt in 1...3 {
            // Not cancelled with the lanes: a server that is being started is needed for the end.
            let start = await Task { try await server.start() }.result
            if case .success = start { return attempt }
            recorder.addDeath("the server on port \(server.port) did not start: \(start)")
        }
        return 3
    }
}
