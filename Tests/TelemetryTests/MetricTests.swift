import Telemetry
import Testing

@Suite("Metrics in Prometheus' text")
struct MetricTests {
    @Test("counters, gauges and histograms are written as the format says, sorted, with their help once")
    func text() async {
        let registry = MetricRegistry()
        registry.counter("b_total", "B.", [Label("route", "/x/<id>"), Label("method", "GET")]).add(3)
        registry.counter("b_total", "B.", [Label("route", "a\"b\\c\nd"), Label("method", "GET")]).add()
        let gauge = registry.gauge("c", "C.")
        gauge.add(5)
        gauge.add(-2)
        let times = registry.histogram("a_seconds", "A.", bounds: [0.1, 1])
        for time in [Duration.milliseconds(100), .milliseconds(101), .seconds(1), .seconds(2)] { times.record(time) }
        registry.ask("d", "D.") { [.init(0.5, [Label("kind", "k")]), .init(7)] }
        registry.ask("e", "Nobody knows.") { [] }
        let text = await registry.text()
        #expect(
            text == """
                # HELP a_seconds A.
                # TYPE a_seconds histogram
                a_seconds_bucket{le="0.1"} 1
                a_seconds_bucket{le="1"} 3
                a_seconds_bucket{le="+Inf"} 4
                a_seconds_sum 3.201
                a_seconds_count 4
                # HELP b_total B.
                # TYPE b_total counter
                b_total{route="/x/<id>",method="GET"} 3
                b_total{route="a\\"b\\\\c\\nd",method="GET"} 1
                # HELP c C.
                # TYPE c gauge
                c 3
                # HELP d D.
                # TYPE d gauge
                d{kind="k"} 0.5
                d 7

                """)
    }

    @Test("the same name and labels are the same number, however many ask")
    func shared() async {
        let registry = MetricRegistry()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { registry.counter("n_total", "N.", [Label("a", "b")]).add(2) } }
        }
        #expect(registry.counter("n_total", "N.", [Label("a", "b")]).value == 100)
    }

    @Test("whoever makes a series of each of anything fills one name and no memory")
    func bounded() async {
        let registry = MetricRegistry()
        for index in 0..<5000 { registry.counter("n_total", "N.", [Label("id", "\(index)")]).add() }
        let series = await registry.text().split(separator: "\n").filter { $0.hasPrefix("n_total") }
        #expect(series.count == MetricRegistry.mostSeries + 1)
        #expect(series.contains("n_total{id=\"other\"} \(5000 - MetricRegistry.mostSeries)"))
    }

    @Test("of too many routes a late one loses its name, but neither its method nor its status")
    func routes() async {
        let registry = MetricRegistry()
        func count(_ route: Int, _ status: Int) {
            let labels = [Label("route", "/\(route)"), Label("method", "GET"), Label("status", "\(status)")]
            registry.counter("n_total", "N.", labels).add()
        }
        for route in 0..<MetricRegistry.mostSeries { count(route, 200) }
        for route in 0..<10 { count(route, 500) }
        count(MetricRegistry.mostSeries, 200)
        count(0, 200)
        let lines = await registry.text().split(separator: "\n")
        #expect(lines.contains(#"n_total{route="other",method="GET",status="500"} 10"#))
        #expect(lines.contains(#"n_total{route="other",method="GET",status="200"} 1"#))
        #expect(lines.contains(#"n_total{route="/0",method="GET",status="200"} 2"#))
    }

    @Test("whoever makes a series of each status fills one name and no memory")
    func boundedStatuses() async {
        let registry = MetricRegistry()
        for index in 0..<5000 {
            registry.counter("n_total", "N.", [Label("route", "/"), Label("status", "\(index)")]).add()
        }
        let series = await registry.text().split(separator: "\n").filter { $0.hasPrefix("n_total") }
        #expect(series.count == 2 * MetricRegistry.mostSeries + 1)
        let rest = 5000 - 2 * MetricRegistry.mostSeries
        #expect(series.contains("n_total{route=\"other\",status=\"other\"} \(rest)"))
    }
}
