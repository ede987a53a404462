/// A server ends when it is killed, and then only.
enum ServerCheck {
    static func violations(_ evidence: Evidence) -> [Violation] {
        evidence.history.deaths.map { Violation("", $0) }
    }
}
