import Configuration
public import Foundation
import Logging
import RoadsideWeb
import SystemPackage

/// All faults of a configuration at once, so that an operator mends them in one go.
public struct SettingsFaults: Error, CustomStringConvertible {
    public let faults: [String]

    public var description: String {
        "the configuration has \(faults.count) fault(s):\n" + faults.map { "  - \($0)" }.joined(separator: "\n")
    }
}

/// Settings together with where each came from.
public struct LoadedSettings: Sendable {
    public let settings: Settings
    /// Key and source, in the order of reading; never a value.
    public let origins: [(key: String, source: String)]
}

extension Settings {
    /// Reads command line overrides, the environment, `.env` and the files of a `Config` folder.
    ///
    /// - Parameters:
    ///   - overrides: key to text, from the command line.
    ///   - environment: the process environment.
    ///   - directory: the folder with `.env` and `Config/`.
    /// - Throws: ``SettingsFaults`` with every fault found.
    public static func load(
        overrides: [String: String] = [:], environment: [String: String] = ProcessInfo.processInfo.environment,
        directory: String = "."
    ) async throws(SettingsFaults) -> LoadedSettings {
        var reader = try await makeReader(overrides: overrides, environment: environment, directory: directory)
        var settings = Settings()
        if let word = reader.text("fixoncall.env", names: ["FIXONCALL_ENV", "FLASK_ENV"]) {
            if let known = ServerEnvironment(rawValue: word) {
                settings.environment = known
            } else {
                reader.fault("FIXONCALL_ENV must be one of development, production, test, not \(word)")
            }
        }
        settings.readAll(&reader)
        for key in overrides.keys.sorted() where !reader.known.contains(key) {
            reader.fault("there is no setting \(key)")
        }
        settings.judge(&reader)
        settings.state.directory = Self.absolute(settings.state.directory, below: directory)
        settings.state.seeds = Self.absolute(settings.state.seeds, below: directory)
        settings.state.reference = Self.absolute(settings.state.reference, below: directory)
        settings.docs.files = Self.absolute(settings.docs.files, below: directory)
        guard reader.faults.isEmpty else { throw SettingsFaults(faults: reader.faults) }
        return LoadedSettings(settings: settings, origins: reader.origins.map { ($0.key, $0.source) })
    }

    /// Absolute, because the database server changes its working folder.
    private static func absolute(_ path: String, below directory: String) -> String {
        URL(fileURLWithPath: path, relativeTo: URL(fileURLWithPath: directory, isDirectory: true)).standardizedFileURL
            .path
    }

