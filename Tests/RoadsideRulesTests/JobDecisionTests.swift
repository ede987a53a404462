import BSON
import FoundationEssentials
import RoadsideRules
import Testing

@Suite("What follows from a decision, and what a refusal says")
struct JobDecisionTests {
    private func effects(_ status: JobStatus, _ command: JobCommand, by name: String) throws -> Set<JobDecision.Effect>
    {
        try JobCast.decide(JobCast.facts(status), command, by: name).get().effects
    }

    @Test("Accepting occupies the one who accepts, makes a code and withdraws the other offers (E6)")
    func accept() throws {
        let decision = try JobCast.decide(JobCast.facts(.matching), .accept, by: "candidate").get()
        #expect(decision.from == .matching)
        #expect(decision.to == .accepted)
        #expect(decision.effects == [.occupyProvider(JobCast.other), .createOTP, .withdrawOffers])
        #expect(
            try effects(.matching, .assign(JobCast.holder), by: "system")
                == [.occupyProvider(JobCast.holder), .createOTP, .withdrawOffers])
    }

    @Test("A provider who leaves is set free, excluded and counted, and the search starts again")
    func leave() throws {
        let left: Set<JobDecision.Effect> = [
            .releaseProvider, .unassign, .clearSlot, .releaseOffer, .clearOTP, .exclude(JobCast.holder),
            .countReallocation, .startSearch,
        ]
        for status in [JobStatus.accepted, .enRoute] {
            #expect(try effects(status, .cancel(reason: "flat tyre"), by: "holder") == left)
            #expect(try effects(status, .reallocate(), by: "dispatcher") == left)
            #expect(try effects(status, .reallocate(), by: "system") == left)
        }
    }

    @Test("The sixth leaving expires the job; staff may still look for another")
    func sixthLeaving() throws {
        #expect(JobRules.maxReallocations == 5)
        for (count, expected) in [(0, "M"), (4, "M"), (5, "P"), (6, "P")] {
            let facts = JobCast.facts(.enRoute) { $0.reallocations = count }
            #expect(JobCast.short(JobCast.decide(facts, .cancel(), by: "holder")) == expected)
            #expect(JobCast.short(JobCast.decide(facts, .reallocate(), by: "system")) == expected)
            #expect(JobCast.short(JobCast.decide(facts, .reallocate(), by: "admin")) == "M")
        }
        let last = JobCast.facts(.accepted) { $0.reallocations = 5 }
        let decision = try JobCast.decide(last, .advance(to: .cancelled, reason: "ill"), by: "holder").get()
        #expect(decision.to == .expired)
        #expect(decision.reason == "ill")
        #expect(
            decision.effects == [
                .releaseProvider, .unassign, .clearSlot, .releaseOffer, .clearOTP, .exclude(JobCast.holder),
                .withdrawOffers,
            ])
    }

    @Test("Starting wipes the code, finishing frees the provider, a walk gathers both")
    func finish() throws {
        #expect(try effects(.arrived, .start(.verified), by: "holder") == [.clearOTP])
        #expect(try effects(.inProgress, .complete, by: "holder") == [.releaseProvider, .clearSlot, .clearOTP])
        #expect(
            try effects(.accepted, .advance(to: .completed), by: "holder") == [.releaseProvider, .clearSlot, .clearOTP])
        #expect(try effects(.accepted, .depart, by: "holder").isEmpty)
    }

    @Test("A cancelled search concerns offers only, a cancelled live job its provider too")
    func cancel() throws {
        #expect(try effects(.matching, .cancel(), by: "owner") == [.withdrawOffers])
        #expect(
            try effects(.arrived, .cancel(), by: "owner")
                == [.withdrawOffers, .releaseProvider, .clearSlot, .releaseOffer, .clearOTP])
        #expect(try effects(.matching, .expire, by: "system") == [.withdrawOffers])
        #expect(try effects(.requested, .match, by: "owner") == [.startSearch])
    }

    @Test("Postponing takes the offers back and says when to search again, from wherever nobody holds the job")
    func postpone() throws {
        let moment = JobCast.now.addingTimeInterval(7200)
        for status in [JobStatus.scheduled, .requested, .matching] {
            let decision = try JobCast.decide(JobCast.facts(status), .postpone(searchAt: moment), by: "owner").get()
            #expect(decision.steps == [.scheduled])
            #expect(decision.effects == [.withdrawOffers, .scheduleSearch(moment)])
        }
        guard
            case .failure(let late) = JobCast.decide(JobCast.facts(.accepted), .postpone(searchAt: moment), by: "owner")
        else {
            Issue.record("a refusal expected")
            return
        }
        #expect(late.message == "The job is accepted: its time can no longer be changed.")
    }

    @Test("A failure keeps its kind; the word alone means unsuccessful")
    func failure() throws {
        let left = JobCommand.fail(.goneOnArrival, reason: "left", contactAttempted: true)
        let gone = try JobCast.decide(JobCast.facts(.arrived), left, by: "holder").get()
        #expect(gone.failure == .goneOnArrival)
        #expect(gone.reason == "left")
        let word = try JobCast.decide(JobCast.facts(.towing), .advance(to: .failed), by: "holder").get()
        #expect(word.failure == .unsuccessful)
        let done = try JobCast.decide(JobCast.facts(.inProgress), .complete, by: "holder").get()
        #expect(done.failure == nil)
    }

    @Test("A refusal lists what its hearer may do instead")
    func legalNext() {
        func next(_ status: JobStatus, _ name: String) -> String {
            String(
                JobRules.legalNext(JobCast.facts(status), by: JobCast.actor(name), now: JobCast.now).map(JobCast.letter)
            )
        }
        #expect(next(.accepted, "holder") == "ERITDCX")
        #expect(next(.arrived, "holder") == "ITDCF")
        #expect(next(.inProgress, "holder") == "TDCF")
        #expect(next(.matching, "candidate") == "A")
        #expect(next(.accepted, "candidate") == "")
        #expect(next(.accepted, "owner") == "X")
        #expect(next(.requested, "owner") == "MX")
        #expect(next(.inProgress, "owner") == "")
        #expect(next(.enRoute, "admin") == "MRITDCX")
        #expect(next(.matching, "system") == "P")
        #expect(next(.completed, "admin") == "")
        #expect(next(.accepted, "stranger") == "")
        #expect(next(.accepted, "partner") == "")
        let noWay = JobCast.facts(.inProgress) { $0.hasDestination = false }
        #expect(JobRules.legalNext(noWay, by: JobCast.actor("holder"), now: JobCast.now) == [.completed, .failed])
        let excluded = JobCast.facts(.matching) { $0.excluded = [JobCast.other] }
        #expect(JobRules.legalNext(excluded, by: JobCast.actor("candidate"), now: JobCast.now).isEmpty)
    }

    @Test("A stranger learns nothing, a refused owner what is left to him")
    func refusals() throws {
        #expect(throws: Refusal.self) { try JobCast.decide(JobCast.facts(.accepted), .cancel(), by: "stranger").get() }
        guard case .failure(let hidden) = JobCast.decide(JobCast.facts(.accepted), .cancel(), by: "stranger"),
            case .failure(let late) = JobCast.decide(JobCast.facts(.inProgress), .cancel(), by: "owner"),
            case .failure(let role) = JobCast.decide(JobCast.facts(.accepted), .complete, by: "owner")
        else {
            Issue.record("three refusals expected")
            return
        }
        #expect(hidden.legalNext.isEmpty)
        #expect(late.message == "The job is in progress: it can no longer be cancelled.")
        #expect(role.code == .roleNotAllowed)
        #expect(role.legalNext == [.cancelled])
    }

    @Test("The codes are the words of the wire")
    func codes() {
        #expect(
            RefusalCode.allCases.map(\.rawValue) == [
                "ILLEGAL_TRANSITION", "JOB_ALREADY_TAKEN", "JOB_CANCELLED", "JOB_EXPIRED", "NOT_YOURS",
                "ROLE_NOT_ALLOWED", "OTP_REQUIRED", "OTP_INVALID", "OTP_LOCKED", "PROVIDER_BUSY",
                "PROVIDER_NOT_ELIGIBLE", "OFFER_EXPIRED", "WAIT_NOT_OVER", "CONTACT_REQUIRED",
                "PAYMENT_REQUIRED", "NOT_AT_SCENE",
            ])
        #expect(
            JobStatus.allCases.filter(\.isLive).map(\.rawValue).joined(separator: " ")
                == "accepted en_route arrived in_progress towing at_destination")
        #expect(JobStatus.allCases.filter(\.isTerminal) == [.completed, .cancelled, .expired, .failed])
        #expect(JobStatus.allCases.allSatisfy { $0.isOpen != $0.isTerminal })
    }
}
