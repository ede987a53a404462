import ArgumentParser
import BSON
import FixOnCallServer
import Roadside

/// `fixoncall migrate [--dry-run|--status|--to]`.
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Bring the database to the schema of this version.")

    @OptionGroup var options: SettingsOptions

    @Flag(help: "Say what would be done, and do nothing.") var dryRun = false
    @Flag(help: "List every migration and when it was applied.") var status = false
    @Option(help: "Stop after the migration of this number.") var to: Int?

    func validate() throws {
        if dryRun && status { throw ValidationError("choose one of --dry-run and --status") }
    }

    func run() async throws {
        try await Opening.withServices(options) { services, _ in
            let migrations = services.roadside.migrations
            if status {
                for migration in try await migrations.status() {
                    let when = migration.appliedAt.map(ISO8601.seconds) ?? "pending             "
                    Terminal.say("\(when)  \(migration.number) \(migration.name)")
                }
                return
            }
            let report = try await migrations.run(to: to, dryRun: dryRun)
            for line in report.lines { Terminal.say(line) }
            if report.migrations.isEmpty { Terminal.say("Nothing to do.") }
        }
    }
}
