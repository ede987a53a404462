import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

extension JobWriter {
    /// The claim itself, whoever decided it.
    func take(
        _ claim: Claim, _ decision: JobDecision, by actor: Actor, mode: DispatchMode, in transaction: MongoTransaction
    ) throws -> JobWriter.Outcome {
        let now = dependencies.now()
        let travel = Travel(dependencies: dependencies)
        let promise: Document =
            claim.profile.location.map { start in
                let time = travel.estimate(from: start, to: claim.job.pickup.point, at: now)
                return ["eta": .document(travel.arrival(after: time, from: now).promise)]
            } ?? [:]
        let outcome = try write(
            decision, to: claim.job, by: actor, provider: claim.profile, extra: promise, in: transaction)
        try claim.win(mode: mode, at: now, in: transaction)
        return outcome
    }
}
