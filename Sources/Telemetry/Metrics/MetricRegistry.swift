import Synchronization

/// Every number of a process that somebody may want to draw, by name and labels.
///
/// Labels are few and known: a route's template, never its path; a kind, never an id. What would make a series for each of
/// anything unbounded ends in series whose route is `other`, and in the end in one whose labels all say so.
public final class MetricRegistry: Sendable {
    /// What a scrape reads.
    enum Series: Sendable {
        case counter(Counter)
        case gauge(Gauge)
        case histogram(Histogram)
    }

    /// All series of one name.
    struct Family: Sendable {
        let kind: String
        let help: String
        var series: [[Label]: Series] = [:]
    }

    /// A number that is looked up when somebody scrapes.
    public struct Sample: Sendable {
        let labels: [Label]
        let value: Double

        public init(_ value: Double, _ labels: [Label] = []) { (self.labels, self.value) = (labels, value) }
    }

    /// Numbers of one name that are looked up when somebody scrapes.
    struct Question: Sendable {
        let name: String
        let kind: String
        let help: String
        let ask: @Sendable () async -> [Sample]
    }

    /// Series of one name, before further ones are put together. Ours: five times our routes.
    public static let mostSeries = 1000
    /// The label that is given up first: the others are few, and a status of 500 must be seen whatever route it is of.
    private static let widest = "route"

    private struct State {
        var families: [String: Family] = [:]
        var questions: [Question] = []
    }

    private let state = Mutex(State())

    public init() {}

    /// The counter of this name with these labels: a new one, or the one that is there.
    public func counter(_ name: String, _ help: String, _ labels: [Label] = []) -> Counter {
        let made = Series.counter(Counter())
        guard case .counter(let counter) = series(name, "counter", help, labels, made) else { return Counter() }
        return counter
    }

    /// The gauge of this name with these labels.
    public func gauge(_ name: String, _ help: String, _ labels: [Label] = []) -> Gauge {
        guard case .gauge(let gauge) = series(name, "gauge", help, labels, .gauge(Gauge())) else { return Gauge() }
        return gauge
    }

    /// The histogram of this name with these labels.
    ///
    /// - Parameter bounds: the upper ends of its buckets, seconds; those of the first series of a name count.
    public func histogram(
        _ name: String, _ help: String, _ labels: [Label] = [], bounds: [Double] = Histogram.usual
    ) -> Histogram {
        let made = Histogram(bounds: bounds)
        guard case .histogram(let histogram) = series(name, "histogram", help, labels, .histogram(made)) else {
            return made
        }
        return histogram
    }

    /// Has a number looked up at every scrape.
    ///
    /// - Parameter kind: `gauge` unless it only grows.
    public func ask(
        _ name: String, _ help: String, kind: String = "gauge", _ ask: @escaping @Sendable () async -> [Sample]
    ) {
        state.withLock { $0.questions.append(Question(name: name, kind: kind, help: help, ask: ask)) }
    }

    private func series(
        _ name: String, _ kind: String, _ help: String, _ labels: [Label], _ made: Series
    ) -> Series {
        state.withLock { state in
            var family = state.families[name] ?? Family(kind: kind, help: help)
            if let found = family.series[labels] { return found }
            let kept = Self.folded(labels, beside: family.series.count)
            let found = family.series[kept] ?? made
            family.series[kept] = found
            state.families[name] = family
            return found
        }
    }

    /// The labels of a new series of a name that has so many.
    private static func folded(_ labels: [Label], beside count: Int) -> [Label] {
        if count < mostSeries { return labels }
        // Routes are as many as somebody writes; what is still too much without them has another cause.
        let keepsOthers = count < 2 * mostSeries && labels.contains { $0.name == widest }
        return labels.map { keepsOthers && $0.name != widest ? $0 : Label($0.name, "other") }
    }

    var families: [String: Family] { state.withLock { $0.families } }
    var questions: [Question] { state.withLock { $0.questions } }
}

/// One label of a series.
public struct Label: Sendable, Hashable {
    let name: String
    let value: String

    public init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
}
