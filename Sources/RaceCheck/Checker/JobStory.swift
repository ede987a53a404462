/// What a job's own events say about it: which status it had when, and who held it.
struct JobStory: Sendable {
    /// A time during which one provider held the job.
    struct Tenure: Sendable, Hashable {
        let provider: String
        let job: String
        let from: Int64
        /// `Int64.max` while it lasts.
        let to: Int64
    }

    let job: FinalState.Job
    let tenures: [Tenure]
    /// Acceptances by staff whose provider no inbox row names.
    let unnamed: Int

    init(_ job: FinalState.Job, rows: [FinalState.Row]) {
        self.job = job
        // An event by staff does not say whom they chose; his inbox does.
        var told = rows.filter { $0.kind == "job.status" && $0.status == "accepted" && $0.recipient != job.customer }
            .sorted { $0.at < $1.at }
        var tenures: [Tenure] = []
        var unnamed = 0
        for (index, event) in job.events.enumerated() where event.status == "accepted" {
            let end = job.events[(index + 1)...].first { !Self.live.contains($0.status) }?.at ?? .max
            let byProvider = event.by == "provider" ? event.actor : nil
            let row = told.firstIndex { byProvider == nil || $0.recipient == byProvider }
            let named = row.map { told.remove(at: $0).recipient }
            guard let provider = byProvider ?? named else {
                unnamed += 1
                continue
            }
            tenures.append(Tenure(provider: provider, job: job.id, from: event.at, to: end))
        }
        self.tenures = tenures
        self.unnamed = unnamed
    }

    /// Who held the job just before this event.
    func holder(before index: Int) -> String? {
        guard index > 0 else { return nil }
        let moment = job.events[index].at
        let started = job.events[..<index].count { $0.status == "accepted" }
        guard started > 0, started <= tenures.count, unnamed == 0 else { return nil }
        let tenure = tenures[started - 1]
        return tenure.from <= moment && Self.live.contains(job.events[index - 1].status) ? tenure.provider : nil
    }

    /// Whether the job may have been seen in one of these statuses between two moments.
    func mayHaveBeen(_ statuses: Set<String>, from: Int64, to: Int64) -> Bool {
        for (index, event) in job.events.enumerated() where statuses.contains(event.status) && event.at <= to {
            let end = index + 1 < job.events.count ? job.events[index + 1].at : .max
            if end == .max || end + Evidence.slack >= from { return true }
        }
        return false
    }

    /// Statuses in which a provider holds the job.
    static let live: Set<String> = ["accepted", "en_route", "arrived", "in_progress", "towing", "at_destination"]
    static let terminal: Set<String> = ["completed", "cancelled", "expired", "failed"]
}
