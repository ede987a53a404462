import ArgumentParser
import BSON
import FixOnCallServer

/// `fixoncall routes`: the table of everything that answers.
struct Routes: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print every route: method, path, name, roles.")

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let router = try await FixOnCallApplication.routerWithoutDatabase(settings: options.load().settings)
        Terminal.say(router.table)
    }
}

/// `fixoncall openapi`: the generated document.
struct OpenAPICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "openapi", abstract: "Print the OpenAPI 3.1 document.")

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let router = try await FixOnCallApplication.routerWithoutDatabase(settings: options.load().settings)
        Terminal.say(router.openAPI.text)
    }
}
