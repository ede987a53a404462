import FixOnCallServer
import Foundation
import Logging
import Testing

@Suite("Settings are read once, in order, and all faults are reported together")
struct SettingsTests {
    /// A folder without configuration files, or with those given.
    private func folder(_ files: [String: String] = [:]) throws -> String {
        let path = NSTemporaryDirectory() + "fixoncall-settings-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path + "/Config", withIntermediateDirectories: true)
        for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)")) }
        return path
    }

    @Test("D35: nothing set means development on loopback, port 5000")
    func defaults() async throws {
        let settings = try await Settings.load(environment: [:], directory: folder()).settings
        #expect(settings.environment == .development)
        #expect(settings.http.host == "127.0.0.1")
        #expect(settings.http.port == 5000)
        #expect(settings.mongo.uri == nil)
    }

    @Test(
        "the command line wins over the environment, that over .env, that over the environment's file, that over the default's"
    )
    func order() async throws {
        let path = try folder([
            ".env": "PORT=4003\nLOG_LEVEL=debug\n",
            "Config/development.json": #"{"http":{"port":4002,"host":"::1"},"accounts":{"bcryptCost":11}}"#,
            "Config/default.json": #"{"http":{"port":4001},"accounts":{"bcryptCost":12,"accessMinutes":7}}"#,
        ])
        let all = try await Settings.load(
            overrides: ["http.port": "4005"], environment: ["PORT": "4004"], directory: path)
        #expect(all.settings.http.port == 4005)
        #expect(all.settings.log.level == .debug)
        #expect(all.settings.http.host == "::1")
        #expect(all.settings.accounts.bcryptCost == 11)
        #expect(all.settings.accounts.accessMinutes == 7)
        #expect(try await Settings.load(environment: ["PORT": "4004"], directory: path).settings.http.port == 4004)
        #expect(try await Settings.load(environment: [:], directory: path).settings.http.port == 4003)
        let origin = all.origins.first { $0.key == "http.port" }
        #expect(origin?.source == "command line")
    }

    @Test("a slip on the command line is told by the name that was written there")
    func slips() async throws {
        let path = try folder()
        let error = await #expect(throws: SettingsFaults.self) {
            _ = try await Settings.load(
                overrides: ["http.prot": "1", "http.port": "zz", "port": "5001"], environment: ["EXTRA_PORTS": "x"],
                directory: path)
        }
        let faults = error?.faults ?? []
        #expect(faults.contains("there is no setting http.prot") && faults.contains("http.port must be a whole number"))
        #expect(faults.count == 3)
    }

    @Test("U15, U17: hours of duty and seconds of silence are settings, within bounds")
    func providers() async throws {
        let path = try folder(["Config/development.json": #"{"providers":{"dutyHours":24}}"#])
        let settings = try await Settings.load(environment: [:], directory: path).settings
        #expect(settings.providers.dutyHours == 24 && settings.providers.offlineSeconds == 300)
        #expect(Settings().providers.dutyHours == 12)
        let error = await #expect(throws: SettingsFaults.self) {
            _ = try await Settings.load(
                overrides: ["providers.dutyHours": "25"], environment: ["PROVIDERS_OFFLINE_SECONDS": "0"],
                directory: path)
        }
        #expect(error?.faults.count == 2)
    }

    @Test("D34: a mail server by its address or by the names of old systems; what is wrong with it is told")
    func mail() async throws {
        let path = try folder()
        let old = try await Settings.load(
            environment: [
                "MAIL_SERVER": "mail.example.com", "MAIL_PORT": "465", "MAIL_USERNAME": "post@example.com",
                "MAIL_PASSWORD": "secret",
            ], directory: path
        ).settings
        #expect(old.mail.url == "smtps://mail.example.com:465" && old.mail.from == "post@example.com")
        #expect(old.printable.contains { $0.key == "mail.password" && $0.value == "***" })
        let new = try await Settings.load(
            overrides: ["mail.url": "smtp://mail.example.com", "mail.from": "post@example.com"],
            environment: ["EMAIL_HOST_USER": "post", "EMAIL_HOST_PASSWORD": "secret"], directory: path
        ).settings
        #expect(new.mail.url == "smtp://mail.example.com" && new.mail.user == "post" && new.mail.password == "secret")
        for environment in [
            ["MAIL_URL": "https://mail.example.com", "MAIL_FROM": "post@example.com"],
            ["MAIL_URL": "smtp://mail.example.com"],
            ["MAIL_URL": "smtp://mail.example.com", "MAIL_FROM": "post@example.com\r\nBcc: x@example.com"],
            ["MAIL_SERVER": "mail.example.com", "MAIL_USE_TLS": "false", "MAIL_FROM": "post@example.com"],
        ] {
            let error = await #expect(throws: SettingsFaults.self) {
                _ = try await Settings.load(environment: environment, directory: path)
            }
            #expect(error?.faults.count == 1 && error?.faults.first?.hasPrefix("mail.url ") == true)
        }
    }

    @Test("decision 20: which documents a provider needs is a setting; production's file can be overruled with a word")
    func documents() async throws {
        let path = try folder([
            "Config/development.json": #"{"providers":{"requiredDocuments":"driving_licence, id_card"}}"#
        ])
        func required(_ environment: [String: String]) async throws -> [String] {
            try await Settings.load(environment: environment, directory: path).settings.providers.requiredDocuments
        }
        #expect(try await required([:]) == ["driving_licence", "id_card"])
        #expect(try await required(["PROVIDERS_REQUIRED_DOCUMENTS": "none"]) == [])
        #expect(Settings().providers.requiredDocuments == [])
        let error = await #expect(throws: SettingsFaults.self) {
            _ = try await required(["PROVIDERS_REQUIRED_DOCUMENTS": "insurance,passport"])
        }
        #expect(error?.faults.count == 1)
    }

    @Test("T10: codes go to the countries of our documents, to those that are named, or everywhere, and to no nonsense")
    func countries() async throws {
        let path = try folder(["Config/development.json": #"{"limits":{"codeCountries":"254, 255"}}"#])
        func countries(_ environment: [String: String]) async throws -> [String] {
            try await Settings.load(environment: environment, directory: path).settings.limits.codeCountries
        }
        #expect(Settings().limits.codeCountries == ["213", "254", "27"])
        #expect(try await countries([:]) == ["254", "255"])
        #expect(try await countries(["LIMITS_CODE_COUNTRIES": "all"]) == ["all"])
        let error = await #expect(throws: SettingsFaults.self) {
            _ = try await countries(["LIMITS_CODE_COUNTRIES": "KE,+254"])
        }
        #expect(error?.faults.count == 1)
    }

    @Test("T38: cards of the test gateway pay nobody, and production takes none")
    func cards() async throws {
        #expect(try await Settings.load(environment: [:], directory: folder()).settings.payments.cards == "test")
        let error = await #expect(throws: SettingsFaults.self) {
            _ = try await Settings.load(
                environment: ["FIXONCALL_ENV": "production", "PAYMENTS_CARDS": "test"], directory: folder())
        }
        #expect(error?.faults.contains { $0.hasPrefix("payments.cards must not be test") } == true)
    }

    @Test("T16: pages of any local origin may open sockets but in production, where only those listed may")
    func origins() async throws {
        let path = try folder()
        #expect(try await Settings.load(environment: [:], directory: path).settings.sockets.origins == ["loopback"])
        let listed = ["SOCKETS_ORIGINS": "https://a.example, https://b.example:8443"]
        let own = try await Settings.load(environment: listed, directory: path).settings.sockets.origins
        #expect(own == ["https://a.example", "https://b.example:8443"])
        let secret = String(repeating: "s", count: 32)
        let production = [
            "FIXONCALL_ENV": "production", "MONGO_URI": "mongodb://db.example/fix", "JWT_SECRET_KEY": secret,
            "SECRET_KEY": secret, "ENCRYPTION_KEY": secret,
        ]
        #expect(try await Settings.load(environment: production, directory: path).settings.sockets.origins.isEmpty)
        let error = await #expect(throws: SettingsFaults.self) {
            _ = try await Settings.load(environment: ["SOCKETS_ORIGINS": "a.example"], directory: path)
        }
        #expect(error?.faults.count == 1)
    }

    @Test(
        "T24: no setting leads to where a cloud keeps its machines' keys, and Google's keys are outside in production",
        arguments: [
            ("GOOGLE_KEYS", "https://169.254.169.254/latest", false, false),
            ("GOOGLE_KEYS", "https://[fe80::1]/keys", false, false),
            ("GOOGLE_KEYS", "https://metadata.google.internal/keys", false, false),
            ("GOOGLE_KEYS", "https://2852039166/keys", false, false),
            ("GOOGLE_KEYS", "https://10.0.0.7/k", true, false),
            ("GOOGLE_KEYS", "https://[::ffff:192.168.0.1]/k", true, false),
            ("GOOGLE_KEYS", "https://localhost/keys", true, false), ("GOOGLE_KEYS", "https://0x7f.1/keys", true, false),
            ("GOOGLE_KEYS", "https://www.googleapis.com/oauth2/v3/certs", true, true),
            ("ROUTING_OSRM", "http://169.254.169.254", false, false),
            ("ROUTING_OSRM", "http://10.0.0.7:5000", true, true),
            ("ROUTING_OSRM", "http://0.0.0.0:5000", false, false), ("ROUTING_OSRM", "http://router:5000", true, true),
        ])
    func hosts(name: String, address: String, inDevelopment: Bool, inProduction: Bool) async throws {
        let secret = String(repeating: "s", count: 32)
        let production = [
            "FIXONCALL_ENV": "production", "MONGO_URI": "mongodb://db.example/fix", "JWT_SECRET_KEY": secret,
            "SECRET_KEY": secret, "ENCRYPTION_KEY": secret,
        ]
        for (environment, isFine) in [([:], inDevelopment), (production, inProduction)] {
            let given = environment.merging([name: address]) { $1 }
            let loaded = try? await Settings.load(environment: given, directory: folder())
            #expect((loaded != nil) == isFine, "\(address) in \(environment["FIXONCALL_ENV"] ?? "development")")
        }
    }

    @Test("operators have a port of their own on loopback, unless it is turned off; a drain is production's")
    func operators() async throws {
        let path = try folder()
        let usual = try await Settings.load(environment: [:], directory: path).settings
        #expect(usual.admin.host == "127.0.0.1" && usual.admin.port == 9464 && usual.http.drainSeconds == 0)
        let off = try await Settings.load(environment: ["ADMIN_PORT": "0"], directory: path).settings
        #expect(off.admin.port == nil)
    }

    @Test(
        "the port for operators is none of the API's",
        arguments: [["ADMIN_PORT": "5000"], ["PORT": "9464"], ["EXTRA_PORTS": "8000, 8067", "ADMIN_PORT": "8067"]])
    func operatorsShareNoPort(environment: [String: String]) async throws {
        let path = try folder()
        let error = await #expect(throws: SettingsFaults.self) {
            _ = try await Settings.load(environment: environment, directory: path)
        }
        #expect(error?.faults.count == 1 && error?.faults.first?.hasPrefix("admin.port ") == true)
        let apart = environment.merging(["ADMIN_PORT": "9465"]) { $1 }
        #expect(try await Settings.load(environment: apart, directory: path).settings.admin.port == 9465)
    }

    @Test("D34 K31: the variable names of the source documents work")
    func aliases() async throws {
        let environment = [
            "DATABASE_URL": "mongodb://db.example/fix", "FLASK_ENV": "development", "JWT_SECRET_KEY": "a",
            "SECRET_KEY": "b",
            "ENCRYPTION_KEY": "c", "EXTRA_PORTS": "8000, 8067", "FLASK_DEBUG": "True", "SEARCH_RADIUS": "3",
            "MAX_SEARCH_TIME": "60",
        ]
        let settings = try await Settings.load(environment: environment, directory: folder()).settings
        #expect(settings.mongo.uri == "mongodb://db.example/fix")
        #expect(settings.secrets.jwt == "a" && settings.secrets.pepper == "b" && settings.secrets.encryption == "c")
        #expect(settings.http.extraPorts == [8000, 8067])
        #expect(settings.log.level == .debug)
        #expect(settings.dispatch.startKm == 3 && settings.dispatch.searchSeconds == 60)
    }

    @Test("every fault is in one report, and no value is")
    func faultsTogether() async throws {
        let environment = [
            "PORT": "many", "DATABASE_URL": "postgresql://u:hunter2@db/x", "LOG_LEVEL": "loud", "EXTRA_PORTS": "1,x",
        ]
        let faults = await #expect(throws: SettingsFaults.self) {
            _ = try await Settings.load(environment: environment, directory: folder())
        }
        let text = try #require(faults?.description)
        #expect(faults?.faults.count == 4)
        for name in ["PORT", "DATABASE_URL", "LOG_LEVEL", "EXTRA_PORTS"] { #expect(text.contains(name)) }
        #expect(!text.contains("hunter2"))
    }

    @Test(
        "D37: production refuses to start without its own secrets and database",
        arguments: ["short", "your-super-secret-key-change-in-production"])
    func productionIsStrict(secret: String) async throws {
        let environment = ["FIXONCALL_ENV": "production", "SECRET_KEY": secret]
        let faults = await #expect(throws: SettingsFaults.self) {
            _ = try await Settings.load(environment: environment, directory: folder())
        }
        #expect(faults?.faults.count == 4, "\(faults?.description ?? "")")
    }

    @Test("README decision 28: the factor of a simulation is for tests and development, never for production")
    func simulationFactor() async throws {
        let path = try folder()
        let fast = ["SIMULATION_FACTOR": "60"]
        #expect(try await Settings.load(environment: [:], directory: path).settings.simulation.factor == 1)
        #expect(try await Settings.load(environment: fast, directory: path).settings.simulation.factor == 60)
        let backwards = await #expect(throws: SettingsFaults.self) {
            _ = try await Settings.load(environment: ["SIMULATION_FACTOR": "0.5"], directory: path)
        }
        #expect(backwards?.faults.count == 1)
        let production = await #expect(throws: SettingsFaults.self) {
            _ = try await Settings.load(
                environment: fast.merging(["FIXONCALL_ENV": "production"]) { $1 }, directory: path)
        }
        #expect(production?.description.contains("simulation.factor must be 1") == true)
    }

    @Test("production with everything in place starts, and verifies no provider by itself")
    func productionStarts() async throws {
        let environment = [
            "FIXONCALL_ENV": "production", "MONGO_URI": "mongodb://a,b,c/?replicaSet=rs0",
            "SECRET_KEY": String(repeating: "p", count: 32), "JWT_SECRET_KEY": String(repeating: "j", count: 32),
            "ENCRYPTION_KEY": String(repeating: "e", count: 32),
        ]
        let settings = try await Settings.load(environment: environment, directory: folder()).settings
        #expect(settings.environment == .production)
        #expect(!settings.providers.autoVerify)
        #expect(settings.outbox == nil)
    }

    @Test("printing shows no secret and no password of the database")
    func printingHides() async throws {
        let environment = ["MONGO_URI": "mongodb://user:hunter2@db/x", "JWT_SECRET_KEY": "sesame-sesame"]
        let settings = try await Settings.load(environment: environment, directory: folder()).settings
        let text = settings.printable.map { "\($0.key)=\($0.value)" }.joined(separator: "\n")
        #expect(!text.contains("hunter2") && !text.contains("sesame"))
        #expect(text.contains("mongodb://***@db/x"))
    }

    @Test("a configuration file that is not JSON is named")
    func brokenFile() async throws {
        let path = try folder(["Config/default.json": "{ port: 5000 }"])
        let faults = await #expect(throws: SettingsFaults.self) {
            _ = try await Settings.load(environment: [:], directory: path)
        }
        #expect(faults?.description.contains("Config/default.json") == true)
    }
}
