/// Whether a provider takes jobs: `offline ↔ available ↔ break`; `busy` comes with a claim and goes with the release.
public enum Availability: String, CaseIterable, Sendable, Hashable {
    case available, busy, offline
    case onBreak = "break"
}
