/// Nobody loses without a reason, and the reason is true.
enum RefusalCheck {
    static func violations(_ evidence: Evidence) -> [Violation] {
        evidence.history.commands.compactMap { command in
            guard let answer = command.answer, !command.isDone else { return nil }
            guard let fault = fault(command, answer, evidence) else { return nil }
            return Violation("", "\(fault): \(command)", job: command.job, provider: command.actor)
        }
    }

    /// The server could not, and says so; nothing was done.
    private static let outages: Set<String> = ["OVERLOADED", "DATABASE_UNAVAILABLE"]

    /// Reasons that lie in the state of things.
    private static let reasons: Set<String> = [
        "JOB_ALREADY_TAKEN", "JOB_CANCELLED", "JOB_EXPIRED", "OFFER_EXPIRED", "OFFER_DECLINED", "PROVIDER_BUSY",
        "PROVIDER_NOT_ELIGIBLE", "ILLEGAL_TRANSITION", "OTP_REQUIRED", "OTP_INVALID", "OTP_LOCKED", "NOT_FOUND",
        "CONFLICT",
    ]

    private static func fault(
        _ command: CommandRecord, _ answer: CommandRecord.Answer, _ evidence: Evidence
    ) -> String? {
        guard let code = answer.code else { return "refused without a reason" }
        if answer.status == 503, outages.contains(code) { return nil }
        if answer.status >= 500 { return "the server failed" }
        if code.hasPrefix("IDEMPOTENCY") { return nil }
        // What else a booking may be refused for is not the business of this check.
        if command.kind == .book { return nil }
        guard reasons.contains(code) else { return "refused for a reason that cannot be" }
        guard let id = command.job, let story = evidence.stories[id] else {
            return "refused about a job that is not there"
        }
        return isTrue(code, of: command, story, evidence) ? nil : "refused for a reason that is not true"
    }

    private static func isTrue(
        _ code: String, of command: CommandRecord, _ story: JobStory, _ evidence: Evidence
    ) -> Bool {
        func was(_ statuses: Set<String>) -> Bool {
            story.mayHaveBeen(statuses, from: command.began, to: command.ended)
        }
        switch code {
        case "JOB_CANCELLED": return was(["cancelled"])
        case "JOB_EXPIRED": return was(["expired"])
        case "JOB_ALREADY_TAKEN": return was(JobStory.live.union(["completed", "failed"]))
        default: break
        }
        guard command.kind == .accept else { return true }
        let offers = evidence.offers[story.job.id] ?? []
        let own = offers.filter { $0.provider == command.actor && $0.sentAt <= command.ended }
        switch code {
        case "OFFER_EXPIRED": return !own.isEmpty
        case "OFFER_DECLINED": return mayHaveDeclined(command, story, evidence)
        case "PROVIDER_BUSY":
            return (evidence.tenures[command.actor] ?? []).contains {
                $0.job != story.job.id && $0.from <= command.ended
                    && ($0.to == .max || $0.to + Evidence.slack >= command.began)
            }
        case "PROVIDER_NOT_ELIGIBLE":
            return mayHaveDeclined(command, story, evidence) || story.job.excluded.contains(command.actor)
                || isAskedAlone(story, offers)
        case "ILLEGAL_TRANSITION":
            let holds = story.tenures.contains { $0.provider == command.actor && $0.from <= command.ended }
            return was(["scheduled", "requested"]) || holds
        case "NOT_FOUND":
            // Whoever has not been asked does not learn of a job that is being offered to somebody alone.
            return own.allSatisfy { $0.sentAt + Evidence.slack >= command.began } && isAskedAlone(story, offers)
        default: return false
        }
    }

    private static func mayHaveDeclined(_ command: CommandRecord, _ story: JobStory, _ evidence: Evidence) -> Bool {
        (evidence.commands[story.job.id] ?? []).contains {
            $0.kind == .decline && $0.actor == command.actor && $0.mayHaveHappened && $0.began <= command.ended
        }
    }

    /// Whether the job was ever offered to one provider before the others.
    private static func isAskedAlone(_ story: JobStory, _ offers: [FinalState.Offer]) -> Bool {
        story.job.preferred != nil || story.job.mode != "broadcast" || offers.contains { $0.mode != "broadcast" }
    }
}
