import ArgumentParser
import FixOnCallServer
import Foundation
import Roadside
import RoadsideRules

/// `fixoncall seed`: loads demo data.
struct Seed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Load demo data; again changes nothing. Refuses production.",
        discussion: """
            nairobi is a city: named accounts, hundreds of providers along its roads, customers, and the jobs of the days \
            before. All of it follows from the random seed. A run that was cut short is continued by the next, and one \
            with more providers adds the missing ones. careconnect is three providers around Johannesburg.
            """)

    @OptionGroup var options: SettingsOptions

    @Argument(help: "The name of a file in Seeds/, without .json.") var name = "nairobi"

    @Option(help: "Providers of a city beside the named ones, 1 to 200000 (default: 600, later as recorded).")
    var providers: Int?

    @Option(help: "The number that everything drawn follows from (default: 254, later as recorded).")
    var randomSeed: UInt64?

    @Option(help: "Days of history before now, 0 to 45 (default: 7, later as recorded).") var days: Int?

    func validate() throws {
        if let providers, !CityWish.providerLimits.contains(providers) {
            throw ValidationError("--providers must be from 1 to \(CityWish.providerLimits.upperBound)")
        }
        if let days, !CityWish.dayLimits.contains(days) {
            throw ValidationError("--days must be from 0 to \(CityWish.dayLimits.upperBound)")
        }
    }

    func run() async throws {
        guard try await options.load().settings.environment != .production else {
            throw Terminal.failure("demo accounts have a published password; production is refused")
        }
        try await Opening.withServices(options) { services, settings in
            let path = "\(settings.state.seeds)/\(name).json"
            guard FileManager.default.fileExists(atPath: path) else {
                throw Terminal.failure("there is no seed \(name) in \(settings.state.seeds)\(Self.known(settings))")
            }
            try await Opening.migrate(services, settings: settings)
            do {
                let city = try DemoCity(contentsOf: path, catalog: services.roadside.catalog)
                let wish = CityWish(providers: providers, randomSeed: randomSeed, days: days)
                guard city.isCity || wish == CityWish() else {
                    throw Terminal.failure("\(path) has named accounts only; the options are for a city")
                }
                let bar = ProgressBar()
                defer { bar.end() }
                let loaded = try await city.load(into: services.roadside, wish) { bar.show($0) }
                bar.end()
                report(loaded, of: city)
            } catch let fault as DemoCity.Fault {
                throw Terminal.failure(fault.description)
            }
        }
    }

    private static func known(_ settings: Settings) -> String {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: settings.state.seeds)) ?? []
        let names = files.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
        return names.isEmpty ? "" : "; there are \(names.joined(separator: ", "))"
    }

    private func report(_ loaded: DemoCity.Loaded, of city: DemoCity) {
        for account in loaded.accounts {
            Terminal.say(
                "\(account.isNew ? "created" : "exists ")  \(account.role.rawValue)  \(account.email)  \(account.name)")
        }
        if let city = loaded.city { Terminal.say(city.summary) }
        if loaded.isUnchanged { Terminal.say("All of it was there already; nothing has been changed.") }
        Terminal.say("The password of all of them: \(city.password)")
    }
}

extension CityReport {
    /// What there is beside the named accounts, in a sentence.
    var summary: String {
        let missing = leftOut > 0 ? " \(leftOut) were left out: others have their address or phone number." : ""
        return "Around them: \(providers) providers, \(customers) customers and \(jobs) past jobs "
            + "of \(days == 1 ? "the last day" : "\(days) days"), from the random seed \(randomSeed).\(missing)"
    }
}
