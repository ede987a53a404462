import Synchronization

/// The city's time: seconds since its beginning, so many times faster than those of the clock on the wall.
struct CityClock: Sendable {
    private let factor: Double
    private let start: ContinuousClock.Instant
    private let lateness: Lateness

    init(factor: Double) {
        self.factor = factor
        start = .now
        lateness = Lateness()
    }

    var now: Double { start.duration(to: .now) / .seconds(1) * factor }

    /// The time on the wall until a moment of the city; zero for one that has passed.
    func wait(until moment: Double) -> Duration { max(.zero, .seconds((moment - now) / factor)) }

    /// - Throws: `CancellationError`.
    func sleep(until moment: Double) async throws {
        let wait = wait(until: moment)
        guard wait > .zero else { return }
        try await Task.sleep(for: wait)
        lateness.add(now - moment)
    }

    /// City seconds by which sleepers woke too late.
    var latenesses: [Double] { lateness.all }

    private final class Lateness: Sendable {
        private let samples = Mutex<[Double]>([])

        func add(_ sample: Double) { samples.withLock { $0.append(sample) } }

        var all: [Double] { samples.withLock { $0 } }
    }
}
