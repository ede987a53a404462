import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

extension Jobs {
    /// Judges a code, counting the try in the database **before** comparing: a thousand guesses sent at once are still
    /// five, because each must first win one of the five counts.
    ///
    /// - Throws: `OTP_INVALID`, `OTP_LOCKED`, and whatever refuses the command even with the right code, in which case
    ///   no try is spent.
    func prove(
        _ otp: String?, _ reference: Reference, ifVersion expected: Expectation, by caller: Caller,
        for command: (OTPProof) -> JobCommand
    ) async throws(RoadsideError) -> StartProof {
        guard let otp, !otp.isEmpty else { return .none }
        let actor = Actor(caller)
        // Each round lost means that somebody else's try was counted; five are all there can be before the lock.
        for _ in 0...OTPRules.start.maxTries {
            let record = try await reader.record(reference, for: caller)
            let now = dependencies.now()
            // As if the code were right: whoever may not start at all shall not use up the customer's tries.
            var facts = record.facts
            facts.otp = OTPFacts(hasCode: true)
            let decision = try expected.decided(
                JobRules.decide(facts, command(.verified), by: actor, now: now), about: record)
            guard decision.steps.contains(.inProgress), let code = record.code else { return .none }

            switch OTPRules.start.judge(code.facts, matches: false, now: now) {
            case .locked(let until): throw .startLocked(until: until, now: now)
            case .verified, .expired, .missing: return .none
            case .wrong(let next, let triesLeft):
                guard try await count(next, after: code, of: record.id) else { continue }
                if StartCode.matches(otp, code, of: record.id, dependencies) {
                    return StartProof(proof: .verified, hash: code.hash)
                }
                if triesLeft == 0, let until = next.lockedUntil { throw .startLocked(until: until, now: now) }
                var refusal = RoadsideError(.otpInvalid, "This is not the code the customer was given.")
                refusal.details.append(("tries_left", .int(Int64(triesLeft))))
                throw refusal
            }
        }
        throw RoadsideError(.otpLocked, "Too many codes at once. Please wait a few minutes.")
    }

    /// False when somebody else's try was counted first.
    private func count(_ next: OTPFacts, after code: JobRecord.Code, of job: ObjectID) async throws(RoadsideError)
        -> Bool
    {
        let lock: BSONValue = code.facts.lockedUntil.map(BSONValue.date) ?? .null
        var set: Document = ["otp.tries": .int32(Int32(next.tries))]
        set.append("otp.locked_until", next.lockedUntil.map(BSONValue.date) ?? .null)
        let result = try await store.database { () async throws(MongoError) in
            try await store.services.updateOne(
                [
                    "_id": .id(job), "otp.start_hash": .string(code.hash),
                    "otp.tries": .int32(Int32(code.facts.tries)), "otp.locked_until": lock,
                ],
                ["$set": .document(set)])
        }
        return result.matched == 1
    }
}

extension RoadsideError {
    fileprivate static func startLocked(until: Date, now: Date) -> RoadsideError {
        let seconds = Int64(max(until.timeIntervalSince(now).rounded(.up), 1))
        return RoadsideError(
            .otpLocked, "Too many wrong codes; wait a few minutes and try again.",
            details: [("retry_after", .int(seconds))])
    }
}
