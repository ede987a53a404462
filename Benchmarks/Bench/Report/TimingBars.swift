import Foundation

/// How far the times of answers about what is there and what is not may lie apart (trust.md T1, T12).
struct TimingBars {
    /// Medians of accounts, known over unknown.
    static let mostRatio = 0.03
    /// Milliseconds between medians of objects, foreign and missing.
    static let mostMilliseconds = 2.0

    let report: Report

    func lines() -> [String] {
        let rows = report.medians(of: .timings)
        func sample(_ variant: String) -> Sample? { rows.first { $0.row.variant == variant }?.sample }
        return ["login", "forgot", "resend", "service"].compactMap { name in
            guard let there = sample(TimingScene.there(name)), let missing = sample(TimingScene.missing(name)),
                let known = there.p50, let unknown = missing.p50, unknown > 0
            else { return nil }
            let isForeign = name == "service"
            let isReached =
                isForeign
                ? abs(known - unknown) < Self.mostMilliseconds : abs(known / unknown - 1) < Self.mostRatio
            return String(
                format:
                    "  %@ timings, %@: medians %.3f and %.3f ms, ratio %.3f, told apart %.2f (0.5 is not at all); %@",
                isReached ? "reached" : "MISSED ", name, known, unknown, known / unknown, there.apart ?? 0.5,
                isForeign ? "T1: less than 2 ms" : "T12: less than 3 %")
        }
    }
}
