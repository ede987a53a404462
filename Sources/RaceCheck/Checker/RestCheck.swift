/// When nobody does anything any more, every job is finished, in somebody's hands, or has a timer that will fire.
enum RestCheck {
    static func violations(_ evidence: Evidence) -> [Violation] {
        let now = evidence.history.final.at
        return evidence.history.final.jobs.compactMap { job in
            guard !JobStory.terminal.contains(job.status), !JobStory.live.contains(job.status) else { return nil }
            let sentence: String? =
                switch job.status {
                case "matching" where job.deadline < now - patience: "is still searched for after its deadline"
                case "matching", "scheduled":
                    switch job.timer {
                    case nil: "is \(job.status) and has no timer"
                    case let timer? where timer < now - patience: "is \(job.status) and its timer did not fire"
                    default: nil
                    }
                default: "is stuck as \(job.status)"
                }
            return sentence.map { Violation("", "job \(job.number) \($0)", job: job.id) }
        }
    }

    /// A timer whose server was killed is served again when its lease of 15 s is over.
    private static let patience: Int64 = 30_000
}
