public import BSON
public import FoundationEssentials

/// The one place that says what may happen to a job, by whom, and what follows (domain §4.4). Pure: facts in, decision
/// or refusal out.
public struct JobRules: Sendable {
    /// How often a job may go back to matching by its provider's or the system's doing. When it happens once more the
    /// job expires: nobody withdrew it, no provider could be found who keeps it, which is what `expired` says (and
    /// every dialect tells the customer so); a cancellation would have to name somebody who cancelled.
    public static let maxReallocations = 5

    /// Decides one command.
    ///
    /// - A terminal job is frozen: `JOB_CANCELLED`, `JOB_EXPIRED` or `ILLEGAL_TRANSITION`.
    /// - A customer moves only his own job, a provider only the job he holds (else `NOT_YOURS`); accepting is open to
    ///   any provider here, because offers and eligibility are checked with the database's own clock.
    /// - Forward commands may be said late: `.start` from `accepted` says arrival too, for two of the source documents
    ///   have no word between. The statuses on the way are in `steps`. Only `.start` and `.advance` pass the start.
    /// - `.postpone` is one step from every status in which nobody holds the job, `scheduled` included: to another time.
    /// - The start code (contracts K23): a provider's `.start` needs it; `.advance` needs it when the job's policy
    ///   requires it; staff never do; a wrong one is refused from everybody. While the code is locked only staff pass
    ///   the start, and only without a code.
    /// - A job that is paid for by card first is taken by nobody before (A29); one paid for at the pickup is not started by
    ///   its provider before: `PAYMENT_REQUIRED` (K24). Staff may start it: they answer for it.
    /// - A provider whose own receiver says that he is elsewhere does not arrive: `NOT_AT_SCENE` (T4), unless he brings the
    ///   code. Staff and the system do.
    /// - An `.advance` that the start code, the payment or the place stops on the way keeps the steps up to it; `stoppedBy`
    ///   says so (K4).
    public static func decide(
        _ facts: JobFacts, _ command: JobCommand, by actor: Actor, now: Date
    ) -> Result<JobDecision, Refusal> {
        let deliberation = JobDeliberation(facts: facts, actor: actor, now: now)
        do throws(JobObjection) {
            return .success(try deliberation.decide(command))
        } catch {
            return .failure(deliberation.refusal(error))
        }
    }

    /// Every status this actor may lead the job to now, in order of a job's life, a start code granted but no
    /// payment.
    public static func legalNext(_ facts: JobFacts, by actor: Actor, now: Date) -> [JobStatus] {
        JobDeliberation(facts: facts, actor: actor, now: now).legalNext
    }

    /// Whether this actor may send this provider an offer of the job, which changes no status: its customer who
    /// chooses, staff who propose, the system's own search. `nil` means yes.
    public static func offerRefusal(
        _ facts: JobFacts, to provider: ObjectID, by actor: Actor, now: Date
    ) -> Refusal? {
        let deliberation = JobDeliberation(facts: facts, actor: actor, now: now)
        do throws(JobObjection) {
            try deliberation.permitOffer(to: provider)
            return nil
        } catch {
            return deliberation.refusal(error)
        }
    }

    /// Whether this actor may change what is written about the job, its appointment for example, which changes no status:
    /// its customer and staff, until it is finished. `nil` means yes.
    public static func amendmentRefusal(_ facts: JobFacts, by actor: Actor, now: Date) -> Refusal? {
        let deliberation = JobDeliberation(facts: facts, actor: actor, now: now)
        do throws(JobObjection) {
            try deliberation.permitAmendment()
            return nil
        } catch {
            return deliberation.refusal(error)
        }
    }

    /// Why a claim that `decide` allowed found nothing to change, told from the job as it is now: taken, cancelled,
    /// expired; or still open, and then the offer had run out.
    public static func lostClaim(_ facts: JobFacts, by actor: Actor, now: Date) -> Refusal {
        let deliberation = JobDeliberation(facts: facts, actor: actor, now: now)
        return deliberation.refusal(
            deliberation.claimObjection
                ?? JobObjection(.offerExpired, "The offer of this job is no longer open."))
    }

    /// The provider holds another job already (the database's unique index said so).
    public static func busy(_ facts: JobFacts, by actor: Actor, now: Date) -> Refusal {
        JobDeliberation(facts: facts, actor: actor, now: now)
            .refusal(JobObjection(.providerBusy, "The provider already has a job in hand."))
    }
}
