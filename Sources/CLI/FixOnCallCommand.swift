import ArgumentParser
import Realtime

/// The program `fixoncall`: one subcommand a file.
@main
struct FixOnCallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fixoncall",
        abstract: "Roadside assistance: find a provider near by, make one accept, keep both sides informed.",
        discussion:
            "Settings come from options, the environment, .env and Config/; `fixoncall config check` shows from where.",
        version: "0.1.0",
        subcommands: [
            Serve.self, DatabaseCommand.self, Seed.self, Migrate.self, CreateAdmin.self, Codes.self, Routes.self,
            OpenAPICommand.self, PostmanCommand.self, ConfigCommand.self, Doctor.self, Demo.self, Simulate.self,
            ImportCommand.self, ExportCommand.self,
        ])

    static func main() async {
        EventLoops.followAffinity()
        await main(nil)
    }
}
