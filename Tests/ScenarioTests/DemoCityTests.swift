import BSON
import FixOnCallClient
import FixOnCallServer
import Foundation
import LiveBookings
import Roadside
import RoadsideTesting
import Testing

@Suite("The demo city, as a newcomer meets it")
struct DemoCityTests {
    private static let seeds = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Seeds").path

    private struct Visitor {
        let http: HTTPClient
        let server: TestServer
        let token: String

        init(_ email: String, _ password: String, _ server: TestServer) async throws {
            http = server.http()
            self.server = server
            let answer = try await http.post(
                "/api/auth/login", ["email": .string(email), "password": .string(password)])
            token = try #require(answer.json?["data"]?["access_token"]?.string)
        }

        func ask(_ method: String, _ path: String, _ body: JSON? = nil) async throws -> JSON {
            let answer = try await http.request(
                method, "/api\(path)", headers: [("Authorization", "Bearer \(token)")], json: body)
            #expect((200...201).contains(answer.status), "\(method) \(path) answered \(answer.status)")
            return answer.json?["data"] ?? .null
        }
    }

    @Test("the rescue by hand of README.md goes as printed in a city of 600 providers and a week of history")
    func rescueByHand() async throws {
        try await TestServer.with { server in
            let city = try DemoCity(contentsOf: "\(Self.seeds)/nairobi.json", catalog: server.roadside.catalog)
            let loaded = try await city.load(into: server.roadside)
            #expect(loaded.city?.providers == 600)
            #expect(try await city.load(into: server.roadside).isUnchanged)

            let mechanic = try await Visitor("wairimu@fixoncall.example", city.password, server)
            let motorist = try await Visitor("wanjiku@fixoncall.example", city.password, server)
            let alerts = try await server.socket(LiveBookings.Path.availableBookings, token: mechanic.token)
            let opened = try await motorist.ask(
                "POST", "/services/request",
                [
                    "service_type": "breakdown", "description": "Engine stopped",
                    "location": ["latitude": -1.2990, "longitude": 36.8170, "address": "Upper Hill, Nairobi"],
                ])
            let id = try #require(opened["service"]?["id"]?.string)
            let number = try #require(opened["service"]?["number"]?.int)
            // The first frame already: nothing of the past is pushed to anybody.
            let alert = try await alerts.nextJSON()
            #expect(alert["booking_id"]?.int == number)

            let accepted = try await mechanic.ask("POST", "/services/\(id)/accept")
            #expect(accepted["service"]?["status"]?.string == "accepted")
            let code = try #require(try await motorist.ask("GET", "/services/\(id)")["service"]?["start_otp"]?.string)
            let started = try await mechanic.ask("POST", "/services/\(id)/start", ["otp": .string(code)])
            #expect(started["service"]?["status"]?.string == "in_progress")
            let completed = try await mechanic.ask("POST", "/services/\(id)/complete")
            #expect(completed["service"]?["status"]?.string == "completed")

            let history = try await motorist.ask("GET", "/services/history")
            #expect(history["services"]?[0]?["id"]?.string == id)
            #expect((history["services"]?.array?.count ?? 0) > 1)
            let notices = try await motorist.ask("GET", "/notifications/my-notifications")
            #expect(notices["notifications"]?[0]?["message"]?.string?.isEmpty == false)
            try await alerts.close(code: 1000)
        }
    }

    @Test("C14: CareConnect's seed has no city around it, and its accounts are printed with their places")
    func careConnect() async throws {
        try await TestServer.with { server in
            let seed = try DemoCity(contentsOf: "\(Self.seeds)/careconnect.json", catalog: server.roadside.catalog)
            #expect(!seed.isCity && seed.count == 3 && seed.password == "password123")
            let loaded = try await seed.load(into: server.roadside)
            #expect(loaded.city == nil && loaded.accounts.count == 3)
            #expect(try await seed.load(into: server.roadside).isUnchanged)
            let line = try #require(seed.accounts.first)
            #expect(line.contains("John Doe (general; Johannesburg)"))
        }
    }

    @Test("a missing file, broken JSON and wrong values are all named")
    func faults() async throws {
        let folder = NSTemporaryDirectory() + "fixoncall-seeds-\(ObjectID().hex)"
        try FileManager.default.createDirectory(atPath: "\(folder)/town", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data("{ \"customers\": [ {} ] }".utf8).write(to: URL(fileURLWithPath: "\(folder)/town.json"))
        try Data("{ oh".utf8).write(to: URL(fileURLWithPath: "\(folder)/town/places.json"))
        var fault: DemoCity.Fault?
        try await TestServer.with { server in
            do throws(DemoCity.Fault) {
                _ = try DemoCity(contentsOf: "\(folder)/town.json", catalog: server.roadside.catalog)
            } catch {
                fault = error
            }
        }
        let text = try #require(fault).description
        for part in [
            "town.json: password", "customers[0].email", "town/places.json: ", "no seed file \(folder)/town/people",
        ] {
            #expect(text.contains(part), "\(part) is missing in \(text)")
        }
    }
}
