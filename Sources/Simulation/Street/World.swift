import RoadsideRules
import Synchronization

/// What everybody in the city shares.
struct World: Sendable {
    let script: CityScript
    let clock: CityClock
    let line: CityLine
    let ledger: Ledger
    private let ending = Ending()

    /// Nobody calls any more, and every call has come to its end.
    var isOver: Bool { ending.isOver }

    func end() { ending.end() }

    /// City seconds after which nobody waits for anything any more.
    var lastMoment: Double { script.options.minutes * 60 + 4 * 3600 }

    private final class Ending: Sendable {
        private let flag = Atomic<Bool>(false)

        var isOver: Bool { flag.load(ordering: .relaxed) }

        func end() { flag.store(true, ordering: .relaxed) }
    }
}
