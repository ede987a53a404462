import ArgumentParser
import BSON
import FixOnCallServer
import Roadside
import RoadsideRules

/// `fixoncall migrate [--dry-run|--status|--to]`.
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring the database to the schema of this version, and install the reference data.")

    @OptionGroup var options: SettingsOptions

    @Flag(help: "Say what would be done, and do nothing; exit status 3 when something would.") var dryRun = false
    @Flag(help: "List every migration and file of reference data, and when it was applied.") var status = false
    @Option(help: "Stop after the migration of this number, and install no reference data.") var to: Int?

    func validate() throws {
        if dryRun && status { throw ValidationError("choose one of --dry-run and --status") }
    }

    func run() async throws {
        try await Opening.withServices(options) { services, settings in
            let migrations = services.roadside.migrations
            if status {
                for migration in try await migrations.status() {
                    let when = migration.appliedAt.map(ISO8601.seconds) ?? "pending             "
                    Terminal.say("\(when)  \(migration.number) \(migration.name)")
                }
                try await Self.sayReference(services, settings: settings)
                return
            }
            if let to, try await !migrations.status().contains(where: { $0.number == to }) {
                throw Terminal.failure("there is no migration \(to)")
            }
            // Faulty files are told before anything is changed.
            if to == nil { _ = try Opening.reference(settings) }
            let report = try await migrations.run(to: to, dryRun: dryRun)
            for line in report.lines { Terminal.say(line) }
            // Only onto the whole schema: a partial one may not have a place for it.
            let reference =
                to == nil ? try await Opening.install(services, settings: settings, dryRun: dryRun).lines : []
            for line in reference { Terminal.say(line) }
            let hasAll = report.collections.allSatisfy { $0.state == .exists }
            if hasAll && report.migrations.isEmpty && reference.isEmpty {
                Terminal.say("Nothing to do.")
            } else if dryRun {
                throw ExitCode(3)
            }
        }
    }

    /// What is installed of each file, and what the folder has instead.
    private static func sayReference(_ services: Services, settings: Settings) async throws {
        let pending = try await Opening.install(services, settings: settings, dryRun: true).changes
        for installed in try await services.roadside.catalog.status() {
            let when = installed.installedAt.map(ISO8601.seconds) ?? "pending             "
            let version = installed.version.map { "version \($0)" } ?? "not installed"
            let waiting = pending.first { $0.file == installed.file }.map { ", version \($0.version) is pending" } ?? ""
            Terminal.say("\(when)  reference \(installed.file.rawValue) \(version)\(waiting)")
        }
    }
}
