import BSON
import FoundationEssentials

/// A refusal before it knows what would have been legal.
struct JobObjection: Error, Hashable {
    let code: RefusalCode
    let message: String

    init(_ code: RefusalCode, _ message: String) {
        self.code = code
        self.message = message
    }
}

/// One command being weighed: standing, then the way through the table, then the guards on it.
struct JobDeliberation {
    typealias Transition = JobTransition

    let facts: JobFacts
    let actor: Actor
    let now: Date

    func decide(_ command: JobCommand) throws(JobObjection) -> JobDecision {
        let intent = JobIntent(command, from: facts.status, by: actor)
        let party = try standing(for: intent)
        let way = try way(for: intent, party: party)
        let (passed, stop) = try guarded(way, intent: intent, party: party)
        return JobDecision(
            from: facts.status,
            steps: passed.map(\.to),
            effects: Set(passed.flatMap { effects(of: $0, intent: intent) }),
            failure: passed.last?.to == .failed ? intent.failure : nil,
            reason: command.reason,
            stoppedBy: stop.map { stop in
                var reached = facts
                reached.status = passed.last?.to ?? facts.status
                return JobDeliberation(facts: reached, actor: actor, now: now).refusal(stop)
            })
    }

    func refusal(_ objection: JobObjection) -> Refusal {
        Refusal(
            code: objection.code, message: objection.message,
            legalNext: objection.code == .notYours ? [] : legalNext)
    }

    var legalNext: [JobStatus] {
        JobStatus.allCases.filter { target in
            let intent = JobIntent(.advance(to: target), from: facts.status, by: actor)
            do throws(JobObjection) {
                let party = try standing(for: intent)
                let way = try way(for: intent, party: party)
                return !way.contains { row in
                    let code = objection(to: row, intent: intent, party: party)?.code
                    return code == .providerNotEligible || code == .paymentRequired
                }
            } catch {
                return false
            }
        }
    }

    // MARK: Who asks

    /// The column of the table this actor speaks from, when the verb is one of that column at all.
    private func standing(for intent: JobIntent) throws(JobObjection) -> Transition.Party {
        let party: Transition.Party
        switch actor {
        case .system:
            party = .system
        case .user(_, .dispatcher), .user(_, .admin):
            party = .staff
        case .user(let id, .customer):
            guard id == facts.customerID else { throw .notYours }
            party = .customer
        case .user(let id, .provider):
            guard id == facts.assignedTo || intent.verb == .accept else { throw .notYours }
            party = .provider
        case .user(_, .partner):
            throw JobObjection(.roleNotAllowed, "A partner may look at jobs, not change them.")
        }
        if let verb = intent.verb, Transition.speakers[verb]?.contains(party) != true {
            throw JobObjection(.roleNotAllowed, "\(party.spoken) may not do this with a job.")
        }
        return party
    }

    // MARK: Which way

    /// The rows to pass, at least one.
    private func way(for intent: JobIntent, party: Transition.Party) throws(JobObjection) -> [Transition] {
        if intent.verb == .accept || intent.verb == .assign, let objection = claimObjection { throw objection }
        if let frozen { throw frozen }
        if intent.target == facts.status, intent.verb != .postpone {
            throw JobObjection(.illegalTransition, "The job is already \(status).")
        }
        guard let verb = intent.verb else {
            throw JobObjection(.illegalTransition, intent.hint ?? "No job becomes \(intent.target.spoken) again.")
        }

        if Transition.Verb.forward.contains(verb) {
            if let walk = walk(to: intent, party: party) { return walk }
        } else if let row = rows(from: facts.status, party: party, intent: intent).first(where: { $0.verb == verb }) {
            return [row]
        }
        throw JobObjection(.illegalTransition, missing(verb, intent))
    }

    /// The shortest way along forward rows. The table has at most one of that length between any two statuses.
    private func walk(to intent: JobIntent, party: Transition.Party) -> [Transition]? {
        var arrivals: [JobStatus: Transition] = [:]
        var frontier = [facts.status]
        while !frontier.isEmpty, arrivals[intent.target] == nil {
            var next: [JobStatus] = []
            for from in frontier {
                for row in rows(from: from, party: party, intent: intent)
                where Transition.Verb.forward.contains(row.verb) && row.to != facts.status && arrivals[row.to] == nil {
                    if row.verb == .start && !intent.passesStart { continue }
                    arrivals[row.to] = row
                    next.append(row.to)
                }
            }
            frontier = next
        }
        var way: [Transition] = []
        var status = intent.target
        while status != facts.status {
            guard let row = arrivals[status] else { return nil }
            way.insert(row, at: 0)
            status = row.from
        }
        return way
    }

