import ArgumentParser
import EmbeddedMongo
import FixOnCallServer
import Foundation
import Logging
import Roadside

/// `fixoncall doctor`: what this machine lacks, and how to mend it.
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at everything the server needs; say what is missing and how to mend it (exit status 1 then).")

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        var findings: [Finding] = []
        do {
            let settings = try await options.load().settings
            findings.append(.good("configuration", "sound, \(settings.environment.rawValue)"))
            findings.append(Self.writable(settings.state.directory))
            findings += Self.ports(settings)
            findings.append(Self.openFiles())
            findings.append(Self.seeds(settings))
            findings += await Self.database(settings)
        } catch is ExitCode {
            findings.append(
                .bad("configuration", "has the faults above", "mend them; `fixoncall config check` lists the sources"))
        }
        for finding in findings { Terminal.say(finding.text) }
        guard findings.allSatisfy(\.isGood) else { throw ExitCode.failure }
        Terminal.say("\nEverything is there.")
    }

    /// One thing looked at.
    struct Finding {
        let isGood: Bool
        let text: String

        static func good(_ what: String, _ state: String) -> Finding {
            Finding(isGood: true, text: "ok       \(what): \(state)")
        }

        static func bad(_ what: String, _ state: String, _ cure: String) -> Finding {
            Finding(isGood: false, text: "MISSING  \(what): \(state)\n         mend: \(cure)")
        }
    }

    private static func writable(_ directory: String) -> Finding {
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            return .bad(
                "state folder", "\(directory) cannot be made",
                "choose another: --set state.directory=/var/lib/fixoncall")
        }
        return FileManager.default.isWritableFile(atPath: directory)
            ? .good("state folder", directory)
            : .bad("state folder", "\(directory) is not writable", "chown it to the user who runs the server")
    }

    private static func ports(_ settings: Settings) -> [Finding] {
        ([settings.http.port] + settings.http.extraPorts).map { port in
            LoopbackPort.isFree(port)
                ? .good("port \(port)", "free")
                : .bad(
                    "port \(port)", "in use",
                    "stop what listens there (ss -ltnp 'sport = :\(port)'), or PORT=\(port + 1)")
        }
    }

    /// A socket is a file; a server that may open 256 is no server.
    private static func openFiles() -> Finding {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < 4096 else {
            return .good("open files", "\(limit.rlim_cur) allowed")
        }
        return .bad("open files", "only \(limit.rlim_cur) allowed", "ulimit -n 20000")
    }

    private static func seeds(_ settings: Settings) -> Finding {
        guard settings.environment == .development else {
            return .good("demo data", "not used in \(settings.environment.rawValue)")
        }
        let path = "\(settings.state.seeds)/nairobi.json"
        do {
            return .good("demo data", "\(try DemoCity(contentsOf: path).count) accounts in \(path)")
        } catch {
            return .bad("demo data", error.description, "run from the project's folder, or name it with --directory")
        }
    }

    private static func database(_ settings: Settings) async -> [Finding] {
        var findings: [Finding] = []
        if settings.mongo.uri == nil {
            do {
                findings.append(.good("mongod", try MongodBinary.find(root: settings.state.directory).path))
            } catch {
                return [.bad("mongod", "not found", "make mongod")]
            }
        }
        do {
            let logger = Logger(label: "doctor", factory: { _ in SwiftLogNoOpLogHandler() })
            let services = try await Services.open(settings, logger: logger)
            defer { services.close() }
            findings.append(
                .good("database", "MongoDB \(services.database.version), replica set \(services.database.replicaSet)"))
            let pending = try await services.roadside.migrations.status().filter { $0.appliedAt == nil }
            findings.append(
                pending.isEmpty || settings.environment != .production
                    ? .good(
                        "schema",
                        pending.isEmpty ? "up to date" : "\(pending.count) migration(s) will be applied at start")
                    : .bad("schema", "\(pending.count) migration(s) are pending", "fixoncall migrate"))
        } catch {
            findings.append(.bad("database", "\(error)", "start it, or unset MONGO_URI to use the server's own"))
        }
        return findings
    }
}
