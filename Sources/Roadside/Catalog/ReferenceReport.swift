public import Foundation
public import RoadsideRules

/// What an installation of reference data did, or would do.
public struct ReferenceReport: Sendable, Hashable {
    public enum State: String, Sendable {
        case installed = "Installed"
        /// Only in a dry run: the run would install it.
        case pending = "Pending"
        /// The same version with the same content is there.
        case current = "Current"
        /// The database has a newer one, which is left alone.
        case older = "Older"
    }

    /// One file.
    public struct Entry: Sendable, Hashable {
        public let file: ReferenceFile
        /// Of the file.
        public let version: Int64
        public let state: State
    }

    public let entries: [Entry]
    /// Profiles whose capabilities were derived anew.
    public let profiles: Int

    public var changes: [Entry] { entries.filter { $0.state == .installed || $0.state == .pending } }

    /// One line for each file that something happened to, or would.
    public var lines: [String] {
        changes.map { "\($0.state.rawValue): reference \($0.file.rawValue) version \($0.version)" }
            + (profiles > 0 ? ["Derived: capabilities of \(profiles) provider(s)"] : [])
    }
}

/// The newest installed version of a file.
public struct ReferenceStatus: Sendable, Hashable {
    public let file: ReferenceFile
    /// nil when none is installed.
    public let version: Int64?
    public let installedAt: Date?
}
