import RoadsideRules

/// What was acknowledged is there, what is there was asked for, and nothing acts twice.
enum WriteCheck {
    static func violations(_ evidence: Evidence) -> [Violation] {
        openings(evidence)
            + evidence.jobs.flatMap { story in
                let commands = evidence.commands[story.job.id] ?? []
                return kept(story, commands, evidence) + counted(story, commands, evidence) + caused(story, commands)
            }
    }

    private static func openings(_ evidence: Evidence) -> [Violation] {
        let booked = Set(evidence.history.final.bookings.map(\.job))
        return evidence.history.commands.filter { $0.isDone && ($0.kind == .open || $0.kind == .book) }.compactMap {
            command in
            guard let id = command.job, let story = evidence.stories[id], story.job.customer == command.actor else {
                return Violation("", "an acknowledged job is not there: \(command)", job: command.job)
            }
            guard command.kind == .open || booked.contains(id) else {
                return Violation("", "the acknowledged booking of job \(story.job.number) is not there", job: id)
            }
            return nil
        }
    }

    private static func kept(_ story: JobStory, _ commands: [CommandRecord], _ evidence: Evidence) -> [Violation] {
        let job = story.job
        return commands.filter { $0.isDone && !isThere($0, story, evidence) }.map {
            Violation(
                "", "job \(job.number) does not show what was acknowledged: \($0)", job: job.id, provider: $0.actor)
        }
    }

    private static func isThere(_ command: CommandRecord, _ story: JobStory, _ evidence: Evidence) -> Bool {
        let job = story.job
        func event(_ status: String) -> Bool {
            job.events.contains { $0.status == status && $0.actor == command.actor && $0.at <= command.ended }
        }
        func held(by provider: String?) -> Bool {
            story.tenures.contains { $0.provider == provider && $0.from <= command.ended }
        }
        switch (command.kind, command.role) {
        case (.open, _), (.book, _), (.look, _): return true
        case (.accept, _): return held(by: command.actor)
        case (.decline, _): return job.declined.contains(command.actor)
        case (.cancel, .provider):
            return (event("matching") || event("expired")) && job.excluded.contains(command.actor)
        case (.cancel, _): return event("cancelled") && job.status == "cancelled"
        case (.start, _): return event("in_progress")
        case (.complete, _): return event("completed") && job.status == "completed"
        case (.advance, _): return command.target.map(event) ?? false
        case (.assign, .customer):
            return evidence.offers[job.id]?.contains { $0.provider == command.provider } ?? false
        case (.assign, _): return held(by: command.provider)
        }
    }

    /// Two acknowledgements of the same step by the same person are two steps, unless the second repeats a key.
    private static func counted(_ story: JobStory, _ commands: [CommandRecord], _ evidence: Evidence) -> [Violation] {
        let job = story.job
        let steps = commands.filter { $0.isDone && [.cancel, .start, .complete, .advance].contains($0.kind) }
        let groups = Dictionary(grouping: steps) { Step(actor: $0.actor, status: status(of: $0)) }
        return groups.compactMap { step, done in
            let keyed = evidence.history.honoursKeys ? Set(done.compactMap(\.key)).count : 0
            let distinct = keyed > 0 ? keyed + done.count { $0.key == nil } : done.count
            let shown = job.events.count { event in
                event.actor == step.actor
                    && (event.status == step.status || step.status == "matching" && event.status == "expired")
            }
            guard distinct > shown else { return nil }
            return Violation(
                "", "job \(job.number) shows \(shown) of \(distinct) acknowledged steps to \(step.status)", job: job.id,
                provider: step.actor)
        }
    }

    private struct Step: Hashable {
        let actor: String
        let status: String
    }

    private static func status(of command: CommandRecord) -> String {
        switch (command.kind, command.role) {
        case (.cancel, .provider): "matching"
        case (.cancel, _): "cancelled"
        case (.start, _): "in_progress"
        case (.complete, _): "completed"
        default: command.target ?? ""
        }
    }

    /// Every step that a person made was asked for by that person, in a request that was not refused.
    private static func caused(_ story: JobStory, _ commands: [CommandRecord]) -> [Violation] {
        let job = story.job
        return job.events.compactMap { event in
            guard let actor = event.actor else { return nil }
            let causes = causes(of: event)
            let isAsked = commands.contains { command in
                command.actor == actor && command.began <= event.at && command.mayHaveHappened
                    && causes.contains(command.kind)
            }
            // Whose opening was never answered is known by the customer alone.
            let isOpening = event.by == "customer" && causes.contains(.open)
            guard !isAsked, !isOpening else { return nil }
            return Violation(
                "", "job \(job.number) became \(event.status) though the request was refused or never made",
                job: job.id, provider: actor)
        }
    }

    private static func causes(of event: FinalState.Event) -> Set<CommandRecord.Kind> {
        switch (event.status, event.by) {
        case ("scheduled", _), ("requested", _), ("matching", "customer"): [.open, .book]
        case ("accepted", "provider"): [.accept, .advance]
        case ("accepted", _): [.assign]
        case ("matching", _), ("expired", _), ("cancelled", _): [.cancel, .advance]
        default: [.start, .advance, .complete]
        }
    }
}
