import ArgumentParser
import FixOnCallServer
import RoadsideRules

/// `fixoncall seed`: loads demo data.
struct Seed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Load demo accounts; again changes nothing. Refuses production.")

    @OptionGroup var options: SettingsOptions

    @Argument(help: "The name of a file in Seeds/, without .json.") var name = "nairobi"

    func run() async throws {
        try await Opening.withServices(options) { services, settings in
            guard settings.environment != .production else {
                throw Terminal.failure("demo accounts have a published password; production is refused")
            }
            try await Opening.migrate(services, settings: settings)
            do {
                let city = try DemoCity(contentsOf: "\(settings.state.seeds)/\(name).json")
                try await city.load(into: services.roadside) { account in
                    Terminal.say("\(account.isNew ? "created" : "exists ")  \(account.role.rawValue)  \(account.email)")
                }
                Terminal.say("The password of all of them: \(city.password)")
            } catch let fault as DemoCity.Fault {
                throw Terminal.failure(fault.description)
            }
        }
    }
}
