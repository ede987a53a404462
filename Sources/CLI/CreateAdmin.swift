import ArgumentParser
import FixOnCallServer
import Roadside

/// `fixoncall create-admin`: the way to the first admin (decision 12: nobody registers as one).
struct CreateAdmin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create-admin",
        abstract: "Create an admin account; the password is asked for, or read from standard input.")

    @OptionGroup var options: SettingsOptions

    @Argument(help: "E-mail address.") var email: String
    @Option(help: "Name as shown.") var name = "Administrator"
    @Option(help: "Phone number.") var phone: String?

    func run() async throws {
        guard let password = Terminal.readSecret("Password for \(email): "), !password.isEmpty else {
            throw Terminal.failure("a password is needed on standard input")
        }
        try await Opening.withServices(options) { services, settings in
            try await Opening.migrate(services, settings: settings)
            let account = try await services.roadside.accounts.createAdmin(
                email: email, password: password, name: name, phone: phone)
            Terminal.say("created admin \(account.email) (number \(account.number))")
        }
    }
}
