import NIOCore
import Telemetry

/// How long work waits for its turn on an event loop, asked of each of them once a second.
struct LoopLag: Sendable {
    let group: any EventLoopGroup
    let histogram: Histogram

    init(_ group: any EventLoopGroup, _ registry: MetricRegistry) {
        self.group = group
        histogram = registry.histogram(
            "fixoncall_event_loop_lag_seconds", "From asking an event loop for its attention to having it.",
            bounds: [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1])
    }

    /// Asks until the task is cancelled.
    @Sendable func run() async {
        while (try? await Task.sleep(for: .seconds(1))) != nil {
            for loop in group.makeIterator() {
                let asked = ContinuousClock.now
                loop.execute { [histogram] in histogram.record(asked.duration(to: .now)) }
            }
        }
    }
}
