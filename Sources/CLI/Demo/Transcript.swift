/// The story as it unfolds: seconds since the start, who, what.
struct Transcript: Sendable {
    private let start = ContinuousClock.now

    /// A heading for the next part.
    func chapter(_ title: String) {
        Terminal.say("\n\(title)")
    }

    /// One thing that happened.
    func line(_ who: String, _ what: String) {
        Terminal.say("  \(elapsed)  \(who.padded(to: 9)) \(what)")
    }

    func end() {
        Terminal.say("\nAll of it happened, in \(elapsed.drop { $0 == " " }).")
    }

    private var elapsed: String {
        let passed = start.duration(to: .now)
        let milliseconds = passed / .milliseconds(1)
        let text = "\(Int(milliseconds) / 1000).\(String(Int(milliseconds) % 1000 + 1000).dropFirst()) s"
        return String(repeating: " ", count: max(0, 9 - text.count)) + text
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
