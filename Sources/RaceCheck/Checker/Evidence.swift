/// A history with its indexes: what the rules have in common.
struct Evidence: Sendable {
    let history: History
    /// The story of every job in the database, by id.
    let stories: [String: JobStory]
    /// Every request about a job, by its id and in order of their beginning.
    let commands: [String: [CommandRecord]]
    /// The offers of a job.
    let offers: [String: [FinalState.Offer]]
    /// The inbox rows about a job.
    let rows: [String: [FinalState.Row]]
    /// Every time a provider held a job.
    let tenures: [String: [JobStory.Tenure]]

    init(_ history: History) {
        self.history = history
        let final = history.final
        let rows = Dictionary(grouping: final.rows.filter { $0.job != nil }) { $0.job ?? "" }
        let stories = Dictionary(
            final.jobs.map { ($0.id, JobStory($0, rows: rows[$0.id] ?? [])) }, uniquingKeysWith: { first, _ in first })
        self.rows = rows
        self.stories = stories
        commands = Dictionary(grouping: history.commands.filter { $0.job != nil }) { $0.job ?? "" }
        offers = Dictionary(grouping: final.offers, by: \.job)
        tenures = Dictionary(grouping: stories.values.flatMap(\.tenures), by: \.provider)
    }

    /// Jobs in a stable order.
    var jobs: [JobStory] { history.final.jobs.compactMap { stories[$0.id] } }

    /// How long after its stamp a change may become visible: a transaction stamps first and commits when its rivals are
    /// through, at the latest after the deadline of its request.
    static let slack: Int64 = 10_000
}
