/// One diagram: two scales and lines between them.
struct Chart {
    struct Line {
        let points: [(x: Double, y: Double)]
        let color: String
        var dashes = ""
    }

    let title: String
    let x: Axis
    let y: Axis
    var lines: [Line] = []
    /// What each kind of line means, where colours alone do not tell.
    var legend: [(text: String, color: String, dashes: String)] = []

    /// Draws it into the rectangle.
    func draw(on canvas: inout SVGCanvas, left: Double, top: Double, width: Double, height: Double) {
        let frame = Frame(
            left: left + 58, top: top + 34, width: width - 78, height: height - 86, xEnd: x.end, yEnd: y.end)
        canvas.text(title, at: (left + 58, top + 20), size: 14, isBold: true)
        for tick in x.ticks {
            let place = frame.place((tick, 0))
            canvas.line(from: place, to: (place.x, frame.top), color: Self.grid)
            canvas.text(x.text(tick), at: (place.x, place.y + 16), size: 11, anchor: .middle)
        }
        for tick in y.ticks {
            let place = frame.place((0, tick))
            canvas.line(from: place, to: (place.x + frame.width, place.y), color: Self.grid)
            canvas.text(y.text(tick), at: (place.x - 6, place.y + 4), size: 11, anchor: .end)
        }
        canvas.line(from: frame.place((0, 0)), to: frame.place((x.end, 0)), color: Self.ink)
        canvas.line(from: frame.place((0, 0)), to: frame.place((0, y.end)), color: Self.ink)
        canvas.text(x.label, at: (frame.left + frame.width / 2, top + height - 20), anchor: .middle)
        canvas.text(y.label, at: (left + 16, frame.top + frame.height / 2), anchor: .middle, turned: true)
        for line in lines {
            canvas.path(Self.thinned(line.points).map(frame.place), color: line.color, dashes: line.dashes)
        }
        drawLegend(on: &canvas, in: frame)
    }

    private func drawLegend(on canvas: inout SVGCanvas, in frame: Frame) {
        guard !legend.isEmpty else { return }
        let (left, top) = (frame.left + frame.width - 112, frame.top + 0.4 * frame.height)
        canvas.ground(left: left - 8, top: top - 16, width: 116, height: 17 * Double(legend.count) + 8)
        for (index, entry) in legend.enumerated() {
            let y = top + 17 * Double(index)
            canvas.path([(left, y - 4), (left + 24, y - 4)], color: entry.color, dashes: entry.dashes)
            canvas.text(entry.text, at: (left + 30, y), size: 11)
        }
    }

    /// Where the scales lie on the canvas.
    private struct Frame {
        let left, top, width, height, xEnd, yEnd: Double

        /// Held inside: what is beyond the end of a scale is drawn on its edge.
        func place(_ point: (x: Double, y: Double)) -> (x: Double, y: Double) {
            (
                left + min(max(point.x / xEnd, 0), 1) * width,
                top + height - min(max(point.y / yEnd, 0), 1) * height
            )
        }
    }

    /// No more points than a screen shows; the last one stays.
    private static func thinned(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
        guard points.count > mostPoints, let last = points.last else { return points }
        return (0..<mostPoints).map { points[$0 * points.count / mostPoints] } + [last]
    }

    private static let mostPoints = 400
    private static let grid = "#e4e4e4"
    private static let ink = "#555555"
}