    private static func makeReader(
        overrides: [String: String], environment: [String: String], directory: String
    ) async throws(SettingsFaults) -> SettingsReader {
        var named: [(source: String, reader: ConfigReader)] = []
        let values = Dictionary(
            uniqueKeysWithValues: overrides.map {
                (
                    AbsoluteConfigKey($0.key.split(separator: ".").map(String.init)),
                    ConfigValue(.string($0.value), isSecret: false)
                )
            })
        named.append((SettingsReader.commandLine, ConfigReader(provider: InMemoryProvider(values: values))))
        named.append(
            ("environment", ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: environment))))
        var faults: [String] = []
        do {
            let path = FilePath("\(directory)/.env")
            if FileManager.default.fileExists(atPath: path.string) {
                named.append(
                    (".env", ConfigReader(provider: try await EnvironmentVariablesProvider(environmentFilePath: path))))
            }
        } catch {
            faults.append(".env cannot be read")
        }
        let word =
            ["FIXONCALL_ENV", "FLASK_ENV"].lazy.compactMap { environment[$0] }.first ?? overrides["fixoncall.env"]
        var files: [(source: String, reader: ConfigReader)] = []
        for name in [word ?? ServerEnvironment.development.rawValue, "default"] {
            let path = FilePath("\(directory)/Config/\(name).json")
            guard FileManager.default.fileExists(atPath: path.string) else { continue }
            do {
                let provider = try await FileProvider<JSONSnapshot>(filePath: path)
                files.append(("Config/\(name).json", ConfigReader(provider: provider)))
            } catch {
                faults.append("Config/\(name).json is not readable JSON")
            }
        }
        guard faults.isEmpty else { throw SettingsFaults(faults: faults) }
        return SettingsReader(named: named, files: files)
    }

    private mutating func readAll(_ reader: inout SettingsReader) {
        reader.read("http.host", into: &http.host)
        reader.read("http.port", names: ["PORT"], in: 1...65535, into: &http.port)
        reader.read("http.requestSeconds", in: 1...300, into: &http.requestSeconds)
        if let text = reader.text("http.extraPorts", names: ["EXTRA_PORTS"]) {
            let ports = text.split(separator: ",").map { Int($0.trimmingCharacters(in: .whitespaces)) }
            if ports.allSatisfy({ $0.map((1...65535).contains) ?? false }) {
                http.extraPorts = ports.compactMap(\.self)
            } else {
                reader.fault("EXTRA_PORTS must be ports between 1 and 65535, separated by commas")
            }
        }
        if let text = reader.text("http.trustedProxies") {
            http.trustedProxies = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            if TrustedProxies(http.trustedProxies) == nil {
                reader.fault(
                    "http.trustedProxies must be addresses or networks such as 10.0.0.0/8, separated by commas")
            }
        }
        reader.read("http.drainSeconds", in: 0...60, into: &http.drainSeconds)
        reader.read("admin.host", into: &admin.host)
        var adminPort = admin.port ?? 0
        reader.read("admin.port", in: 0...65535, into: &adminPort)
        admin.port = adminPort == 0 ? nil : adminPort
        reader.read("mongo.uri", names: ["MONGO_URI", "DATABASE_URL"], into: &mongo.uri)
        reader.read("mongo.database", into: &mongo.database)
        reader.read("mongo.workers", in: 1...64, into: &mongo.workers)
        reader.read("mongo.queue", in: 1...100_000, into: &mongo.queue)
        reader.read("state.directory", names: ["FIXONCALL_STATE"], into: &state.directory)
        reader.read("state.seeds", into: &state.seeds)
        reader.read("state.reference", into: &state.reference)
        reader.read("secrets.jwt", names: ["JWT_SECRET_KEY"], into: &secrets.jwt)
        reader.read("secrets.pepper", names: ["SECRET_KEY"], into: &secrets.pepper)
        reader.read("secrets.encryption", names: ["ENCRYPTION_KEY"], into: &secrets.encryption)
        reader.read("secrets.bootstrapAdmin", names: ["BOOTSTRAP_ADMIN_TOKEN"], into: &secrets.bootstrapAdmin)
        reader.read("accounts.accessMinutes", in: 1...1440, into: &accounts.accessMinutes)
        reader.read("accounts.refreshDays", in: 1...365, into: &accounts.refreshDays)
        reader.read("accounts.bcryptCost", in: 4...14, into: &accounts.bcryptCost)
        reader.read("accounts.passwordThreads", in: 1...64, into: &accounts.passwordThreads)
        reader.read("accounts.passwordQueue", in: 0...1000, into: &accounts.passwordQueue)
        readLimits(&reader)
        providers.autoVerify = environment != .production
        reader.read("providers.autoVerify", into: &providers.autoVerify)
        if let text = reader.text("providers.requiredDocuments") {
            let kinds = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            // An empty text is as good as none, so there has to be a word for none.
            providers.requiredDocuments = kinds == ["none"] ? [] : kinds
        }
        reader.read("providers.dutyHours", in: 1...24, into: &providers.dutyHours)
        reader.read("providers.offlineSeconds", in: 5...86_400, into: &providers.offlineSeconds)
        reader.read("jobs.startOTP", into: &jobs.startOTP)
        reader.read("jobs.waitMinutes", in: 0...120, into: &jobs.waitMinutes)
        readTracking(&reader)
        payments.cards = environment == .production ? "none" : "test"
        reader.read("payments.cards", into: &payments.cards)
        reader.read("routing.osrm", into: &routing.osrm)
        reader.read("routing.timeoutMilliseconds", in: 10...10_000, into: &routing.timeoutMilliseconds)
        reader.read("bookings.leadMinutes", in: 0...1440, into: &bookings.leadMinutes)
        reader.read("bookings.bufferMinutes", in: 0...720, into: &bookings.bufferMinutes)
        reader.read("bookings.holdAheadMinutes", in: 0...1440, into: &bookings.holdAheadMinutes)
        reader.read("dispatch.startKm", names: ["SEARCH_RADIUS"], in: 0.1...200, into: &dispatch.startKm)
        reader.read("dispatch.stepKm", in: 0...200, into: &dispatch.stepKm)
        reader.read("dispatch.maxKm", in: 0.1...500, into: &dispatch.maxKm)
        reader.read("dispatch.ringSeconds", in: 1...3600, into: &dispatch.ringSeconds)
        reader.read("dispatch.searchSeconds", names: ["MAX_SEARCH_TIME"], in: 5...86_400, into: &dispatch.searchSeconds)
        reader.read("dispatch.fanOut", in: 1...1000, into: &dispatch.fanOut)
        reader.read("dispatch.pickSeconds", in: 5...3600, into: &dispatch.pickSeconds)
        reader.read("dispatch.mode", into: &dispatch.mode)
        reader.read("dispatch.matching", into: &dispatch.matching)
        reader.read("dispatch.staggerSeconds", in: 0...600, into: &dispatch.staggerSeconds)
        reader.read("dispatch.offerSeconds", in: 5...600, into: &dispatch.offerSeconds)
        reader.read("dispatch.roundSeconds", in: 1...60, into: &dispatch.roundSeconds)
        reader.read("dispatch.traceDays", in: 0...365, into: &dispatch.traceDays)
        reader.read("reviews.windowDays", in: 1...365, into: &reviews.windowDays)
        reader.read("chat.afterMinutes", in: 0...10_080, into: &chat.afterMinutes)
        reader.read("chat.perMinute", in: 1...10_000, into: &chat.perMinute)
        reader.read("emergencies.repeatSeconds", in: 5...3600, into: &emergencies.repeatSeconds)
        reader.read("idempotency.keepHours", in: 1...168, into: &idempotency.keepHours)
        reader.read("idempotency.leaseSeconds", in: 11...300, into: &idempotency.leaseSeconds)
        reader.read("uploads.perDay", in: 1...100_000, into: &uploads.perDay)
        reader.read("sockets.expiryGraceSeconds", in: 0...300, into: &sockets.expiryGraceSeconds)
        reader.read("sockets.pingSeconds", in: 1...300, into: &sockets.pingSeconds)
        reader.read("sockets.shiftPingSeconds", in: 1...300, into: &sockets.shiftPingSeconds)
        reader.read("sockets.pongSeconds", in: 1...60, into: &sockets.pongSeconds)
        reader.read("sockets.stallSeconds", in: 1...300, into: &sockets.stallSeconds)
        reader.read("sockets.places", in: 1...1_000_000, into: &sockets.places)
        reader.read("sockets.perUser", in: 1...1000, into: &sockets.perUser)
        reader.read("sockets.auditSeconds", in: 1...3600, into: &sockets.auditSeconds)
        reader.read("sockets.canarySeconds", in: 1...60, into: &sockets.canarySeconds)
        reader.read("sockets.handshakesPerSecond", in: 1...1_000_000, into: &sockets.handshakesPerSecond)
        reader.read("sockets.commentSeconds", in: 1...300, into: &sockets.commentSeconds)
        reader.read("sockets.resumeMilliseconds", in: 100...60_000, into: &sockets.resumeMilliseconds)
        reader.read("sockets.positionMilliseconds", in: 0...60_000, into: &sockets.positionMilliseconds)
        reader.read(
            "sockets.appPingSeconds", names: ["WS_APP_PING_SECONDS"], in: 1...300, into: &sockets.appPingSeconds)
        reader.read("sockets.failuresPerSecond", in: 0...10_000, into: &sockets.failuresPerSecond)
        reader.read("sockets.queryToken", into: &sockets.queryToken)
        readOrigins(&reader)
        readMail(&reader)
        if let text = reader.text("google.clients", names: ["GOOGLE_CLIENT_ID"]) {
            google.clients = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        reader.read("google.keys", into: &google.keys)
        readCareConnect(&reader)
        reader.read("docs.enabled", into: &docs.enabled)
        reader.read("docs.files", into: &docs.files)
        reader.read("simulation.factor", in: 1...1000, into: &simulation.factor)
        var debug = false
        reader.read("debug", names: ["FLASK_DEBUG", "DEBUG"], into: &debug)
        if debug, environment != .production { log.level = .debug }
        if let word = reader.text("log.level", names: ["LOG_LEVEL"]) {
            if let level = Logger.Level(rawValue: word.lowercased()) {
                log.level = level
            } else {
                reader.fault("LOG_LEVEL must be one of trace, debug, info, notice, warning, error, critical")
            }
        }
    }

    private mutating func readOrigins(_ reader: inout SettingsReader) {
        if environment == .production { sockets.origins = [] }
        guard let text = reader.text("sockets.origins") else { return }
        sockets.origins = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        if SocketOrigins(sockets.origins) == nil {
            reader.fault("sockets.origins must be origins such as https://app.example.com, separated by commas")
        }
    }

    /// The names of the source documents tell server, port and encryption apart (contracts D34, A31).
    private mutating func readMail(_ reader: inout SettingsReader) {
        var (server, port, encrypted) = (String?.none, 587, true)
        reader.read("mail.server", names: ["MAIL_SERVER"], into: &server)
        reader.read("mail.port", names: ["MAIL_PORT"], in: 1...65535, into: &port)
        reader.read("mail.useTLS", names: ["MAIL_USE_TLS"], into: &encrypted)
        mail.url = server.map { "\(port == 465 ? "smtps" : "smtp")://\($0):\(port)" }
        mail.plain = server != nil && !encrypted
        reader.read("mail.url", into: &mail.url)
        reader.read("mail.user", names: ["MAIL_USERNAME", "EMAIL_HOST_USER"], into: &mail.user)
        reader.read("mail.password", names: ["MAIL_PASSWORD", "EMAIL_HOST_PASSWORD"], into: &mail.password)
        mail.from = mail.user
        reader.read("mail.from", names: ["MAIL_DEFAULT_SENDER"], into: &mail.from)
        reader.read("mail.certificates", into: &mail.certificates)
        reader.read("mail.plain", into: &mail.plain)
        reader.read("mail.queue", in: 1...10_000, into: &mail.queue)
    }

    private mutating func readTracking(_ reader: inout SettingsReader) {
        reader.read("tracking.staleSeconds", in: 1...3600, into: &tracking.staleSeconds)
        reader.read("tracking.silentSeconds", in: 1...3600, into: &tracking.silentSeconds)
        reader.read("tracking.stallMetres", in: 10...10_000, into: &tracking.stallMetres)
        reader.read("tracking.stallMinutes", in: 1...240, into: &tracking.stallMinutes)
        reader.read("tracking.lateMinutes", in: 0...240, into: &tracking.lateMinutes)
        reader.read("tracking.nearMetres", in: 0...20_000, into: &tracking.nearMetres)
        reader.read("tracking.departMetres", in: 10...10_000, into: &tracking.departMetres)
        reader.read("tracking.arrivalMetres", in: 10...1000, into: &tracking.arrivalMetres)
        reader.read("tracking.arrivalSeconds", in: 0...600, into: &tracking.arrivalSeconds)
        reader.read("tracking.arrivalAccuracy", in: 1...1000, into: &tracking.arrivalAccuracy)
        reader.read("tracking.autoArrive", into: &tracking.autoArrive)
        reader.read("tracking.etaSeconds", in: 1...600, into: &tracking.etaSeconds)
    }
}
