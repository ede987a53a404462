import Foundation

/// Writes SVG: shapes and words at whole and tenths of pixels, every text escaped.
struct SVGCanvas {
    enum Anchor: String { case start, middle, end }

    private var elements: [String] = []
    private let width: Int
    private let height: Int

    init(width: Int, height: Int) {
        (self.width, self.height) = (width, height)
    }

    /// The whole document.
    var document: String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)" \
        font-family="Helvetica, Arial, sans-serif">
        <rect width="100%" height="100%" fill="#ffffff"/>
        \(elements.joined(separator: "\n"))
        </svg>

        """
    }

    mutating func line(
        from: (x: Double, y: Double), to: (x: Double, y: Double), color: String, width: Double = 1
    ) {
        elements.append(
            "<line x1=\"\(Self.number(from.x))\" y1=\"\(Self.number(from.y))\" x2=\"\(Self.number(to.x))\" "
                + "y2=\"\(Self.number(to.y))\" stroke=\"\(color)\" stroke-width=\"\(Self.number(width))\"/>")
    }

    /// A pale ground that lets what is under it shine through.
    mutating func ground(left: Double, top: Double, width: Double, height: Double) {
        elements.append(
            "<rect x=\"\(Self.number(left))\" y=\"\(Self.number(top))\" width=\"\(Self.number(width))\" "
                + "height=\"\(Self.number(height))\" fill=\"#ffffff\" fill-opacity=\"0.85\"/>")
    }

    /// - Parameter dashes: on and off, in pixels; empty for an unbroken line.
    mutating func path(_ points: [(x: Double, y: Double)], color: String, width: Double = 2, dashes: String = "") {
        guard points.count > 1 else { return }
        let text = points.map { "\(Self.number($0.x)),\(Self.number($0.y))" }.joined(separator: " ")
        let broken = dashes.isEmpty ? "" : " stroke-dasharray=\"\(dashes)\""
        elements.append(
            "<polyline points=\"\(text)\" fill=\"none\" stroke=\"\(color)\" stroke-width=\"\(Self.number(width))\" "
                + "stroke-linejoin=\"round\"\(broken)/>")
    }

    /// - Parameter turned: reads from the bottom to the top.
    mutating func text(
        _ text: String, at point: (x: Double, y: Double), size: Int = 12, anchor: Anchor = .start,
        color: String = "#333333", isBold: Bool = false, turned: Bool = false
    ) {
        let place = "x=\"\(Self.number(point.x))\" y=\"\(Self.number(point.y))\""
        let turn = turned ? " transform=\"rotate(-90 \(Self.number(point.x)) \(Self.number(point.y)))\"" : ""
        let weight = isBold ? " font-weight=\"bold\"" : ""
        elements.append(
            "<text \(place) font-size=\"\(size)\" text-anchor=\"\(anchor.rawValue)\" fill=\"\(color)\"\(weight)\(turn)>"
                + "\(Self.escaped(text))</text>")
    }

    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }

    private static func number(_ value: Double) -> String {
        let rounded = (value * 10).rounded() / 10
        return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
    }
}
