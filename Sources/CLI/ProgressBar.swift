import Foundation
import Roadside
import Synchronization

/// Shows how far a long run has come: a bar that moves on a terminal, now and then a plain line anywhere else.
final class ProgressBar: Sendable {
    private struct State {
        var what = ""
        var start = ContinuousClock.now
        var doneBefore = 0
        var lastLine = ContinuousClock.now
        var isDrawn = false
    }

    private let isTerminal = isatty(STDOUT_FILENO) == 1
    private let state = Mutex(State())

    func show(_ progress: SeedProgress) {
        state.withLock { state in
            let now = ContinuousClock.now
            if state.what != progress.what {
                state = State(
                    what: progress.what, start: now, doneBefore: progress.done, lastLine: now, isDrawn: state.isDrawn)
            }
            let text = progress.text(after: state.start.duration(to: now), from: state.doneBefore)
            if isTerminal {
                Self.write("\r\u{1B}[K\(Self.bar(progress)) \(text)")
                state.isDrawn = true
            } else if state.lastLine.duration(to: now) > Self.pause {
                Terminal.say(text)
                state.lastLine = now
            }
        }
    }

    /// Takes the bar away.
    func end() {
        state.withLock { state in
            if state.isDrawn { Self.write("\r\u{1B}[K") }
            state.isDrawn = false
        }
    }

    private static func bar(_ progress: SeedProgress) -> String {
        let filled = progress.percent * width / 100
        return "[\(String(repeating: "#", count: filled))\(String(repeating: ".", count: width - filled))]"
    }

    private static func write(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }

    private static let width = 30
    private static let pause: Duration = .seconds(5)
}
