import ArgumentParser
import EmbeddedMongo
import FixOnCallServer

/// `fixoncall db start|stop|status`: the server's own `mongod`.
struct DatabaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "db", abstract: "Start, stop or look at the server's own MongoDB (development).",
        subcommands: [Start.self, Stop.self, Status.self])

    struct Start: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Start it, or find it running; it stays until `db stop`.")
        @OptionGroup var options: SettingsOptions

        func run() async throws {
            let database = EmbeddedMongo(root: try await options.load().settings.state.directory)
            do {
                let running = try await database.start()
                try database.keep()
                Terminal.say(running.startedHere ? "started" : "already running")
                Terminal.say(running.uri)
            } catch {
                throw Terminal.failure("\(error)")
            }
        }
    }

    struct Stop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Stop it; the data stays.")
        @OptionGroup var options: SettingsOptions
        @Flag(help: "Stop it even while servers use it.") var force = false

        func run() async throws {
            let database = EmbeddedMongo(root: try await options.load().settings.state.directory)
            let members = database.members()
            guard members.isEmpty || force else {
                throw Terminal.failure(
                    "in use by process \(members.map(String.init).joined(separator: ", ")); --force stops it")
            }
            do {
                Terminal.say(try database.stop() ? "stopped" : "it was not running")
            } catch {
                throw Terminal.failure(error.description)
            }
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say whether it runs (exit status 0) and who uses it.")
        @OptionGroup var options: SettingsOptions

        func run() async throws {
            let database = EmbeddedMongo(root: try await options.load().settings.state.directory)
            guard let running = database.status() else {
                Terminal.say("not running")
                throw ExitCode(3)
            }
            Terminal.say("running: \(running.uri)")
            let members = database.members()
            Terminal.say(
                members.isEmpty
                    ? "used by nobody" : "used by process \(members.map(String.init).joined(separator: ", "))")
        }
    }
}
