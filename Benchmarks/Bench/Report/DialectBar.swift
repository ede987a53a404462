import Foundation

/// A dialect translates, and may cost no more than a tenth of what FixOnCall's words cost.
struct DialectBar {
    static let most = 1.1

    let report: Report

    func lines() -> [String] {
        let rows = report.medians(of: .dialects)
        func instructions(_ operation: String, _ dialect: String) -> Double? {
            rows.first { $0.row.variant == DialectScene.variant(operation, dialect) }?.sample.instructions
        }
        return DialectOperations.all.flatMap { operation -> [String] in
            guard let reference = instructions(operation.name, DialectScene.reference) else { return [] }
            return operation.ways.dropFirst().compactMap { way -> String? in
                guard let own = instructions(operation.name, way.dialect) else { return nil }
                let ratio = own / reference
                return String(
                    format: "  %@ %@ in %@: %.2f x the instructions of %@; at most %.1f",
                    ratio <= Self.most ? "reached" : "MISSED ", operation.name, way.dialect, ratio,
                    DialectScene.reference, Self.most)
            }
        }
    }
}
