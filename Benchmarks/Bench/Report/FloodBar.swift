import Foundation

/// What a flood of logins may cost everybody else, and whether it cost no more in this run.
struct FloodBar {
    static let most = 1.5

    let report: Report

    func lines() -> [String] {
        let rows = report.medians(of: .flood)
        func p99(_ variant: String) -> Double? { rows.first { $0.row.variant == variant }?.sample.p99 }
        guard let alone = p99(FloodScene.alone), let flooded = p99(FloodScene.flooded), alone > 0 else { return [] }
        let ratio = flooded / alone
        let verdict = ratio <= Self.most ? "reached" : "MISSED "
        return [
            "", "bars:",
            String(
                format: "  %@ flood: p99 of positions, over the quiet run: %.2f, at most %.1f", verdict, ratio,
                Self.most),
        ]
    }
}
