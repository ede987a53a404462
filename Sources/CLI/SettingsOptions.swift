import ArgumentParser
import FixOnCallServer
import Logging

/// The options every command takes to find its configuration.
struct SettingsOptions: ParsableArguments {
    @Option(name: .long, help: "The folder with .env, Config/, Seeds/ and var/.")
    var directory = "."

    @Option(
        name: .customLong("set"), help: ArgumentHelp("Override one setting; may be repeated.", valueName: "key=value"))
    var overrides: [String] = []

    func validate() throws {
        for override in overrides where !override.contains("=") {
            throw ValidationError("--set needs key=value, not \(override)")
        }
    }

    /// Reads the configuration with `extra` overrides on top.
    func load(_ extra: [String: String] = [:]) async throws -> LoadedSettings {
        var values = extra
        for override in overrides {
            let parts = override.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            values[String(parts[0])] = String(parts[1])
        }
        do {
            return try await Settings.load(overrides: values, directory: directory)
        } catch {
            throw Terminal.failure(error.description)
        }
    }
}
