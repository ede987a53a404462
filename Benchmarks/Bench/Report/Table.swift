import Foundation

/// The table on paper: a block for each scene, ours first, and what we are to each of the others.
struct Table {
    private static let head = [
        "", "per second", "p50 ms", "p90 ms", "p99 ms", "max ms", "server µs", "mongod µs", "k instr.", "memory MB",
        "KiB/socket",
        "opens/s", "errors",
        "load %", "others %", "speed", "CPU",
    ]

    let report: Report

    func lines() -> [String] {
        var rows: [(cells: [String], isTitle: Bool)] = []
        for scene in Scene.allCases {
            let medians = report.medians(of: scene)
            guard !medians.isEmpty else { continue }
            let ours = medians.first { $0.row.target == OwnTargets.name }?.sample
            rows.append((["\(scene.rawValue): \(scene.title)"], true))
            for (row, sample) in medians {
                rows.append((Self.cells(row, sample, ours: row.target == OwnTargets.name ? nil : ours), false))
            }
        }
        let table = [Self.head] + rows.filter { !$0.isTitle }.map(\.cells)
        // Columns in which nobody has anything to say are left out.
        let used = Self.head.indices.filter { column in
            column == 0 || table.dropFirst().contains { !$0[column].isEmpty }
        }
        let widths = used.map { column in table.map { $0[column].count }.max() ?? 0 }
        func line(_ cells: [String]) -> String {
            zip(used, widths).map { column, width in
                let gap = String(repeating: " ", count: width - cells[column].count)
                return column == 0 ? "  " + cells[column] + gap : gap + cells[column]
            }.joined(separator: "  ")
        }
        return [line(Self.head)] + rows.flatMap { $0.isTitle ? ["", $0.cells[0]] : [line($0.cells)] }
    }

    private static func cells(_ row: Row, _ sample: Sample, ours: Sample?) -> [String] {
        [
            row.label, number(sample.rate), number(sample.p50), number(sample.p90), number(sample.p99),
            number(sample.max),
            number(sample.serverMicroseconds), number(sample.mongodMicroseconds),
            number(sample.instructions.map { $0 / 1000 }), number(sample.memory / 1024),
            number(sample.memoryPerSocket),
            row.scene == .idle ? "" : number(sample.openings), sample.errors == 0 ? "0" : "!! \(sample.errors)",
            row.scene == .idle ? "" : number(sample.generator), number(sample.others),
            ratio(ours?.rate, sample.rate), ratio(sample.serverMicroseconds, ours?.serverMicroseconds),
        ]
    }

    private static func ratio(_ above: Double?, _ below: Double?) -> String {
        guard let above, let below, below > 0 else { return "" }
        return String(format: "%.2f x", above / below)
    }

    /// Three digits that count.
    private static func number(_ value: Double?) -> String {
        guard let value else { return "" }
        let digits = abs(value) >= 100 ? 0 : abs(value) >= 10 ? 1 : 2
        return String(format: "%.\(digits)f", value)
    }
}
