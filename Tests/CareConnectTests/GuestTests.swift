import BSON
import CareConnect
import FixOnCallClient
import FixOnCallServer
import Foundation
import Mongo
import MongoTesting
import RoadsideTesting
import Testing

@Suite("CareConnect's guests, where they are let in")
struct GuestTests {
    private func open(_ ride: String, _ server: TestServer) async throws -> SocketClient {
        let socket = try await server.socket(CareConnect.Path.ride(ride), token: nil)
        #expect(try await socket.nextJSON()["type"] == "connection_established")
        return socket
    }

    @Test("C1 K48: the document's own flow, without a token: the driver learns the phone that the guest gave")
    func flow() async throws {
        try await TestServer.with({ $0.careConnect.guests = true }) { server in
            let driver = try await server.provider("John Doe", at: RidePlaces.johannesburg, specialization: ["general"])
            let socket = try await open("12345", server)
            try await socket.say(try RidePlaces.findDriver())
            let number = try #require(try await socket.frames(through: "driver_assigned").last?["booking_id"]?.int)
            let seen = try await driver.ask("GET", "/api/services/\(number)")
            let customer = seen.json?["data"]?["service"]?["customer"] ?? seen.json?["data"]?["service"]?["user"]
            #expect(customer?["phone"] == "+27123456789", "\(seen.text)")
        }
    }

    @Test(
        "README decision 13: who comes back soon with the same ride is the same guest; another ride is somebody else's")
    func resumes() async throws {
        try await TestServer.with({ $0.careConnect.guests = true }) { server in
            _ = try await server.provider(at: RidePlaces.johannesburg, specialization: ["general"])
            let socket = try await open("12345", server)
            try await socket.say(try RidePlaces.findDriver())
            let number = try await socket.frames(through: "driver_assigned").last?["booking_id"]?.int
            try await socket.abort()
            let back = try await open("12345", server)
            #expect(try await back.nextJSON()["booking_id"]?.int == number)
            let other = try await open("12346", server)
            #expect(try await other.typesSoFar().isEmpty)

            // Two minutes and more later it is a stranger who uses the name.
            _ = try await server.database.client.collection("sessions").updateMany(
                ["seq": 1], ["$set": ["expires_at": .date(Date(timeIntervalSince1970: 1))]])
            let stranger = try await open("12345", server)
            #expect(try await stranger.typesSoFar().isEmpty)
        }
    }

    @Test("K48: one address makes so many guests and no more; who is known, or signed in, comes in all the same")
    func bounded() async throws {
        try await TestServer.with({
            $0.careConnect.guests = true
            $0.limits.guestsPerClient = 2
        }) { server in
            for ride in ["1", "2"] { try await open(ride, server).close() }
            let path = CareConnect.Path.ride("3")
            let refused = try await refusal { _ = try await server.socket(path, token: nil) }
            #expect(refused.status == 429)
            let body = try JSON.parse(refused.body)
            #expect(body["type"] == "error" && body["message"]?.string?.contains("sign in") == true, "\(body.text)")
            _ = try await open("2", server)
            _ = try await server.customer().ride("3")
        }
    }

    @Test(
        "T37, K48: a phone number that belongs to an account opens nothing of it to a guest, and takes nothing from it")
    func phoneTakesNothingOver() async throws {
        try await TestServer.with({ $0.careConnect.guests = true }) { server in
            let owner = try await server.customer()
            let own = try await owner.ride("12345")
            try await own.say(try RidePlaces.findDriver())
            #expect(try await own.nextJSON()["type"] == "searching")

            let guest = try await open("12345", server)
            #expect(try await guest.typesSoFar().isEmpty, "the owner's ride is not the guest's")
            var body = try RidePlaces.findDriver()
            body.add("passenger_phone", .string(owner.phone))
            try await guest.say(body)
            #expect(try await guest.nextJSON()["type"] == "searching")
            #expect(try await own.typesSoFar().isEmpty)
            let login: JSON = ["phone": .string(owner.phone), "password": .string(owner.password)]
            #expect(try await server.http().post("/api/auth/login", login).status == 200)
            let history = try await owner.ask("GET", "/api/services/history")
            #expect(history.json?["data"]?["services"]?.array?.count == 1)
        }
    }

    @Test("K48: a token that does not count makes nobody a guest, and who is signed in is reached as his account says")
    func tokensCount() async throws {
        try await TestServer.with({ $0.careConnect.guests = true }) { server in
            let path = CareConnect.Path.ride("12345")
            #expect(try await refusal { _ = try await server.socket(path, token: "x") }.status == 401)
            let driver = try await server.provider(at: RidePlaces.johannesburg, specialization: ["general"])
            let passenger = try await server.customer()
            let socket = try await passenger.ride("12345")
            try await socket.say(try RidePlaces.findDriver())
            let number = try #require(try await socket.frames(through: "driver_assigned").last?["booking_id"]?.int)
            let seen = try await driver.ask("GET", "/api/services/\(number)")
            #expect(seen.text.contains(passenger.phone) && !seen.text.contains("+27123456789"))
        }
    }

    @Test("K48: a guest who gives no phone number that is one is told so, and no ride is opened")
    func phoneIsChecked() async throws {
        try await TestServer.with({ $0.careConnect.guests = true }) { server in
            let socket = try await open("12345", server)
            var body = try RidePlaces.findDriver()
            body.add("passenger_phone", "call me")
            try await socket.say(body)
            let answer = try await socket.nextJSON()
            #expect(answer["type"] == "error" && answer["message"]?.string?.contains("passenger_phone") == true)
            #expect(try await server.database.client.collection("services").count([:]) == 0)
        }
    }

    @Test("T37, K48: production lets no guests in, and gives no ride away unasked unless told to")
    func production() async throws {
        let folder = NSTemporaryDirectory() + "fixoncall-guests-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let secrets = ["JWT_SECRET_KEY", "SECRET_KEY", "ENCRYPTION_KEY"].map {
            ($0, "\($0) of thirty-two characters or more")
        }
        var environment = Dictionary(uniqueKeysWithValues: secrets)
        environment["FIXONCALL_ENV"] = "production"
        environment["MONGO_URI"] = "mongodb://db.example/fix"
        let usual = try await Settings.load(environment: environment, directory: folder).settings.careConnect
        #expect(!usual.guests && !usual.autoAssign)
        let told = environment.merging(["RIDE_AUTO_ASSIGN": "true"]) { $1 }
        #expect(try await Settings.load(environment: told, directory: folder).settings.careConnect.autoAssign)
        let open = environment.merging(["C_ANONYMOUS": "true"]) { $1 }
        let faults = await #expect(throws: SettingsFaults.self) {
            _ = try await Settings.load(environment: open, directory: folder)
        }
        #expect(faults?.faults.count == 1 && faults?.faults.first?.hasPrefix("careconnect.guests") == true)
        let local = try await Settings.load(environment: [:], directory: folder).settings.careConnect
        #expect(local.guests && local.autoAssign)
    }
}
