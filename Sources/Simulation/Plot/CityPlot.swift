/// The figures of one run, or of several in different colours, as one page of six diagrams.
public struct CityPlot: Sendable {
    private let title: String
    private let runs: [(name: String, figures: Figures)]

    public init(title: String, runs: [(name: String, figures: Figures)]) {
        self.title = title
        self.runs = runs
    }

    /// An SVG document.
    public var svg: String {
        var canvas = SVGCanvas(width: Int(Self.width), height: Int(Self.height))
        canvas.text(title, at: (20, 30), size: 17, isBold: true)
        var left = 20.0
        for (index, run) in runs.enumerated() {
            canvas.path([(left, 48), (left + 28, 48)], color: Self.color(index), width: 3)
            canvas.text(run.name, at: (left + 34, 52), size: 13)
            left += 60 + 8 * Double(run.name.count)
        }
        let (width, height) = (Self.width / 3, (Self.height - Self.header) / 2)
        for (index, chart) in charts.enumerated() {
            chart.draw(
                on: &canvas, left: Double(index % 3) * width, top: Self.header + Double(index / 3) * height,
                width: width, height: height)
        }
        return canvas.document
    }

    private var charts: [Chart] {
        [
            distribution("Time to the first offer", "city seconds since the request") { $0.timeToOffer },
            distribution("Time to acceptance", "city seconds since the request") { $0.timeToAccept },
            distribution("Pickup distance", "kilometres, straight") { $0.pickupDistance },
            distribution("Pickup time", "city minutes from request to arrival") { $0.pickupTime },
            lorenz, outcomes,
        ]
    }

    /// Cut where one in a hundred is beyond, so that a single straggler does not squeeze the rest.
    private func distribution(_ title: String, _ label: String, _ spread: (Figures) -> Spread) -> Chart {
        let spreads = runs.map { spread($0.figures) }
        let greatest = spreads.compactMap { Statistics.percentile(99, of: $0.samples) }.max() ?? 1
        var chart = Chart(
            title: title, x: Axis(label, to: greatest), y: Axis("share of requests, %", to: 100))
        chart.lines = spreads.enumerated().map { index, spread in
            Chart.Line(
                points: Statistics.distribution(spread.samples).map { ($0.x, $0.y * 100) }, color: Self.color(index))
        }
        return chart
    }

    private var lorenz: Chart {
        var chart = Chart(
            title: "Fairness: who gets the jobs (Lorenz)", x: Axis("providers, fewest jobs first, %", to: 100),
            y: Axis("share of all jobs, %", to: 100))
        chart.lines = [Chart.Line(points: [(0, 0), (100, 100)], color: Self.faint, dashes: "4 4")]
        chart.lines += runs.enumerated().map { index, run in
            Chart.Line(
                points: Statistics.lorenz(run.figures.jobsPerProvider).map { ($0.x * 100, $0.y * 100) },
                color: Self.color(index))
        }
        return chart
    }

    /// Of the requests of each few minutes, how many ended how.
    private var outcomes: Chart {
        let minutes = runs.flatMap { $0.figures.calls.compactMap(\.requestedAt) }.max().map { $0 / 60 } ?? 1
        var chart = Chart(
            title: "How requests ended", x: Axis("city minute of the request", to: minutes),
            y: Axis("share of requests, %", to: 100))
        for (index, run) in runs.enumerated() {
            for (outcome, dashes) in Self.shown {
                chart.lines.append(
                    Chart.Line(
                        points: Self.shares(of: outcome, in: run.figures.calls, minutes: minutes),
                        color: Self.color(index), dashes: dashes))
            }
        }
        chart.legend = Self.shown.map { ($0.outcome.rawValue, Self.ink, $0.dashes) }
        return chart
    }

    /// Points in the middle of each piece of time.
    private static func shares(
        of outcome: CallTrace.Outcome, in calls: [CallTrace], minutes: Double
    ) -> [(x: Double, y: Double)] {
        let pieces = 15
        let length = max(minutes, 0.001) / Double(pieces)
        var counts = [(all: Int, these: Int)](repeating: (0, 0), count: pieces)
        for call in calls {
            guard let at = call.requestedAt else { continue }
            let piece = min(max(Int(at / 60 / length), 0), pieces - 1)
            counts[piece].all += 1
            if call.outcome == outcome { counts[piece].these += 1 }
        }
        return counts.enumerated().filter { $0.element.all > 0 }.map { index, count in
            ((Double(index) + 0.5) * length, 100 * Double(count.these) / Double(count.all))
        }
    }

    private static func color(_ index: Int) -> String { colors[index % colors.count] }

    private static let shown: [(outcome: CallTrace.Outcome, dashes: String)] = [
        (.completed, ""), (.expired, "7 3"), (.cancelled, "2 3"),
    ]
    /// Told apart by the colour-blind, too.
    private static let colors = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"]
    private static let faint = "#aaaaaa"
    private static let ink = "#333333"
    private static let width = 1260.0
    private static let height = 800.0
    private static let header = 70.0
}
