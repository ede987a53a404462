import BSON
import Mongo
public import Roadside
import RoadsideRules

/// Brings the data of an old system over. It may be ended at any moment and run again: rows that are there are passed over.
public struct Import: Sendable {
    let map: SystemMap
    let options: ImportOptions
    let arrivals: Arrivals
    let progress: @Sendable (SeedProgress) -> Void
    let rejected: @Sendable (RejectedRow) -> Void

    /// - Parameters:
    ///   - progress: called before the first and after each batch.
    ///   - rejected: called for each row that stays out or does not come whole, one after the other.
    public init(
        from system: OldSystem, into roadside: Roadside, _ options: ImportOptions = ImportOptions(),
        progress: @escaping @Sendable (SeedProgress) -> Void = { _ in },
        rejected: @escaping @Sendable (RejectedRow) -> Void = { _ in }
    ) {
        map = SystemMap.of(system)
        self.options = options
        arrivals = roadside.arrivals
        self.progress = progress
        self.rejected = rejected
    }

    /// - Parameter source: where its rows are.
    /// - Throws: ``ImportFault`` when a table of people is missing or a table cannot be read, before anything is written;
    ///   `RoadsideError` when our database fails.
    public func run(_ source: ImportSource) async throws -> ImportReport {
        let tables = try await source.opened()
        do {
            let report = try await run(tables)
            await tables.close()
            return report
        } catch {
            await tables.close()
            throw error
        }
    }

    private func run(_ tables: Tables) async throws -> ImportReport {
        let run = ImportRun(self, tables)
        try await run.check()
        for people in map.people { try await run.bring(people) }
        try await run.bringJobs()
        if let reviews = map.reviews { try await run.bring(reviews) }
        return run.report
    }
}
