/// The chances that providers were given: one accepted at most, none left open by a closed job, and each end told.
enum OfferCheck {
    static func violations(_ evidence: Evidence) -> [Violation] {
        evidence.jobs.flatMap { story in
            states(story.job, evidence.offers[story.job.id] ?? []) + told(story.job, evidence)
        } + evidence.history.snapshots.flatMap(exclusive)
    }

    private static func states(_ job: FinalState.Job, _ offers: [FinalState.Offer]) -> [Violation] {
        var found: [Violation] = []
        func broken(_ sentence: String, _ provider: String? = nil) {
            found.append(Violation("", "job \(job.number) \(sentence)", job: job.id, provider: provider))
        }
        let accepted = offers.filter { $0.state == "accepted" }
        if accepted.count > 1 { broken("has \(accepted.count) accepted offers") }
        if JobStory.live.contains(job.status), accepted.first?.provider != job.holder {
            broken("is held by somebody without an accepted offer", job.holder)
        }
        if job.status == "matching", let winner = accepted.first {
            broken("is open again, and an offer of it is still accepted", winner.provider)
        }
        if job.status != "matching", offers.contains(where: { $0.state == "offered" }) {
            broken("is \(job.status), and an offer of it is still open")
        }
        let attempts = Dictionary(grouping: offers) { "\($0.provider) \($0.attempt)" }
        if attempts.contains(where: { $0.value.count > 1 }) {
            broken("was offered twice to one provider in one search")
        }
        return found
    }

    /// Each offer that was taken back or ran out is followed by word of it.
    private static func told(_ job: FinalState.Job, _ evidence: Evidence) -> [Violation] {
        let ended = (evidence.offers[job.id] ?? []).filter { $0.state == "withdrawn" || $0.state == "expired" }
        let word = (evidence.rows[job.id] ?? []).filter { $0.kind == "offer.withdrawn" }
        return Dictionary(grouping: ended, by: \.provider).sorted { $0.key < $1.key }.compactMap { provider, offers in
            guard word.count(where: { $0.recipient == provider }) < offers.count else { return nil }
            return Violation(
                "", "provider \(provider.suffix(6)) was not told that his offer of job \(job.number) is over",
                job: job.id, provider: provider)
        }
    }

    private static func exclusive(_ snapshot: Snapshot) -> [Violation] {
        let providers = Dictionary(grouping: snapshot.exclusive, by: \.provider).filter { $0.value.count > 1 }
        let jobs = Dictionary(grouping: snapshot.exclusive, by: \.job).filter { $0.value.count > 1 }
        return providers.keys.sorted().map {
            Violation(
                "", "at \(snapshot.at) provider \($0.suffix(6)) was asked alone about several jobs",
                job: providers[$0]?.first?.job, provider: $0)
        }
            + jobs.keys.sorted().map {
                Violation("", "at \(snapshot.at) several providers were asked, each alone, about one job", job: $0)
            }
    }
}
