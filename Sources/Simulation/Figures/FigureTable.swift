import Foundation

/// Runs side by side, and of two the ratio.
public struct FigureTable: Sendable {
    private let columns: [(name: String, figures: Figures)]

    public init(_ columns: [(name: String, figures: Figures)]) { self.columns = columns }

    /// Lines of equal columns, the names of the runs first.
    public var lines: [String] {
        let rows = columns.map(\.figures.rows)
        guard let first = rows.first else { return [] }
        let isPair = columns.count == 2
        let header = [""] + columns.map(\.name) + (isPair ? ["ratio"] : [])
        let body = first.indices.map { index -> [String] in
            let cells = rows.map { Self.text($0[index].value, $0[index].decimals) }
            let ratio = isPair ? [Self.ratio(rows[1][index].value, to: rows[0][index].value)] : []
            return [first[index].label] + cells + ratio
        }
        let table = [header] + body
        let widths = header.indices.map { column in table.map { $0[column].count }.max() ?? 0 }
        return table.map { line in
            let label = line[0].padding(toLength: widths[0], withPad: " ", startingAt: 0)
            let cells = zip(line, widths).dropFirst().map { cell, width in
                String(repeating: " ", count: max(width, 8) - cell.count) + cell
            }
            return ([label] + cells).joined(separator: "  ")
        }
    }

    static func text(_ value: Double?, _ decimals: Int) -> String {
        guard let value, value.isFinite else { return "–" }
        return String(format: "%.\(decimals)f", value)
    }

    /// The second as a multiple of the first; nothing of nothing.
    private static func ratio(_ second: Double?, to first: Double?) -> String {
        guard let second, let first, first != 0 else { return "" }
        return text(second / first, 2)
    }
}
