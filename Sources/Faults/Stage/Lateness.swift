/// How long each push took from the moment it was due until each client had it.
struct Lateness: Sendable {
    private let arrivals: [(due: UInt64, client: Int, milliseconds: Double)]

    init(_ pushes: [Pusher.Push], _ heard: [CrowdEars.Hearing]) {
        let due = Dictionary(pushes.map { ($0.mark, $0.due) }) { first, _ in first }
        arrivals = heard.compactMap { hearing in
            due[hearing.mark].map {
                ($0, hearing.client, Moment.milliseconds(from: $0, to: hearing.at))
            }
        }
    }

    /// Of those that were due in a time.
    func quantiles(
        from start: UInt64, to end: UInt64, among: (Int) -> Bool = { _ in true }
    ) -> Quantiles {
        Quantiles(arrivals.filter { $0.due >= start && $0.due < end && among($0.client) }.map(\.milliseconds))
    }

    func worst(from start: UInt64, to end: UInt64) -> Double { quantiles(from: start, to: end).max }
}
