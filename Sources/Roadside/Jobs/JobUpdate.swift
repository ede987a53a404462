import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

/// A decision of the rules in the words of one update document of `services`.
struct JobUpdate {
    /// Older events than this many fall off the document, into `job_events`.
    static let keptEvents = 50

    private var set: Document
    private var unset = Document()
    private var increments: Document = ["version": .int64(1)]
    private var additions = Document()
    private let events: [JobEvent]
    /// What this update pushes off the document, to be kept elsewhere in the same transaction.
    let displaced: [JobEvent]

    /// - Parameter closesSearch: whether its offers are taken back together with this.
    init(
        _ decision: JobDecision, of record: JobRecord, by actor: Actor, at now: Date, provider: ProviderProfile?,
        code: StartCode?, plan: SearchPlan, supervision: SupervisionPlan, closesSearch: Bool, extra: Document
    ) {
        set = ["status": .string(decision.to.rawValue), "updated_at": .date(now)]
        set.append(contentsOf: extra)
        let last = record.events.last?.seq ?? 0
        events = decision.steps.enumerated().map { index, step in
            let isSearch = step == .matching && decision.effects.contains(.startSearch)
            return JobEvent(
                seq: last + index + 1, at: now, status: step, by: actor, reason: decision.reason,
                attempt: isSearch ? record.search.attempt + 1 : nil)
        }
        displaced = Array(record.events.prefix(max(0, record.events.count + events.count - Self.keptEvents)))
        if let failure = decision.failure { set.append("failure", .string(failure.rawValue)) }
        if decision.to.isTerminal {
            set.append("closed_at", .date(now))
            // Its customer may open another one (K46).
            if record.policy.isSingleOpen { unset.append(JobRecord.singleOpen, "") }
        }

        // Other offers of a job that nobody shall take any more are withdrawn by the dispatcher, a few at a time, right after.
        if closesSearch {
            unset.append("dispatch.next_timer_at", "")
        } else if decision.effects.contains(.withdrawOffers) || decision.effects.contains(.startSearch) {
            set.append("dispatch.next_timer_at", .date(now))
        }

        for effect in decision.effects {
            apply(effect, record: record, now: now, provider: provider, code: code, plan)
        }
        watch(decision, record, now: now, provider: provider, by: supervision)
    }

    var update: Update {
        var document: Document = [
            "$set": .document(set), "$inc": .document(increments),
            "$push": [
                "events": [
                    "$each": .array(events.map { .document($0.document) }),
                    "$slice": .int32(Int32(-Self.keptEvents)),
                ]
            ],
        ]
        if !unset.isEmpty { document.append("$unset", .document(unset)) }
        if !additions.isEmpty { document.append("$addToSet", .document(additions)) }
        return .document(document)
    }

    /// Who takes the job is watched until he arrives; then there is something to be learned from his way, unless he says
    /// it with the end of the job and nobody knows when he was there.
    private mutating func watch(
        _ decision: JobDecision, _ record: JobRecord, now: Date, provider: ProviderProfile?, by plan: SupervisionPlan
    ) {
        if decision.to.isApproach {
            guard !record.status.isApproach else { return }
            let metres = provider?.location?.distance(to: record.pickup.point)
            set.append("watch", .document(Approach.beginning(metres, at: now, plan)))
        } else if record.status.isApproach, decision.steps.contains(.arrived), !decision.to.isTerminal {
            set.append("watch.arrived_at", .date(now))
            set.append("watch.next_at", .date(now))
        } else if record.status.isApproach {
            unset.append("watch", "")
        }
    }

    private mutating func apply(
        _ effect: JobDecision.Effect, record: JobRecord, now: Date, provider: ProviderProfile?, code: StartCode?,
        _ plan: SearchPlan
    ) {
        switch effect {
        case .createOTP:
            if let code { set.append("otp", .document(code.document)) }
        case .clearOTP:
            unset.append("otp", "")
        case .occupyProvider(let id):
            set.append("assigned_to", .id(id))
            set.append("provider_slot", "current")
            set.append("accepted_at", .date(now))
            let person = provider.map(JobRecord.Person.init) ?? JobRecord.Person(number: 0, name: "")
            set.append("provider", .document(person.document))
            set.append("provider_vehicle_id", ifPresent: provider?.work.truck?.id)
        case .unassign:
            for field in ["assigned_to", "provider", "provider_vehicle_id", "accepted_at", "way_metres", "eta"] {
                unset.append(field, "")
            }
        case .clearSlot:
            unset.append("provider_slot", "")
        case .exclude(let id):
            additions.append("dispatch.excluded", .id(id))
        case .countReallocation:
            increments.append("dispatch.reallocations", .int32(1))
        case .startSearch:
            // Whom the customer chose is asked alone first, but for a job that came back from a provider.
            let isPicked = !record.status.isLive && record.search.preferred != nil
            set.append("dispatch.mode", .string((isPicked ? DispatchMode.pick : record.search.baseMode).rawValue))
            set.append("dispatch.started_at", .date(now))
            set.append("dispatch.deadline", .date(now.addingTimeInterval(plan.searchSeconds)))
            unset.append("dispatch.resume_at", "")
            unset.append("dispatch.round_at", "")
            // Each search is an attempt of its own: whoever only stayed silent in the one before may be asked again.
            increments.append("dispatch.attempt", .int32(1))
        case .scheduleSearch(let moment):
            set.append("dispatch.resume_at", .date(moment))
        case .withdrawOffers:
            unset.append("dispatch.round_at", "")
        case .releaseProvider, .releaseOffer:
            break
        }
    }
}
