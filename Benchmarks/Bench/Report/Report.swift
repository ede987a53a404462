import Foundation

/// All samples of a run, and the table made of them.
struct Report {
    private(set) var samples: [(row: Row, sample: Sample)] = []
    private(set) var notes: [String] = []
    private(set) var failures: [String] = []

    mutating func add(_ sample: Sample, to row: Row) {
        samples.append((row, sample))
        if sample.errors > 0 { fail("\(row.scene.rawValue), \(row.label): \(sample.errors) errors") }
    }

    /// A sentence about something that is missing for a good reason.
    mutating func note(_ text: String) { if !notes.contains(text) { notes.append(text) } }

    /// A sentence about something that must not be; the run fails.
    mutating func fail(_ text: String) { if !failures.contains(text) { failures.append(text) } }

    /// The rows of a scene, ours first, with their medians over the rounds.
    func medians(of scene: Scene) -> [(row: Row, sample: Sample)] {
        var rows: [Row] = []
        for (row, _) in samples where row.scene == scene && !rows.contains(row) { rows.append(row) }
        rows.sort { ($0.target != OwnTargets.name ? 1 : 0) < ($1.target != OwnTargets.name ? 1 : 0) }
        return rows.compactMap { row in
            Sample.median(of: samples.filter { $0.row == row }.map(\.sample)).map { (row, $0) }
        }
    }

    func write(_ machine: Machine, to file: String) throws {
        struct Entry: Encodable {
            let row: Row
            let rounds: [Sample]
        }
        struct Whole: Encodable {
            let machine: Machine
            let results: [Entry]
            let notes, failures: [String]
        }
        var entries: [Entry] = []
        for scene in Scene.allCases {
            for (row, _) in medians(of: scene) {
                entries.append(Entry(row: row, rounds: samples.filter { $0.row == row }.map(\.sample)))
            }
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(Whole(machine: machine, results: entries, notes: notes, failures: failures))
            .write(to: URL(fileURLWithPath: file))
    }
}

extension Sample {
    /// Of each figure for itself; errors are the worst round's.
    static func median(of rounds: [Sample]) -> Sample? {
        guard var result = rounds.first else { return nil }
        func median(_ values: [Double]) -> Double {
            let sorted = values.sorted()
            let middle = sorted.count / 2
            return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        }
        func set(_ path: WritableKeyPath<Sample, Double>) {
            result[keyPath: path] = median(rounds.map { $0[keyPath: path] })
        }
        func set(_ path: WritableKeyPath<Sample, Double?>) {
            let values = rounds.compactMap { $0[keyPath: path] }
            result[keyPath: path] = values.isEmpty ? nil : median(values)
        }
        for path in [\Sample.rate, \.memory, \.generator, \.others] { set(path) }
        for path in [\Sample.p50, \.p90, \.p99, \.max, \.serverMicroseconds, \.mongodMicroseconds] { set(path) }
        for path in [\Sample.memoryPerSocket, \.openings, \.apart, \.instructions] { set(path) }
        result.errors = rounds.map(\.errors).max() ?? 0
        return result
    }
}
