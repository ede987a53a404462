import BSON
import FixOnCallServer
import Foundation
import RoadsideTesting
import RoadsideWeb
import Testing
import Toota

@Suite("Toota: what its operators and the authors of its clients were promised")
struct TootaOperationsTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// An installation without files of settings.
    private func folder() throws -> String {
        let path = NSTemporaryDirectory() + "toota-settings-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path + "/Config", withIntermediateDirectories: true)
        return path
    }

    @Test("A31: the names of its environment are read, and a PostgreSQL address is told apart")
    func environment() async throws {
        let path = try folder()
        let settings = try await Settings.load(
            environment: [
                "SECRET_KEY": "a secret of thirty-two characters", "EMAIL_HOST_USER": "post@example.com",
                "EMAIL_HOST_PASSWORD": "an app password", "DATABASE_URL": "mongodb://127.0.0.1/toota",
                "MAIL_SERVER": "smtp.example.com", "WS_APP_PING_SECONDS": "7",
            ], directory: path
        ).settings
        #expect(settings.secrets.pepper == "a secret of thirty-two characters")
        #expect(settings.mail.user == "post@example.com" && settings.mail.password == "an app password")
        #expect(settings.mongo.uri == "mongodb://127.0.0.1/toota" && settings.sockets.appPingSeconds == 7)
        let error = await #expect(throws: SettingsFaults.self) {
            _ = try await Settings.load(
                environment: ["DATABASE_URL": "postgresql://username:password@hostname:5432/dbname"], directory: path)
        }
        let faults = error?.faults ?? []
        #expect(faults.count == 1 && faults[0].contains("DATABASE_URL"), "\(faults)")
    }

    @Test("A31: a secret key like the one its document has published starts no production server")
    func publishedKey() async throws {
        let path = try folder()
        let error = await #expect(throws: SettingsFaults.self) {
            _ = try await Settings.load(
                environment: [
                    "FIXONCALL_ENV": "production", "SECRET_KEY": "django-insecure-0123456789abcdefghijklmnopqrstuv",
                ], directory: path)
        }
        let faults = error?.faults ?? []
        #expect(faults.contains("SECRET_KEY is a placeholder from a document"), "\(faults)")
    }

    @Test("A32: the port its clients know can be served beside our own")
    func port() async throws {
        let settings = try await Settings.load(environment: ["EXTRA_PORTS": "8000"], directory: folder()).settings
        #expect(settings.http.port == 5000 && settings.http.extraPorts == [8000])
    }

    @Test("A33: every socket has an example client that can be run")
    func examples() throws {
        let folder = Self.root.appendingPathComponent("Examples/toota")
        let programs = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".py") }
        let text = try programs.map { try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8) }
            .joined(separator: "\n")
        for description in Toota.socketDescriptions {
            let path = description.path.replacing("<", with: "{").replacing(">", with: "}")
            #expect(text.contains(path), "\(path)")
        }
        for program in programs where program != "toota.py" {
            let file = folder.appendingPathComponent(program).path
            #expect(FileManager.default.isExecutableFile(atPath: file), "\(program)")
        }
    }
}
