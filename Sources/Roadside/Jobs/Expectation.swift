import BSON
import RoadsideRules

/// Which version of a job a command is meant for: that which its sender has seen.
///
/// It is looked at inside the transaction that changes the job, after it is clear that the job is the sender's business
/// and before its state is asked: so nobody learns the version of a foreign job, and of many commands for one version
/// one succeeds.
public struct Expectation: Sendable, Hashable {
    /// nil is any version.
    let versions: Set<Int64>?

    /// Whatever the job has become.
    public static let any = Expectation(versions: nil)

    /// One of these; none of them is never met.
    public static func oneOf(_ versions: Set<Int64>) -> Expectation { Expectation(versions: versions) }

    /// - Throws: `PRECONDITION_FAILED` with the job's `version` as it is.
    func check(_ record: JobRecord) throws(RoadsideError) {
        try check(version: record.version)
    }

    /// - Throws: `PRECONDITION_FAILED` with this version.
    func check(version: Int64) throws(RoadsideError) {
        guard let versions, !versions.contains(version) else { return }
        throw RoadsideError(
            .preconditionFailed, "The job has changed since you saw it. Please look again.",
            details: [("version", .int(version))])
    }

    /// A decision about a job of this version.
    ///
    /// - Throws: `NOT_FOUND` and `FORBIDDEN` before `PRECONDITION_FAILED`, all other refusals after it.
    func decided<Decision>(
        _ decision: Result<Decision, Refusal>, about record: JobRecord
    ) throws(RoadsideError) -> Decision {
        if case .failure(let refusal) = decision, [.notYours, .roleNotAllowed].contains(refusal.code) {
            throw RoadsideError(refusal)
        }
        try check(record)
        return try decision.orThrow()
    }
}
