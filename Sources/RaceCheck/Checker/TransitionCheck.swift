/// The walk of every job through its statuses (domain §4.4), by who may make each step. Typed in from the paper.
enum TransitionCheck {
    private static let any: Set<String> = ["customer", "provider", "staff", "system"]
    private static let worker: Set<String> = ["provider", "staff", "system"]
    private static let hands: Set<String> = ["provider", "staff"]
    private static let owner: Set<String> = ["customer", "staff"]

    /// From, to, and who may.
    private static let legal: [String: [String: Set<String>]] = [
        "": ["scheduled": owner, "requested": owner],
        "scheduled": [
            "requested": ["customer", "staff", "system"], "scheduled": owner,
            "cancelled": ["customer", "staff", "system"],
        ],
        "requested": [
            "matching": ["customer", "staff", "system"], "scheduled": owner,
            "cancelled": ["customer", "staff", "system"],
        ],
        "matching": ["accepted": worker, "scheduled": owner, "cancelled": owner, "expired": ["system"]],
        "accepted": [
            "en_route": worker, "matching": worker, "cancelled": owner, "expired": ["provider", "system"],
        ],
        "en_route": ["arrived": worker, "matching": worker, "cancelled": owner, "expired": ["provider", "system"]],
        "arrived": ["in_progress": hands, "cancelled": owner, "failed": hands],
        "in_progress": ["towing": worker, "completed": hands, "cancelled": ["staff"], "failed": hands],
        "towing": ["at_destination": worker, "cancelled": ["staff"], "failed": hands],
        "at_destination": ["completed": hands, "cancelled": ["staff"], "failed": hands],
    ]

    /// A job goes back to matching so often by its providers' doing (domain §4.4).
    private static let reallocations = 5

    static func violations(_ evidence: Evidence) -> [Violation] {
        evidence.jobs.flatMap(walk)
    }

    private static func walk(_ story: JobStory) -> [Violation] {
        let job = story.job
        var found: [Violation] = []
        func broken(_ sentence: String) { found.append(Violation("", "job \(job.number) \(sentence)", job: job.id)) }

        var status = ""
        var moment = Int64.min
        for (index, event) in job.events.enumerated() {
            let by = party(event.by)
            let origin = status.isEmpty ? "nothing" : status
            if legal[status]?[event.status]?.contains(by) != true {
                broken("went from \(origin) to \(event.status) by \(by)")
            }
            if event.at < moment { broken("has an event \(event.status) older than the one before it") }
            if by == "customer", event.actor != job.customer { broken("was moved by a stranger to \(event.status)") }
            if by == "provider", event.status != "accepted", let holder = story.holder(before: index),
                holder != event.actor
            {
                broken("was led to \(event.status) by a provider who did not hold it")
            }
            status = event.status
            moment = event.at
        }
        if status != job.status { broken("is \(job.status), but its last event says \(status)") }
        let given = zip(job.events, job.events.dropFirst()).count { before, after in
            JobStory.live.contains(before.status) && after.status == "matching" && party(after.by) != "staff"
        }
        if given > reallocations { broken("was given back \(given) times") }
        return found
    }

    private static func party(_ by: String?) -> String {
        switch by {
        case nil: "system"
        case "admin", "dispatcher": "staff"
        case let role?: any.contains(role) ? role : "somebody unknown (\(role))"
        }
    }
}
