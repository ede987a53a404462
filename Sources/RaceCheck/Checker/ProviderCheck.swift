/// At no time has a provider two jobs, and his profile says so, too.
enum ProviderCheck {
    static func violations(_ evidence: Evidence) -> [Violation] {
        overlaps(evidence) + ends(evidence.history.final) + evidence.history.snapshots.flatMap(moments)
    }

    /// By the events of all jobs. A new job is stamped after the end of the one before it was committed.
    private static func overlaps(_ evidence: Evidence) -> [Violation] {
        evidence.tenures.sorted { $0.key < $1.key }.flatMap { provider, tenures in
            let ordered = tenures.sorted { ($0.from, $0.to) < ($1.from, $1.to) }
            return zip(ordered, ordered.dropFirst()).compactMap { first, second -> Violation? in
                guard second.from < first.to else { return nil }
                return Violation(
                    "", "provider \(provider.suffix(6)) took another job while he held \(first.job)", job: second.job,
                    provider: provider)
            }
        }
    }

    private static func ends(_ final: FinalState) -> [Violation] {
        var found: [Violation] = []
        let live = final.jobs.filter { JobStory.live.contains($0.status) }
        var held: [String: String] = [:]
        for job in live {
            guard let holder = job.holder else {
                found.append(Violation("", "job \(job.number) is \(job.status) and nobody holds it", job: job.id))
                continue
            }
            if job.slot == nil {
                found.append(Violation("", "job \(job.number) is \(job.status) without a slot", job: job.id))
            }
            if held.updateValue(job.id, forKey: holder) != nil {
                found.append(
                    Violation("", "provider \(holder.suffix(6)) has two jobs at the end", job: job.id, provider: holder)
                )
            }
        }
        for job in final.jobs where job.slot != nil && !JobStory.live.contains(job.status) {
            found.append(Violation("", "job \(job.number) is \(job.status) and occupies a slot", job: job.id))
        }
        for provider in final.providers where provider.job != held[provider.id] {
            found.append(
                Violation(
                    "", "the profile of \(provider.id.suffix(6)) and the jobs disagree on what he is at",
                    job: provider.job ?? held[provider.id], provider: provider.id))
        }
        for provider in final.providers where (provider.availability == "busy") != (held[provider.id] != nil) {
            found.append(
                Violation(
                    "",
                    "provider \(provider.id.suffix(6)) is \(provider.availability) "
                        + (held[provider.id] == nil ? "without a job" : "with a job"),
                    job: held[provider.id], provider: provider.id))
        }
        return found
    }

    private static func moments(_ snapshot: Snapshot) -> [Violation] {
        var found: [Violation] = []
        let holders = Dictionary(grouping: snapshot.holders, by: \.provider)
        for (provider, pairs) in holders where pairs.count > 1 {
            found.append(
                Violation(
                    "", "provider \(provider.suffix(6)) had \(pairs.count) jobs at \(snapshot.at)", job: pairs[0].job,
                    provider: provider))
        }
        for pair in Set(snapshot.holders).symmetricDifference(snapshot.current) {
            found.append(
                Violation(
                    "", "at \(snapshot.at) the profile of \(pair.provider.suffix(6)) and the jobs disagreed",
                    job: pair.job, provider: pair.provider))
        }
        return found.sorted { $0.sentence < $1.sentence }
    }
}
