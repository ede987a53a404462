import BSON
import FoundationEssentials
import Mongo
import RoadsideRules
import Synchronization

/// Brings in what other systems know: people, jobs that are over, and what was said of them.
///
/// A batch is one transaction, so that a person and his working side, or a job, its review and its provider's stars are
/// there together or not at all. The same row has the same id in every run: a run that was killed is simply run again,
/// and passes over what is there. What people have changed since stays as it is.
public struct Arrivals: Sendable {
    let dependencies: Dependencies
    let passwords: PasswordHasher

    /// What became of a row.
    public enum Outcome: Sendable, Hashable {
        case new
        /// It is there from an earlier run.
        case known
        /// Why not; a sentence without personal data.
        case refused(String)
    }

    /// Rows of one kind in one transaction.
    public static let batch = 500
    /// A batch takes longer on a busy machine than a request may.
    static let patience: Duration = .seconds(120)

    var store: Store { dependencies.store }
    var settings: RoadsideSettings { dependencies.settings }

    /// Whether somebody with this stored hash could sign in by it.
    public func canVerify(_ passwordHash: String) -> Bool { passwords.canVerify(passwordHash) }

    /// Runs a batch in a transaction. Somebody who registers, or a second import, may be quicker; then what is written is
    /// looked at anew.
    func commit(
        _ attempt: () async throws(RoadsideError) -> (@Sendable (MongoTransaction) throws -> Void)?
    ) async throws(RoadsideError) {
        for round in 1... {
            guard let body = try await attempt() else { return }
            do {
                return try await Deadline.$scoped.withValue(.after(Self.patience)) { try await store.transaction(body) }
            } catch {
                let problem = RoadsideError(any: error)
                guard round < 5, [.emailTaken, .phoneTaken, .conflict].contains(problem.code) else { throw problem }
            }
        }
    }
}

/// What a rehearsal would have written: it is asked beside the database.
public final class Rehearsal: Sendable {
    struct State {
        var people: [ObjectID: Role] = [:]
        var addresses: Set<String> = []
        /// Those that may be reviewed.
        var completed: Set<ObjectID> = []
    }

    let state = Mutex(State())

    public init() {}
}

extension RoadsideError {
    /// In one sentence.
    var reason: String { fields.isEmpty ? message : fields.map { "\($0.name): \($0.message)" }.joined(separator: " ") }
}
