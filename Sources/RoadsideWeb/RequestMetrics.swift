import Synchronization
public import Telemetry

/// Rate, errors and duration of every route, by its template (operations.md §5.3).
public final class RequestMetrics: Sendable {
    private struct Route: Hashable {
        let template: String
        let method: String
    }

    private struct Series {
        let duration: Histogram
        var statuses: [Int: Counter] = [:]
    }

    private let registry: MetricRegistry
    private let inFlight: Gauge
    private let series = Mutex<[Route: Series]>([:])

    public init(_ registry: MetricRegistry) {
        self.registry = registry
        inFlight = registry.gauge("fixoncall_http_requests_in_flight", "Requests that wait for their answer.")
        // There from the start, so that the first of them is seen as a rise.
        for code in ["overloaded", "rate_limited", "database_unavailable"] { _ = shed(code) }
    }

    func began() { inFlight.add(1) }

    /// - Parameter code: of the refusal, when it is one.
    func ended(route: String, method: String, status: Int, code: String?, after time: Duration) {
        inFlight.add(-1)
        let route = Route(template: route.isEmpty ? "(none)" : route, method: AccessLine.known(method))
        let (times, answers) = series.withLock { all -> (Histogram, Counter) in
            // All requests of the process pass here: nothing is written, and so copied, for what is known.
            if let known = all[route], let answers = known.statuses[status] { return (known.duration, answers) }
            let answers = counter(of: route, status)
            let times = all[route]?.duration ?? duration(of: route)
            all[route, default: Series(duration: times)].statuses[status] = answers
            return (times, answers)
        }
        times.record(time)
        answers.add()
        // A probe that is told to look elsewhere was answered.
        if status == 503 || status == 429, !AccessLine.isProbe(route.template) { shed(code ?? "overloaded").add() }
    }

    private func duration(of route: Route) -> Histogram {
        registry.histogram(
            "fixoncall_http_request_duration_seconds", "From the head of a request to its answer.", labels(route))
    }

    private func counter(of route: Route, _ status: Int) -> Counter {
        registry.counter(
            "fixoncall_http_requests_total", "Requests answered.",
            labels(route) + [Label("status", String(status))])
    }

    /// What was sent away to come again.
    private func shed(_ code: String) -> Counter {
        registry.counter(
            "fixoncall_shed_total", "Requests sent away, by the code of the answer.",
            [Label("reason", code.lowercased())])
    }

    private func labels(_ route: Route) -> [Label] {
        [Label("route", route.template), Label("method", route.method)]
    }
}
