public import FoundationEssentials

/// What is known of where a provider is (U15): having no position, standing at the base, and having fallen silent are
/// three different things.
public enum Presence: String, CaseIterable, Sendable, Hashable {
    case unknown, base, live, stale

    /// Seconds after which a live position is an old one (domain §4.4).
    public static let staleAfter = 90.0

    /// - Parameter fixAt: of his last live position; nil while he only has a base.
    public init(hasPosition: Bool, fixAt: Date?, at now: Date) {
        if let fixAt {
            self = now.timeIntervalSince(fixAt) > Self.staleAfter ? .stale : .live
        } else {
            self = hasPosition ? .base : .unknown
        }
    }
}
