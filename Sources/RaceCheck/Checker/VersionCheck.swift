/// Versions only grow: who asks after an answer has come sees that answer's version or a later one, and a version never
/// says two things.
enum VersionCheck {
    static func violations(_ evidence: Evidence) -> [Violation] {
        evidence.jobs.flatMap { story in
            check(story.job, evidence.commands[story.job.id] ?? [], honoursKeys: evidence.history.honoursKeys)
        }
    }

    private static func check(
        _ job: FinalState.Job, _ commands: [CommandRecord], honoursKeys: Bool
    ) -> [Violation] {
        var found: [Violation] = []
        func broken(_ sentence: String) { found.append(Violation("", "job \(job.number) \(sentence)", job: job.id)) }

        var keys: Set<String> = []
        // A repeated key is answered with the first answer, old version and all.
        let fresh = commands.filter { command in
            guard command.answer?.version != nil, command.isDone else { return false }
            guard honoursKeys, let key = command.key else { return true }
            return keys.insert(command.actor + key).inserted
        }
        var meanings: [Int64: Meaning] = [:]
        for command in fresh {
            guard let answer = command.answer, let version = answer.version else { continue }
            if version > job.version { broken("was answered in a version \(version) it never had") }
            let meaning = Meaning(stage: answer.stage, holder: answer.holder)
            if let known = meanings[version], known != meaning { broken("was two things in its version \(version)") }
            meanings[version] = meaning
            let seen = fresh.filter { $0.ended < command.began }.compactMap { $0.answer?.version }.max() ?? 0
            if version < seen { broken("was answered in version \(version) after version \(seen)") }
        }
        return found
    }

    private struct Meaning: Equatable {
        let stage: String?
        let holder: String?
    }
}
