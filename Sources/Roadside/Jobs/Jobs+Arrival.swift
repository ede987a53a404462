import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

extension Jobs {
    /// Weighs a provider's word that he is there against what his receiver has said (T4). His position is read only for a
    /// decision that brings him there, and only when he has sent one on his way.
    ///
    /// - Returns: the decision, made anew when he cannot be there.
    /// - Throws: `NOT_AT_SCENE`.
    func checkingArrival(
        _ decision: JobDecision, _ facts: JobFacts, _ command: JobCommand, _ record: JobRecord, by actor: Actor,
        in transaction: MongoTransaction
    ) throws -> JobDecision {
        guard decision.steps.contains(.arrived), actor.role == .provider, let provider = facts.assignedTo,
            let approach = record.approach, approach.fixAt != nil
        else { return decision }
        let fix = try transaction.mechanics.findOne(["_id": .id(provider)]).flatMap(Fix.init(lastOf:))
        // Who tells all of it at the end was there and has driven on. How near is kept in steps: it may have been one nearer.
        let nearest = approach.progress.nearestMetres.map { $0 - dependencies.settings.supervision.stallMetres }
        let now = dependencies.now()
        var facts = facts
        facts.metresAway = ArrivalRules.metresAway(
            fix, nearest: decision.to == .arrived ? nil : nearest, from: record.pickup.point,
            since: approach.progress.startedAt, now: now,
            topSpeed: dependencies.settings.topSpeed)
        return facts.metresAway == nil ? decision : try JobRules.decide(facts, command, by: actor, now: now).orThrow()
    }

    /// What `change` throws, noted when it contradicts a provider's word.
    func noted(_ error: RoadsideError, of caller: Caller) -> RoadsideError {
        if error.code == .notAtScene { dependencies.security.note(.spoofLocation, of: caller.userID) }
        return error
    }
}
