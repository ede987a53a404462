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

/// `fixoncall postman`: the same for Postman, which sends what it shows (D25).
struct PostmanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "postman", abstract: "Print the API as a Postman collection (v2.1), to be imported there.")

    @OptionGroup var options: SettingsOptions

    @Option(help: "What {{baseUrl}} stands for at first (default: this machine, on the port of the settings).")
    var baseURL: String?

    func run() async throws {
        let settings = try await options.load().settings
        let router = try await FixOnCallApplication.routerWithoutDatabase(settings: settings)
        Terminal.say(router.postman(baseURL: baseURL ?? "http://127.0.0.1:\(settings.http.port)").text)
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
