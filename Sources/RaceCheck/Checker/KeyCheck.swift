/// A request that carries a key a second time is answered like the first and does nothing. Servers that do not know the
/// header are not held to it; the other rules hold for them all the same.
enum KeyCheck {
    static func violations(_ evidence: Evidence) -> [Violation] {
        guard evidence.history.honoursKeys else { return [] }
        let keyed = evidence.history.commands.filter { $0.key != nil && $0.isDone }
        let answers = Dictionary(grouping: keyed) { "\($0.actor) \($0.key ?? "")" }
        let repeats = answers.sorted { $0.key < $1.key }.compactMap { _, commands -> Violation? in
            let different = Set(commands.map { [$0.answer?.job, $0.answer?.version.map(String.init)] })
            guard different.count > 1, let first = commands.first else { return nil }
            return Violation("", "a repeated key was answered differently: \(commands)", job: first.job)
        }
        return repeats + openings(evidence)
    }

    private static func openings(_ evidence: Evidence) -> [Violation] {
        let keyed = evidence.history.commands.filter { $0.key != nil && $0.mark != nil }
        let marks = Dictionary(grouping: keyed) { $0.mark ?? "" }
        return marks.sorted { $0.key < $1.key }.compactMap { mark, commands -> Violation? in
            let jobs = evidence.history.final.jobs.filter { $0.description == mark }
            let keys = Set(commands.map(\.key))
            guard jobs.count > keys.count, let job = jobs.last else { return nil }
            return Violation("", "one key opened \(jobs.count) jobs (\(mark))", job: job.id)
        }
    }
}
