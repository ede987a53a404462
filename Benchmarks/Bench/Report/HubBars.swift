import Foundation

/// What the hub must reach, and whether it did in this run.
struct HubBars {
    let report: Report

    func lines() -> [String] {
        let bars =
            ahead(.fan) + ahead(.wide) + ahead(.rooms)
            + [
                bar("idle: KiB a socket", value(.idle, "", \.memoryPerSocket), atMost: 6),
                bar("push: p50 ms on one server", value(.push, "one server", \.p50), atMost: 5),
                bar("push: p99 ms on one server", value(.push, "one server", \.p99), atMost: 20),
                bar(
                    "push: p50 ms more across two servers",
                    difference(.push, "to a socket of another server", "one server", \.p50), atMost: 5),
                bar("resume: p99 ms from the start of the server", resumption, atMost: 5000),
                bar("slow: p99 of those who read, over the clean run", slowdown, atMost: 1.1),
            ]
        let spoken = bars.compactMap(\.self)
        return spoken.isEmpty ? [] : ["", "bars:"] + spoken
    }

    /// A bar for each of our ways and each target that is no floor, under the same generator.
    private func ahead(_ scene: Scene) -> [String?] {
        func isTheirs(_ row: Row) -> Bool { row.variant.hasSuffix(PeerLoad.variant) }
        let rows = report.medians(of: scene)
        let others = rows.filter { row, _ in ![OwnTargets.name, "floor", "raw"].contains(row.target) }
        return rows.filter { row, _ in row.target == OwnTargets.name }.flatMap { own in
            others.filter { row, _ in isTheirs(row) == isTheirs(own.row) }.map { other in
                bar(
                    "\(scene.rawValue): \(own.row.label) over \(other.row.label)",
                    own.sample.rate / other.sample.rate, atLeast: 1)
            }
        }
    }

    private var resumption: Double? {
        report.medians(of: .resume).first { $0.row.target == OwnTargets.name }?.sample.p99
    }

    private var slowdown: Double? {
        let rows = report.medians(of: .slow).filter { $0.row.target == OwnTargets.name }
        guard let clean = rows.first(where: { $0.row.variant.hasSuffix("all read") })?.sample.p99,
            let slow = rows.first(where: { $0.row.variant.hasSuffix("do not read") })?.sample.p99
        else { return nil }
        return slow / clean
    }

    private func value(_ scene: Scene, _ variant: String, _ path: KeyPath<Sample, Double?>) -> Double? {
        report.medians(of: scene).first { $0.row.target == OwnTargets.name && $0.row.variant == variant }?
            .sample[keyPath: path]
    }

    private func difference(
        _ scene: Scene, _ variant: String, _ other: String, _ path: KeyPath<Sample, Double?>
    ) -> Double? {
        guard let value = value(scene, variant, path), let other = self.value(scene, other, path) else { return nil }
        return value - other
    }

    private func bar(_ name: String, _ value: Double?, atMost: Double? = nil, atLeast: Double? = nil) -> String? {
        guard let value else { return nil }
        let isReached = value <= atMost ?? .infinity && value >= atLeast ?? -.infinity
        let wanted = atMost.map { "at most \($0)" } ?? atLeast.map { "at least \($0)" } ?? ""
        return String(format: "  %@ %@: %.2f, %@", isReached ? "reached" : "MISSED ", name, value, wanted)
    }
}