    private func rows(from: JobStatus, party: Transition.Party, intent: JobIntent) -> [Transition] {
        Transition.leaving[from, default: []].filter { row in
            guard row.parties.contains(party) else { return false }
            return switch row.condition {
            case .always: true
            case .destination: facts.hasDestination
            case .reallocationsLeft: facts.reallocations < JobRules.maxReallocations
            case .reallocationsSpent: facts.reallocations >= JobRules.maxReallocations
            case .failure(let kinds): intent.failure.map(kinds.contains) ?? false
            }
        }
    }

    // MARK: What stops it

    /// The rows that may be passed and what stopped the walk after them, if anything. A guard at the first step, a
    /// wrong code, and any guard of a command that is not a walk refuse the whole.
    private func guarded(
        _ way: [Transition], intent: JobIntent, party: Transition.Party
    ) throws(JobObjection) -> ([Transition], JobObjection?) {
        for (index, row) in way.enumerated() {
            guard let objection = objection(to: row, intent: intent, party: party) else { continue }
            guard index > 0, intent.mayStopShort, objection.code != .otpInvalid else { throw objection }
            return (Array(way[..<index]), objection)
        }
        return (way, nil)
    }

    private func objection(to row: Transition, intent: JobIntent, party: Transition.Party) -> JobObjection? {
        if row.guards.contains(.notExcluded), let provider = intent.provider, facts.excluded.contains(provider) {
            return JobObjection(.providerNotEligible, "You left or declined this job before.")
        }
        if row.guards.contains(.cardCharged), facts.awaitsCard { return .cardNotCharged }
        // Before the code is asked for: no try of it is spent on a start that cannot be. Staff may, as they may without it.
        if row.guards.contains(.paid), party == .provider, facts.awaitsPayment {
            return JobObjection(.paymentRequired, "The job must be paid for before the work starts.")
        }
        if row.guards.contains(.startCode) { return codeObjection(intent, party: party) }
        if row.guards.contains(.patience) { return patienceObjection(intent, party: party) }
        if row.guards.contains(.presence) { return presenceObjection(intent, party: party) }
        return nil
    }

    /// Who brings the customer's code has met him, wherever his receiver takes him to be.
    private func presenceObjection(_ intent: JobIntent, party: Transition.Party) -> JobObjection? {
        guard party == .provider, intent.otp != .verified, let metres = facts.metresAway else { return nil }
        let tenths = Int((metres / 100).rounded())
        return JobObjection(
            .notAtScene,
            "Your last position is \(tenths / 10).\(tenths % 10) km from the pickup. Go there, or ask a dispatcher.")
    }

    private func patienceObjection(_ intent: JobIntent, party: Transition.Party) -> JobObjection? {
        guard party == .provider, intent.failure?.blamesCustomer == true else { return nil }
        // Without a known arrival nobody can say that he has waited.
        let waited = facts.arrivedAt.map { now.timeIntervalSince($0) } ?? 0
        if waited < facts.waitSeconds {
            let minutes = Int(((facts.waitSeconds - waited) / 60).rounded(.up))
            return JobObjection(
                .waitNotOver, "Please wait for the customer a while longer: \(minutes) min.")
        }
        if !intent.contactAttempted {
            return JobObjection(
                .contactRequired, "Please call the customer or write to him first, and say that you did.")
        }
        return nil
    }

    private func codeObjection(_ intent: JobIntent, party: Transition.Party) -> JobObjection? {
        let required = party != .staff && (intent.needsCode || facts.startOTPRequired)
        // Also where no code is asked for: who has just guessed five times shall not walk in without one.
        if facts.otp.isLocked(at: now), party != .staff || intent.otp != .none {
            return JobObjection(.otpLocked, "Too many wrong codes; wait a few minutes and try again.")
        }
        switch intent.otp {
        case .verified: return nil
        case .wrong: return JobObjection(.otpInvalid, "This is not the code the customer was given.")
        case .none:
            return required ? JobObjection(.otpRequired, "The customer's code is needed to start the work.") : nil
        }
    }

