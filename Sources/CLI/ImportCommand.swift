public import ArgumentParser
import BSON
import FixOnCallServer
import Foundation
public import Importing
import Roadside
import Synchronization

extension OldSystem: ExpressibleByArgument {}
extension ImportOptions.OpenJobs: ExpressibleByArgument {}

/// `fixoncall import`: brings the data of an old system over.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Bring people, jobs and reviews of an old system over; again changes nothing.",
        discussion: """
            A folder has a file for each table, as JSON lines (users.jsonl) or comma-separated text (users.csv); \
            Seeds/imports/README.md names the tables of each system. The old Fix On Call database can be read itself: give \
            its mongodb:// address, with its name behind the host. Old passwords go on working and are hashed anew at the \
            next sign-in. A run that was cut short, even by kill -9, is simply run again. Rows that stay out are told \
            with file, line and reason.
            """)

    @OptionGroup var options: SettingsOptions

    @Argument(help: "The folder of the export, or mongodb://HOST:PORT/NAME of the old Fix On Call.") var source: String
    @Option(help: "The system it comes from: fix-on-call, depannini, toota, careconnect or live-bookings.")
    var from: OldSystem
    @Flag(help: "Look at everything and write nothing.") var dryRun = false
    @Option(help: "Jobs that are open there: close (they come over as ended, with a reason) or reject.")
    var openJobs: ImportOptions.OpenJobs = .close
    @Flag(help: "Bring admins, dispatchers and partners over, switched off; otherwise they stay out.")
    var withStaff = false
    @Option(help: "Where rejected rows are told, as JSON lines (default: import-SYSTEM-rejected.jsonl here).")
    var report: String?

    func run() async throws {
        let place = try place()
        let path = report ?? "import-\(from.rawValue)-rejected.jsonl"
        try await Opening.withServices(options) { services, settings in
            if case .database(let uri, let name) = place, uri == settings.mongo.uri, name == settings.mongo.database {
                throw Terminal.failure("this is the database that would be written to; give the old one")
            }
            try await Opening.migrate(services, settings: settings)
            guard let rows = LineFile(path: path) else { throw Terminal.failure("\(path) cannot be written") }
            let bar = ProgressBar()
            defer { bar.end() }
            let plan = Import(
                from: from, into: services.roadside,
                ImportOptions(isRehearsal: dryRun, openJobs: openJobs, withStaff: withStaff)
            ) {
                bar.show($0)
            } rejected: { row in
                rows.write(row.json.text)
            }
            do {
                let told = try await plan.run(place)
                bar.end()
                say(told, path)
            } catch let fault as ImportFault {
                throw Terminal.failure(fault.description)
            }
        }
    }

    private func place() throws -> ImportSource {
        guard source.hasPrefix("mongodb://") || source.hasPrefix("mongodb+srv://") else { return .folder(source) }
        guard from == .fixOnCall else { throw ValidationError("only fix-on-call kept its data in MongoDB") }
        let name = source.split(separator: "?")[0].split(separator: "/").dropFirst(2).first.map(String.init)
        // The default of its own settings (D34).
        return .database(uri: source, name: name ?? "fix_on_call")
    }

    private func say(_ told: ImportReport, _ path: String) {
        for table in told.tables {
            let new = dryRun ? "would come in" : "came in"
            Terminal.say(
                "\(table.table): \(table.new) \(new), \(table.known) known already, \(table.rejected) rejected, "
                    + "\(table.incomplete) not whole")
        }
        if !told.missing.isEmpty { Terminal.say("Not in this export: \(told.missing.joined(separator: ", ")).") }
        if told.tables.contains(where: { $0.rejected + $0.incomplete > 0 }) {
            Terminal.say("Rows that stayed out, and those that did not come whole, are in \(path).")
        }
        if dryRun { Terminal.say("Nothing has been written.") }
    }
}

/// A file that is written line by line, anew each time, for its owner's eyes.
final class LineFile: Sendable {
    private let file: Mutex<FileHandle>

    init?(path: String) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        file = Mutex(FileHandle(fileDescriptor: descriptor, closeOnDealloc: true))
    }

    func write(_ line: String) { file.withLock { $0.write(Data("\(line)\n".utf8)) } }
}
