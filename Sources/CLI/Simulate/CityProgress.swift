import Foundation
import Simulation
import Synchronization

/// Says now and then how far a simulated city is: on one line of a terminal, as lines anywhere else.
final class CityProgress: Sendable {
    private struct State {
        var saidAt: ContinuousClock.Instant?
        var stage = ""
        var isDrawn = false
    }

    private let isTerminal = isatty(STDOUT_FILENO) == 1
    private let state = Mutex(State())

    func show(_ progress: CitySimulation.Progress) {
        let (stage, text) = Self.words(progress)
        state.withLock { state in
            let pause: Duration = isTerminal ? .milliseconds(200) : .seconds(10)
            // The first word of a stage at once, the others now and then.
            if state.stage == stage, let saidAt = state.saidAt, saidAt.duration(to: .now) < pause { return }
            state.stage = stage
            state.saidAt = .now
            if isTerminal {
                FileHandle.standardOutput.write(Data("\r\u{1B}[K\(text)".utf8))
                state.isDrawn = true
            } else {
                Terminal.say(text)
            }
        }
    }

    /// Takes the line away.
    func end() {
        state.withLock { state in
            if state.isDrawn { FileHandle.standardOutput.write(Data("\r\u{1B}[K".utf8)) }
            state.isDrawn = false
        }
    }

    private static func words(_ progress: CitySimulation.Progress) -> (stage: String, text: String) {
        switch progress {
        case .signingIn(let done, let total): ("signing in", "signing in: \(done) of \(total)")
        case .opening(let done, let total): ("opening", "opening sockets: \(done) of \(total) providers")
        case .living(let minutes, let over, let total):
            ("living", "minute \(Int(minutes)) of the city: \(over) of \(total) calls are over")
        }
    }
}
