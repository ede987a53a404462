import ArgumentParser
import FixOnCallServer
import Foundation

/// `fixoncall config check|print`.
struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Check the configuration, or print it with secrets hidden.",
        subcommands: [Check.self, Print.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read everything, report every fault, and say where each setting came from (never a value).")

        @OptionGroup var options: SettingsOptions

        func run() async throws {
            let loaded = try await options.load()
            let width = loaded.origins.map(\.key.count).max() ?? 0
            for (key, source) in loaded.origins {
                Terminal.say(key.padding(toLength: width + 2, withPad: " ", startingAt: 0) + source)
            }
            Terminal.say("\nThe configuration is sound (\(loaded.settings.environment.rawValue)).")
        }
    }

    struct Print: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print the effective settings; secrets show as ***.")

        @OptionGroup var options: SettingsOptions

        func run() async throws {
            for (key, value) in try await options.load().settings.printable { Terminal.say("\(key) = \(value)") }
        }
    }
}
