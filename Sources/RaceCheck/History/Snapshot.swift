/// What one transaction read of the database in the middle of the run: true at one moment, all of it together.
public struct Snapshot: Sendable, Hashable {
    /// A provider and a job.
    public struct Pair: Sendable, Hashable {
        public var provider: String
        public var job: String

        public init(provider: String, job: String) {
            self.provider = provider
            self.job = job
        }
    }

    public var at: Int64
    /// Jobs that occupy their provider.
    public var holders: [Pair]
    /// Providers and the job their profile says they are at.
    public var current: [Pair]
    /// Open offers to one provider alone.
    public var exclusive: [Pair]

    public init(at: Int64, holders: [Pair] = [], current: [Pair] = [], exclusive: [Pair] = []) {
        self.at = at
        self.holders = holders
        self.current = current
        self.exclusive = exclusive
    }
}
