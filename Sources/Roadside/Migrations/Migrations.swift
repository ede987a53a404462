import BSON
import Foundation
import Mongo

/// Brings the database to the shape this version needs, once, however many servers start together.
public struct Migrations: Sendable {
    /// In order. A new one is a new file and a new line.
    static let all: [any Migration] = [
        M0001CreateCollections(), M0002CreateIndexes(), M0003CreateReferenceCollections(),
        M0004CreateBookingIndexes(), M0005IndexLists(), M0006IndexSearch(), M0007DropIndexes(),
        M0008KeepAppointments(), M0009CreateZones(), M0010IndexDispatch(), M0011IndexFleets(), M0012IndexPositions(),
        M0013KeepPrices(), M0014KeepAnswers(), M0015KeepPresence(), M0016RelayPositions(), M0017IndexPeople(),
        M0018KeepUploads(), M0019KeepTalk(), M0020KeepBudgets(), M0021KeepAudit(), M0022KeepPolicies(),
        M0023KeepOrigins(), M0024IndexAdministration(),
    ]

    /// Building an index over many documents takes longer than any request may.
    private static let patience: Duration = .seconds(3600)

    private let store: Store
    private let list: [any Migration]
    private let waiting: Duration

    init(_ dependencies: Dependencies, list: [any Migration] = Migrations.all, waiting: Duration = .seconds(120)) {
        store = dependencies.store
        self.list = list.sorted { $0.number < $1.number }
        self.waiting = waiting
    }

    /// Every migration this version knows, and when it was applied.
    public func status() async throws(RoadsideError) -> [MigrationStatus] {
        let records = try await store.database { () async throws(MongoError) in try await store.migrations.find() }
        var dates: [Int: Date] = [:]
        for record in records {
            if let number: Int = record.get("_id") { dates[number] = record.get("applied_at") ?? .distantPast }
        }
        return list.map { MigrationStatus(number: $0.number, name: $0.name, appliedAt: dates[$0.number]) }
    }

    /// Applies what is pending.
    ///
    /// - Parameters:
    ///   - last: the last number to apply; everything when absent.
    ///   - dryRun: changes nothing and tells what would be done.
    /// - Throws: `CONFLICT` when another process keeps migrating; the failure of a migration, which may be run again.
    @discardableResult
    public func run(to last: Int? = nil, dryRun: Bool = false) async throws(RoadsideError) -> MigrationReport {
        if dryRun { return try await preview(to: last) }
        let lease = try await MigrationLease.acquire(store, waiting: waiting)
        async let _: Void = lease.keep(store)
        do {
            let report = try await apply(to: last, under: lease)
            await lease.release(store)
            return report
        } catch {
            await lease.release(store)
            throw error
        }
    }

    private func apply(to last: Int?, under lease: MigrationLease) async throws(RoadsideError) -> MigrationReport {
        let before = try await collections()
        var applied: [MigrationStatus] = []
        let pending = try await pending(to: last)
        let isIncomplete = !before.isSuperset(of: M0001CreateCollections.promised)
        for migration in list where migration.number <= last ?? .max {
            let isPending = pending.contains { $0.number == migration.number }
            guard isPending || isIncomplete && migration.restoresCollections else { continue }
            try await apply(migration)
            guard isPending else { continue }
            try await lease.record(migration, store)
            applied.append(MigrationStatus(number: migration.number, name: migration.name, appliedAt: nil))
        }
        let after = try await collections()
        return MigrationReport(
            isDryRun: false,
            collections: M0001CreateCollections.promised.map { name in
                .init(name: name, state: before.contains(name) ? .exists : after.contains(name) ? .created : .missing)
            }, migrations: applied)
    }

    private func apply(_ migration: any Migration) async throws(RoadsideError) {
        do {
            try await Deadline.$scoped.withValue(.after(Self.patience)) { try await migration.apply(to: store) }
        } catch {
            throw RoadsideError(any: error)
        }
    }

    private func preview(to last: Int?) async throws(RoadsideError) -> MigrationReport {
        let existing = try await collections()
        return MigrationReport(
            isDryRun: true,
            collections: M0001CreateCollections.promised.map { name in
                .init(name: name, state: existing.contains(name) ? .exists : .missing)
            },
            migrations: try await pending(to: last).map {
                MigrationStatus(number: $0.number, name: $0.name, appliedAt: nil)
            })
    }

    private func pending(to last: Int?) async throws(RoadsideError) -> [any Migration] {
        let applied = Set(try await status().filter { $0.appliedAt != nil }.map(\.number))
        return list.filter { !applied.contains($0.number) && $0.number <= last ?? .max }
    }

    private func collections() async throws(RoadsideError) -> Set<String> {
        Set(try await store.database { () async throws(MongoError) in try await store.client.collectionNames() })
    }
}
