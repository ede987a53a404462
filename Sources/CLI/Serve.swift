import ArgumentParser
import FixOnCallServer
import Foundation
import Logging
import Roadside
import Telemetry

/// `fixoncall serve`: database, migrations, demo data on an empty development database, and the server.
///
/// Its standard output is the log, a JSON object a line; what it says to a person goes to standard error.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the API and the sockets (port 5000 unless PORT says otherwise).")

    @OptionGroup var options: SettingsOptions

    @Option(help: "Listen here instead of the configured port; 0 picks a free one.") var port: Int?

    @Flag(help: "Leave an empty database empty.") var noSeed = false

    func run() async throws {
        let settings = try await options.load(port.map { ["http.port": String($0)] } ?? [:]).settings
        // Logs are in UTC; and without this variable the C library looks at the system's zone file for every line.
        setenv("TZ", "UTC", 1)
        let lines = LineWriter()
        let log = LogOutput.server(lines, level: settings.log.level)
        lines.sign(as: log)
        defer { lines.flush() }
        LoggingSystem.bootstrap(log.handler)
        let logger = Logger(label: "fixoncall")
        let services = try await Opening.services(settings, logger: logger)
        defer { services.close() }
        do {
            try await Opening.migrate(services, settings: settings)
            let city = noSeed ? nil : try await Opening.seedIfEmpty(services, settings: settings)
            let application = try FixOnCallApplication(services: services, settings: settings, logger: logger, log: log)
            try await application.run { ports in
                Self.greet(settings: settings, services: services, ports: ports, city: city)
            }
            Terminal.note("\nStopped; nothing is lost.")
        } catch let error as PortTaken {
            throw Terminal.failure(error.description)
        } catch let error as ExitCode {
            throw error
        } catch {
            throw Terminal.failure("\(error)")
        }
    }

    /// The addresses, the demo accounts and what to try next.
    private static func greet(settings: Settings, services: Services, ports: [Int], city: DemoCity?) {
        let host = settings.http.host == "0.0.0.0" ? "127.0.0.1" : settings.http.host
        let base = "\(host):\(ports.first ?? settings.http.port)"
        Terminal.note(
            """

            Fix On Call is ready (\(settings.environment.rawValue), MongoDB \(services.database.version)).
              API       http://\(base)/api            try: curl -s http://\(base)/api/health
            """)
        if settings.docs.enabled {
            Terminal.note("  Docs      http://\(base)/api/docs       for a browser; http://\(base)/api/swagger.json")
        }
        Terminal.note("  Sockets   ws://\(base)/ws/…             `fixoncall routes` lists them")
        if let port = settings.admin.port {
            Terminal.note("  Metrics   http://\(settings.admin.host):\(port)/metrics")
        }
        if ports.count > 1 {
            Terminal.note("  Also on   ports \(ports.dropFirst().map(String.init).joined(separator: ", "))")
        }
        if let city {
            Terminal.note("\nDemo accounts, all with the password \(city.password)")
            for line in city.accounts { Terminal.note("  \(line)") }
        }
        if settings.environment == .development {
            Terminal.note(
                """

                Next: `make demo` in a second terminal plays a whole rescue against this server.
                Ctrl-C stops the server and its database; the data stays in \(settings.state.directory)/.
                """)
        }
    }
}
