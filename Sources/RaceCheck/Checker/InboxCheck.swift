/// The inboxes: without a gap, and with a row for every step that its parties must hear of.
enum InboxCheck {
    static func violations(_ evidence: Evidence) -> [Violation] {
        numbered(evidence.history.final) + evidence.jobs.flatMap { told($0, evidence.rows[$0.job.id] ?? []) }
    }

    private static func numbered(_ final: FinalState) -> [Violation] {
        let rows = Dictionary(grouping: final.rows, by: \.recipient)
        let recipients = Set(rows.keys).union(final.heads.keys)
        return recipients.sorted().compactMap { recipient in
            let seqs = (rows[recipient] ?? []).map(\.seq).sorted()
            let head = final.heads[recipient] ?? 0
            guard seqs != Array(1..<(head + 1)) else { return nil }
            return Violation(
                "",
                "the inbox of \(recipient.suffix(6)) has \(seqs.count) rows up to \(seqs.last ?? 0), its head says \(head)",
                provider: recipient)
        }
    }

    private static func told(_ story: JobStory, _ rows: [FinalState.Row]) -> [Violation] {
        let job = story.job
        var found: [Violation] = []
        func broken(_ sentence: String, _ person: String) {
            found.append(Violation("", "job \(job.number): \(sentence)", job: job.id, provider: person))
        }
        let steps = Dictionary(grouping: rows.filter { $0.kind == "job.status" }, by: \.recipient)
        let customer = steps[job.customer] ?? []
        // On the way into the search, its beginning is the news.
        for (status, events) in Dictionary(grouping: job.events, by: \.status) where status != "requested" {
            if customer.count(where: { $0.status == status }) < events.count {
                broken("its customer was not told of \(status)", job.customer)
            }
        }
        let codes = rows.count { $0.kind == "job.otp" && $0.recipient == job.customer }
        if codes < job.events.count(where: { $0.status == "accepted" }) {
            broken("its customer was not given a code", job.customer)
        }
        if story.unnamed > 0 { broken("a provider was not told that he has it", "") }
        for (provider, tenures) in Dictionary(grouping: story.tenures, by: \.provider) {
            let own = steps[provider] ?? []
            if own.count(where: { $0.status == "accepted" }) < tenures.count {
                broken("a provider was not told that he has it", provider)
            }
            let ends = tenures.count { $0.to != .max }
            let farewells = own.count { row in row.status.map { !JobStory.live.contains($0) } ?? false }
            if farewells < ends { broken("a provider was not told that he has it no more", provider) }
        }
        return found.sorted { $0.sentence < $1.sentence }
    }
}
