import FixOnCallClient
import Synchronization

/// Asks a server for its health all the time, and notes how long the answer took.
final class HealthWatch: Sendable {
    private let http: HTTPClient
    private let state = Mutex<(milliseconds: [Double], failures: Int)>(([], 0))
    private let isOver = Atomic(false)

    init(_ http: HTTPClient) { self.http = http }

    var times: Quantiles { Quantiles(state.withLock { $0.milliseconds }) }
    var failures: Int { state.withLock { $0.failures } }

    func stop() { isOver.store(true, ordering: .relaxed) }

    func run() async {
        while !isOver.load(ordering: .relaxed), !Task.isCancelled {
            let start = Moment.now
            let status = try? await http.get("/api/health").status
            let took = Moment.milliseconds(from: start, to: Moment.now)
            state.withLock { state in
                state.milliseconds.append(took)
                if status != 200 { state.failures += 1 }
            }
            try? await Task.sleep(for: .milliseconds(10))
        }
    }
}
