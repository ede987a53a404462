import BSON
import FoundationEssentials

/// A command in the words of the table: the verb, where it leads, what comes with it.
struct JobIntent {
    /// `nil` when no verb leads where the command wants to go.
    let verb: JobTransition.Verb?
    let target: JobStatus
    var otp: OTPProof = .none
    /// Who shall hold the job.
    var provider: ObjectID?
    var failure: JobFailure?
    var contactAttempted = false
    /// When a postponed search shall begin.
    var searchAt: Date?
    /// The way may lead through the start of the work.
    var passesStart = false
    /// A provider must bring the code whatever the job's policy.
    var needsCode = false
    /// A guard on the way keeps what was walked so far.
    var mayStopShort = false
    /// What to say when there is no verb.
    var hint: String?

    private init(_ verb: JobTransition.Verb?, _ target: JobStatus) {
        self.verb = verb
        self.target = target
    }

    init(_ command: JobCommand, from status: JobStatus, by actor: Actor) {
        switch command {
        case .request: self.init(.request, .requested)
        case .match: self.init(.match, .matching)
        case .postpone(let moment):
            self.init(.postpone, .scheduled)
            searchAt = moment
        case .accept:
            self.init(.accept, .accepted)
            provider = actor.userID
        case .assign(let chosen):
            self.init(.assign, .accepted)
            provider = chosen
        case .depart: self.init(.depart, .enRoute)
        case .arrive: self.init(.arrive, .arrived)
        case .start(let proof):
            self.init(.start, .inProgress)
            otp = proof
            passesStart = true
            needsCode = true
        case .tow: self.init(.tow, .towing)
        case .reachDestination: self.init(.reachDestination, .atDestination)
        case .complete: self.init(.complete, .completed)
        case .cancel: self.init(.cancel, .cancelled)
        case .withdraw:
            let hasBegun = status.isLive && !status.isApproach
            if hasBegun, actor.role == .provider {
                self.init(.fail, .failed)
                failure = .unsuccessful
            } else {
                self.init(.cancel, .cancelled)
            }
        case .reallocate: self.init(.reallocate, .matching)
        case .expire: self.init(.expire, .expired)
        case .fail(let kind, _, let tried):
            self.init(.fail, .failed)
            failure = kind
            contactAttempted = tried
        case .advance(let target, let proof, _):
            self.init(target: target, otp: proof, from: status, by: actor)
        }
    }

    /// What it takes to lead a job to this status.
    private init(target: JobStatus, otp: OTPProof, from status: JobStatus, by actor: Actor) {
        switch target {
        case .scheduled: self.init(nil, target)
        case .requested: self.init(.request, target)
        case .matching: self.init(status.isLive ? .reallocate : .match, target)
        case .accepted:
            if actor == .system || actor.role?.isStaff == true {
                self.init(nil, target)
                hint = status == .matching ? "Name the provider who shall have the job." : nil
            } else {
                self.init(.accept, target)
                provider = actor.userID
            }
        case .enRoute: self.init(.depart, target)
        case .arrived: self.init(.arrive, target)
        case .inProgress: self.init(.start, target)
        case .towing: self.init(.tow, target)
        case .atDestination: self.init(.reachDestination, target)
        case .completed: self.init(.complete, target)
        case .cancelled: self.init(.cancel, target)
        case .expired: self.init(.expire, target)
        case .failed:
            self.init(.fail, target)
            failure = .unsuccessful
        }
        self.otp = otp
        passesStart = true
        mayStopShort = true
    }
}
