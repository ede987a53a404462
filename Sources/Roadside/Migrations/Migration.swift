import Mongo

/// One step of the schema: applied once per database and recorded, yet safe to apply twice, for a crash may come between
/// the two.
protocol Migration: Sendable {
    /// Order of application; never reused.
    var number: Int { get }
    var name: String { get }
    /// Applied again, recorded or not, when a promised collection was dropped by hand (D26).
    var restoresCollections: Bool { get }
    func apply(to store: Store) async throws(MongoError)
}

extension Migration {
    var restoresCollections: Bool { false }
}
