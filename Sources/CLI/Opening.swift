import EmbeddedMongo
import FixOnCallServer
import Logging
import Roadside
import RoadsideRules

/// The steps that several commands begin with.
enum Opening {
    /// Opens the database and the contexts, with trouble as a sentence.
    static func services(_ settings: Settings, logger: Logger) async throws -> Services {
        do {
            return try await Services.open(settings, logger: logger)
        } catch {
            throw Terminal.failure("\(error)\n`fixoncall doctor` looks at everything this machine needs.")
        }
    }

    /// Runs `work` with the services, quietly, and closes them.
    static func withServices(_ options: SettingsOptions, _ work: (Services, Settings) async throws -> Void) async throws
    {
        let settings = try await options.load().settings
        var logger = Logger(label: "fixoncall") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        let services = try await services(settings, logger: logger)
        defer { services.close() }
        do {
            try await work(services, settings)
        } catch let error as RoadsideError {
            let fields = error.fields.map { "\n  \($0.name) \($0.message)" }.joined()
            throw Terminal.failure(error.message + fields)
        }
    }

    /// Applies and installs what is missing. In production a change of the schema or of prices is a decision of its own:
    /// there the server refuses to start.
    static func migrate(_ services: Services, settings: Settings) async throws {
        let pending = try await services.roadside.migrations.status().filter { $0.appliedAt == nil }
        guard settings.environment != .production else {
            guard pending.isEmpty else {
                throw Terminal.failure("\(pending.count) migration(s) are pending; run `fixoncall migrate` first")
            }
            guard try await services.roadside.catalog.load() else {
                throw Terminal.failure("the database has no reference data; run `fixoncall migrate` first")
            }
            return
        }
        if !pending.isEmpty {
            for migration in try await services.roadside.migrations.run().migrations {
                Terminal.note("migrated: \(migration.number) \(migration.name)")
            }
        }
        for line in try await install(services, settings: settings).lines { Terminal.note(line) }
    }

    /// Reads the reference data of `Config/reference`, with trouble as sentences.
    static func reference(_ settings: Settings) throws -> ReferenceFolder {
        do {
            return try ReferenceFolder(contentsOf: settings.state.reference)
        } catch {
            throw Terminal.failure(error.description)
        }
    }

    /// Installs it.
    static func install(
        _ services: Services, settings: Settings, dryRun: Bool = false
    ) async throws -> ReferenceReport {
        let folder = try reference(settings)
        do {
            return try await services.roadside.catalog.install(folder, dryRun: dryRun)
        } catch {
            throw error.code == .conflict ? Terminal.failure(error.message) : error
        }
    }

    /// Loads the demo city into a development database without accounts, and finishes one that was cut short.
    ///
    /// - Returns: the city, when its accounts are there.
    static func seedIfEmpty(_ services: Services, settings: Settings) async throws -> DemoCity? {
        guard settings.environment == .development else { return nil }
        let city: DemoCity
        do {
            city = try DemoCity(
                contentsOf: "\(settings.state.seeds)/nairobi.json", catalog: services.roadside.catalog)
        } catch {
            Terminal.warn("no demo data: \(error)")
            return nil
        }
        let isEmpty = try await services.roadside.accounts.isEmpty()
        let isInterrupted = try await city.isInterrupted(in: services.roadside)
        if isEmpty || isInterrupted {
            Terminal.note(
                isEmpty ? "An empty database: loading the demo city of Nairobi ..." : "Finishing the demo city ...")
            let loaded = try await city.load(into: services.roadside)
            if let city = loaded.city { Terminal.note(city.summary) }
        }
        return city
    }
}
