import Glibc
import Roadside
import RoadsideWeb
import Synchronization

/// Whether this process should be sent requests (operations.md §5.4).
///
/// A busy database is no reason to say no: any answer of its primary counts, and only after three seconds without one it
/// is asked.
final class Readiness: Sendable {
    private let isDraining = Atomic(false)
    private let isMigrated = Atomic(false)
    private let database: DatabaseMetrics
    private let pulse: Pulse
    private let migrations: Migrations
    private let folder: String

    /// - Parameter folder: on the disk whose room matters.
    init(_ database: DatabaseMetrics, pulse: Pulse, migrations: Migrations, folder: String) {
        (self.database, self.pulse, self.migrations, self.folder) = (database, pulse, migrations, folder)
    }

    /// From now on no more requests are wanted.
    func drain() { isDraining.store(true, ordering: .relaxed) }

    /// All must be up.
    func checks() async -> [HealthReport.Check] {
        [
            .init("serving", isUp: !isDraining.load(ordering: .relaxed)), .init("database", isUp: await seesPrimary()),
            .init("migrations", isUp: await hasMigrated()), .init("disk", isUp: Self.hasRoom(folder)),
        ]
    }

    func isReady() async -> Bool { await checks().allSatisfy(\.isUp) }

    private func seesPrimary() async -> Bool {
        if let silence = database.silence, silence <= Self.patience { return true }
        return await pulse.isFelt()
    }

    /// A database does not go back, so one look that found everything is enough; what is newer than we are does no harm.
    private func hasMigrated() async -> Bool {
        if isMigrated.load(ordering: .relaxed) { return true }
        guard let status = try? await migrations.status() else { return false }
        let isWhole = status.allSatisfy { $0.appliedAt != nil }
        if isWhole { isMigrated.store(true, ordering: .relaxed) }
        return isWhole
    }

    /// More than a twentieth of the disk is free; a folder that is not there yet is no reason to be unready.
    static func hasRoom(_ folder: String) -> Bool {
        var room = statvfs()
        guard statvfs(folder, &room) == 0, room.f_blocks > 0 else { return true }
        return Double(room.f_bavail) / Double(room.f_blocks) > 0.05
    }

    private static let patience = Duration.seconds(3)
}
