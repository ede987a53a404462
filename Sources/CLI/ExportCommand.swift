import ArgumentParser
import FixOnCallServer
import Importing
import Roadside

/// `fixoncall export`: writes our data in the shapes of an old system.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write people and finished jobs in the shapes of an old system, as JSON lines.",
        discussion:
            "Customers and providers only: staff stay. The files are all that is known of many people; keep them safe.")

    @OptionGroup var options: SettingsOptions

    @Option(name: .customLong("as"), help: "fix-on-call, depannini, toota, careconnect or live-bookings.")
    var system: OldSystem
    @Option(help: "An empty folder, or one that is to be made.") var to: String
    @Flag(
        help: "Write password hashes, too. Whoever has the file can try passwords on them, and ours need our pepper.")
    var withPasswordHashes = false

    func run() async throws {
        try await Opening.withServices(options) { services, _ in
            let bar = ProgressBar()
            defer { bar.end() }
            do {
                let export = Export(as: system, of: services.roadside, withPasswordHashes: withPasswordHashes)
                let tables = try await export.run(to: to) { bar.show($0) }
                bar.end()
                for (table, rows) in tables { Terminal.say("\(table): \(rows) rows") }
            } catch let fault as ImportFault {
                throw Terminal.failure(fault.description)
            }
        }
    }
}