    /// Why nobody can claim the job from here.
    var claimObjection: JobObjection? {
        switch facts.status {
        case .matching: nil
        case .scheduled, .requested:
            JobObjection(.illegalTransition, "The job is \(status): no provider is sought yet.")
        case .cancelled, .expired: frozen
        case .accepted, .enRoute, .arrived, .inProgress, .towing, .atDestination, .completed, .failed:
            if actor.role == .provider, actor.userID == facts.assignedTo {
                JobObjection(.illegalTransition, "You already have this job.")
            } else {
                JobObjection(.jobAlreadyTaken, "Another provider has taken this job.")
            }
        }
    }

    func permitOffer(to provider: ObjectID) throws(JobObjection) {
        switch actor {
        case .system, .user(_, .dispatcher), .user(_, .admin): break
        case .user(let id, .customer): guard id == facts.customerID else { throw .notYours }
        case .user(_, .provider), .user(_, .partner):
            throw JobObjection(.roleNotAllowed, "Only its customer or a dispatcher offers a job.")
        }
        if facts.status != .requested, let claimObjection { throw claimObjection }
        if facts.awaitsCard { throw .cardNotCharged }
        if facts.excluded.contains(provider) {
            throw JobObjection(.providerNotEligible, "This provider left or declined the job before.")
        }
    }

    func permitAmendment() throws(JobObjection) {
        switch actor {
        case .system, .user(_, .dispatcher), .user(_, .admin): break
        case .user(let id, .customer): guard id == facts.customerID else { throw .notYours }
        case .user(_, .provider), .user(_, .partner):
            throw JobObjection(.roleNotAllowed, "Only its customer or a dispatcher changes what a job says.")
        }
        if let frozen { throw frozen }
    }

    private var frozen: JobObjection? {
        switch facts.status {
        case .cancelled: JobObjection(.jobCancelled, "The job was cancelled.")
        case .expired: JobObjection(.jobExpired, "The search has ended; no provider was found.")
        case .completed, .failed: JobObjection(.illegalTransition, "The job is \(status); nothing changes it any more.")
        default: nil
        }
    }

    private var status: String { facts.status.spoken }

    private func missing(_ verb: Transition.Verb, _ intent: JobIntent) -> String {
        switch verb {
        case .tow, .reachDestination:
            if !facts.hasDestination { return "The job has no destination to tow to." }
        case .postpone:
            return "The job is \(status): its time can no longer be changed."
        case .cancel where actor.role == .provider:
            return "The job is \(status): a provider can no longer give it back."
        case .cancel:
            return "The job is \(status): it can no longer be cancelled."
        case .fail:
            return "A job that is \(status) does not fail in this way."
        default:
            break
        }
        return "A job that is \(status) cannot become \(intent.target.spoken) now."
    }
}

extension JobDeliberation {
    private func effects(of row: Transition, intent: JobIntent) -> [JobDecision.Effect] {
        row.consequences.compactMap { consequence -> JobDecision.Effect? in
            switch consequence {
            case .createOTP: return .createOTP
            case .startSearch: return .startSearch
            case .withdrawOffers: return .withdrawOffers
            case .occupyProvider: return intent.provider.map { .occupyProvider($0) }
            case .scheduleSearch: return intent.searchAt.map { .scheduleSearch($0) }
            default: break
            }
            guard let holder = facts.assignedTo else { return nil }
            return switch consequence {
            case .clearOTP: .clearOTP
            case .releaseProvider: .releaseProvider
            case .unassign: .unassign
            case .clearSlot: .clearSlot
            case .releaseOffer: .releaseOffer
            case .exclude: .exclude(holder)
            case .countReallocation: .countReallocation
            case .createOTP, .startSearch, .scheduleSearch, .withdrawOffers, .occupyProvider: nil
            }
        }
    }
}

extension JobObjection {
    fileprivate static var cardNotCharged: JobObjection {
        JobObjection(.paymentRequired, "The job is offered to nobody before its card payment has succeeded.")
    }

    static var notYours: JobObjection { JobObjection(.notYours, "There is no such job of yours.") }
}

extension JobTransition.Party {
    fileprivate var spoken: String {
        switch self {
        case .customer: "A customer"
        case .provider: "A provider"
        case .staff: "A dispatcher"
        case .system: "The system"
        }
    }
}
