public import Foundation

/// One migration and when it was applied, if it was.
public struct MigrationStatus: Sendable, Hashable {
    public let number: Int
    public let name: String
    public let appliedAt: Date?
}

/// What a run did, or would do.
public struct MigrationReport: Sendable, Hashable {
    /// Of one of the collections that D26 promises.
    public enum CollectionState: String, Sendable {
        case created = "Created"
        case exists = "Exists"
        /// Only in a dry run: the run would create it.
        case missing = "Missing"
    }

    public struct Collection: Sendable, Hashable {
        public let name: String
        public let state: CollectionState
    }

    public let isDryRun: Bool
    /// The nine of D26, in its order.
    public let collections: [Collection]
    /// Applied by this run, or waiting to be in a dry run.
    public let migrations: [MigrationStatus]

    /// One line each, as D26 words it: `Created: users`.
    public var lines: [String] {
        collections.map { "\($0.state.rawValue): \($0.name)" }
            + migrations.map { "\(isDryRun ? "Pending" : "Applied"): \($0.number) \($0.name)" }
    }
}
