/// Order statistics of some milliseconds.
struct Quantiles: Sendable {
    private let sorted: [Double]

    init(_ values: [Double]) { sorted = values.sorted() }

    var count: Int { sorted.count }
    var max: Double { sorted.last ?? 0 }

    /// The smallest value that this share of all does not exceed; 0 of nothing.
    func callAsFunction(_ share: Double) -> Double {
        guard !sorted.isEmpty else { return 0 }
        return sorted[Swift.min(Int((share * Double(sorted.count)).rounded(.up)) - 1, sorted.count - 1).clamped]
    }
}

extension Int {
    fileprivate var clamped: Int { Swift.max(self, 0) }
}
