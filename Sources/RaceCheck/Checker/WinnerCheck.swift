/// One winner per attempt at a job: nobody takes what another holds, and no two are told that they have won.
enum WinnerCheck {
    static func violations(_ evidence: Evidence) -> [Violation] {
        evidence.jobs.flatMap { story in
            taken(story) + acknowledged(story, evidence.commands[story.job.id] ?? [])
        }
    }

    private static func taken(_ story: JobStory) -> [Violation] {
        let job = story.job
        var found: [Violation] = []
        var isHeld = false
        for event in job.events {
            if event.status == "accepted" {
                if isHeld { found.append(Violation("", "job \(job.number) was taken while it was held", job: job.id)) }
                isHeld = true
            } else if !JobStory.live.contains(event.status) {
                isHeld = false
            }
        }
        if JobStory.live.contains(job.status), let last = story.tenures.last, job.holder != last.provider {
            let sentence = "job \(job.number) is held by somebody other than the last who took it"
            found.append(Violation("", sentence, job: job.id, provider: job.holder))
        }
        return found
    }

    /// A version is one write: two winners under one version were told different things about the same write.
    private static func acknowledged(_ story: JobStory, _ commands: [CommandRecord]) -> [Violation] {
        let wins = commands.filter { $0.kind == .accept && $0.isDone }
        let byVersion = Dictionary(grouping: wins) { $0.answer?.version ?? 0 }
        return byVersion.sorted { $0.key < $1.key }.compactMap { version, wins in
            let winners = Set(wins.map(\.actor))
            guard winners.count > 1 else { return nil }
            return Violation(
                "", "job \(story.job.number) was promised to \(winners.count) providers in its version \(version)",
                job: story.job.id)
        }
    }
}
