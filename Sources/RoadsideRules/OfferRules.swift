/// How providers are found for a job (domain §4.5.4); every way makes offers, so accepting is one piece of code.
public enum DispatchMode: String, CaseIterable, Sendable, Hashable {
    case pick, broadcast, cascade, auto, manual

    /// One live offer a provider and one a job at a time (realtime.md §3.5). Such an offer keeps others waiting, so it ends
    /// soon, where any other stays open as long as its search.
    public var isExclusive: Bool { self == .pick || self == .cascade }
}

/// Which of several providers who could come is asked first.
public enum Matching: String, CaseIterable, Sendable, Hashable {
    /// Each job by itself, the nearest first.
    case nearest
    /// By cost; jobs that share candidates are served together, at the least sum of costs (domain §4.5.5).
    case assignment
}

/// Numbers of the search that are the same in every plan. Seconds, metres, counts.
public enum OfferRules {
    /// Recipients of one transaction: beyond it the inbox heads abort each other (README decision 27, measured).
    public static let batch = 5
    /// Batches made in one ring (domain §4.5.3).
    public static let batchesPerRing = 3
    /// MongoDB's sphere is larger by 0.11 %: query so much wider, then cut with our own distance (domain §4.2 c).
    public static let queryWidening = 1.002
    /// A customer sees so many of the providers nearby when he asks for help (D5).
    public static let nearbyShown = 5
}
