import BSON
import FoundationEssentials
import RoadsideRules

/// The people around one job, and short words for what they may hear.
enum JobCast {
    static let owner = ObjectID("65a000000000000000000001") ?? ObjectID()
    static let stranger = ObjectID("65a000000000000000000002") ?? ObjectID()
    static let holder = ObjectID("65a000000000000000000003") ?? ObjectID()
    static let other = ObjectID("65a000000000000000000004") ?? ObjectID()
    static let staff = ObjectID("65a000000000000000000005") ?? ObjectID()
    static let now = Date(timeIntervalSince1970: 1_760_000_000)

    /// Every kind of asker.
    static let actors: [(name: String, actor: Actor)] = [
        ("owner", Actor(role: .customer, userID: owner)),
        ("stranger", Actor(role: .customer, userID: stranger)),
        ("holder", Actor(role: .provider, userID: holder)),
        ("candidate", Actor(role: .provider, userID: other)),
        ("dispatcher", Actor(role: .dispatcher, userID: staff)),
        ("admin", Actor(role: .admin, userID: staff)),
        ("partner", Actor(role: .partner, userID: staff)),
        ("system", .system),
    ]

    static func actor(_ name: String) -> Actor { actors.first { $0.name == name }?.actor ?? .system }

    /// A job with a destination; its holder holds it from acceptance on, after its end too.
    static func facts(_ status: JobStatus, _ change: (inout JobFacts) -> Void = { _ in }) -> JobFacts {
        let early: Set<JobStatus> = [.scheduled, .requested, .matching]
        var facts = JobFacts(
            status: status, customerID: owner, assignedTo: early.contains(status) ? nil : holder, hasDestination: true,
            otp: OTPFacts(hasCode: status.showsStartCode), arrivedAt: now.addingTimeInterval(-3600))
        change(&facts)
        return facts
    }

    static func decide(_ facts: JobFacts, _ command: JobCommand, by name: String) -> Result<JobDecision, Refusal> {
        JobRules.decide(facts, command, by: actor(name), now: now)
    }

    static let letters: [(JobStatus, Character)] = [
        (.scheduled, "S"), (.requested, "Q"), (.matching, "M"), (.accepted, "A"), (.enRoute, "E"), (.arrived, "R"),
        (.inProgress, "I"), (.towing, "T"), (.atDestination, "D"), (.completed, "C"), (.cancelled, "X"),
        (.expired, "P"), (.failed, "F"),
    ]

    static func letter(_ status: JobStatus) -> Character { letters.first { $0.0 == status }?.1 ?? "?" }

    static let codes: [RefusalCode: String] = [
        .illegalTransition: "ILL", .jobAlreadyTaken: "TAK", .jobCancelled: "CAN", .jobExpired: "EXP",
        .notYours: "NYR", .roleNotAllowed: "ROL", .otpRequired: "REQ", .otpInvalid: "INV", .otpLocked: "LCK",
        .providerBusy: "BSY", .providerNotEligible: "NEL", .offerExpired: "OFX",
        .waitNotOver: "WAI", .contactRequired: "CON", .paymentRequired: "PAY",
        .notAtScene: "FAR",
    ]

    /// `ERI` for the steps walked, `ER/REQ` for a walk stopped there, `ILL` for a refusal.
    static func short(_ result: Result<JobDecision, Refusal>) -> String {
        switch result {
        case .success(let decision):
            let steps = String(decision.steps.map(letter))
            return decision.stoppedBy.map { "\(steps)/\(codes[$0.code] ?? "?")" } ?? steps
        case .failure(let refusal):
            return codes[refusal.code] ?? "?"
        }
    }

    /// The cells of a table typed as text: name → thirteen words in the order of a job's life.
    static func rows(_ text: String) -> [String: [String]] {
        text.split(separator: "\n").reduce(into: [:]) { rows, line in
            let words = line.split(separator: " ").map(String.init)
            rows[words[0]] = Array(words.dropFirst())
        }
    }
}
