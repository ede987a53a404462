import BSON
import FixOnCallClient
import FixOnCallServer
import Roadside
import RoadsideRules
import RoadsideTesting
import Testing
import Toota

@Suite("Toota keeps its promises in REST")
struct TootaTests {
    private static let here = "?latitude=-1.2921&longitude=36.8219"

    @Test("A1: drivers near by, nearest first, integers for ids, masked and rounded; from another radius nobody")
    func findDriver() async throws {
        try await TestServer.with { server in
            let user = try await server.customer()
            let far = try #require(GeoPoint(latitude: -1.35, longitude: 36.8219))
            let barry = try await server.trucker("Barry Griffin", at: far)
            let john = try await server.trucker("John Doe", at: GeoPoint(latitude: -1.29213, longitude: 36.82196))
            // Somebody who repairs and tows nothing.
            _ = try await server.provider("Not A Trucker")
            let answer = try await user.ask("GET", Toota.Path.findDriver + Self.here)
            #expect(answer.status == 200)
            let json = try #require(answer.json)
            try expectGolden(json, "drivers-found", isOpen: true)
            #expect(json["message"] == "Available drivers found")
            let drivers = try #require(json["drivers"]?.array)
            #expect(drivers.map { $0["id"] } == [.int(john.number), .int(barry.number)])
            #expect(drivers[0]["first_name"] == "John" && drivers[0]["last_name"] == "Doe")
            #expect(drivers[0]["latitude"]?.double == -1.292 && drivers[0]["longitude"]?.double == 36.822)
            #expect(drivers[0]["phone"]?.string?.contains("•••") == true)
            #expect(drivers[0]["is_available"] == true)
            #expect(!answer.text.contains(john.email) && !answer.text.contains(john.phone))

            let near = try await user.ask("GET", Toota.Path.findDriver + Self.here + "&radius=1")
            #expect(near.json?["drivers"]?.array?.count == 1)
            let lorry = try await user.ask("GET", Toota.Path.findDriver + Self.here + "&vehicle_type=lorry")
            #expect(lorry.text == #"{"message":"No available drivers nearby"}"#)
        }
    }

    @Test("A1 K18: a driver's vehicle is what he has told of it, in every list of drivers; nothing is made up")
    func vehicles() async throws {
        try await TestServer.with { server in
            let scene = try await Scene(server)
            let digits = (UInt64(ObjectID().hex.suffix(10), radix: 16) ?? 0) % 10_000_000 + 10_000_000
            let password = "Long-\(ObjectID().hex)"
            let registered = try await server.http().post(
                "/api/auth/register/",
                [
                    "name": "Barry Griffin", "phone_number": .string("+25471\(String(digits).dropFirst())"),
                    "password": .string(password), "password_confirm": .string(password), "user_type": "assistant",
                    "service_type": "towing", "vehicle_type": "Flatbed 6t", "driving_license_cat": "c",
                    "driving_license_num": "DL-4711", "driving_license_expiry": "31:12:40",
                    "vehicle_registration_num": 1234567, "current_lat": -1.2921, "current_lng": 36.8219,
                ])
            #expect(registered.status == 201, "\(registered.text)")
            let found = try await scene.user.ask("GET", Toota.Path.findDriver + Self.here).json?["drivers"]?.array
            let (_, _, created) = try await scene.created()
            for drivers in [try #require(found), try #require(created["available_drivers"]?.array)] {
                let words = Dictionary(
                    uniqueKeysWithValues: drivers.map { ($0["name"]?.string, $0["vehicle_type"]?.string) })
                #expect(words == ["Barry Griffin": "Flatbed 6t", "John Doe": ""])
            }
        }
    }

    @Test("A2: nobody near is 200 with a message and no list, however many there are elsewhere")
    func nobody() async throws {
        try await TestServer.with { server in
            let user = try await server.customer()
            _ = try await server.trucker()
            let answer = try await user.ask("GET", Toota.Path.findDriver + "?latitude=3.1&longitude=40.0")
            #expect(answer.status == 200)
            let golden = try Golden.load("no-drivers")
            #expect(answer.text == golden.text)
        }
    }

    @Test("A1 K7: without a position the last one known of the caller counts; who has none is told; half a one is 400")
    func whereabouts() async throws {
        try await TestServer.with { server in
            let scene = try await Scene(server)
            let unknown = try await scene.user.ask("GET", Toota.Path.findDriver)
            #expect(unknown.status == 400)
            #expect(unknown.json?["error"]?.string != nil && unknown.json?["fields"]?[0]?["name"] == "latitude")
            let half = try await scene.user.ask("GET", Toota.Path.findDriver + "?lat=-1.29")
            #expect(half.status == 400 && half.json?["fields"]?[0]?["name"] == "longitude")
            let nowhere = try await scene.user.ask("GET", Toota.Path.findDriver + "?lat=91&lon=0")
            #expect(nowhere.status == 400)
            _ = try await scene.created()
            let known = try await scene.user.ask("GET", Toota.Path.findDriver)
            #expect(known.json?["drivers"]?.array?.count == 1, "\(known.text)")
        }
    }

    @Test("A3: what the document says of a new status is what the route takes")
    func documentedStatus() async throws {
        try await TestServer.with { server in
            let scene = try await Scene(server)
            let (_, trip, _) = try await scene.created()
            let document = try #require(try await server.http().get("/api/swagger.json").json)
            let operation = document["paths"]?["/trips/{id}/status/"]?["post"]
            let schema = try #require(operation?["requestBody"]?["content"]?["application/json"]?["schema"])
            let check = SchemaCheck(document)
            for (body, fits) in [
                ([:], false), (["status": "flying"], false), (["payment_status": "owed"], false),
                (["status": "completed", "trip_status": [nil]], false),
                (["status": "completed"], true), (["trip_status": "cancelled", "status": nil], true),
            ] as [(JSON, Bool)] {
                let answer = try await scene.user.ask("POST", Scene.path(Toota.Path.status, trip), body)
                #expect((answer.status != 400) == fits, "\(body.text): \(answer.text)")
                #expect(check.faults(body, schema).isEmpty == fits, "\(body.text)")
            }
            let both: JSON = ["status": "cancelled", "trip_status": "completed"]
            let answer = try await scene.user.ask("POST", Scene.path(Toota.Path.status, trip), both)
            #expect(answer.status == 400 && answer.json?["fields"]?[0]?["name"] == "trip_status", "\(answer.text)")
        }
    }

    @Test("K3: slashes as the document writes them; the other spelling is 404, no redirect")
    func slashes() async throws {
        try await TestServer.with { server in
            let user = try await server.customer()
            for path in ["/trip/find-driver", "/trips/1/status", "/trips/find-driver/"] {
                let answer = try await user.ask("GET", path)
                #expect(answer.status == 404, "\(path)")
                #expect(answer.headers["Location"] == nil)
            }
        }
    }

    @Test("A3 K44: a driver leads his trip on with every word there is; a user may cancel and do nothing else")
    func updateStatus() async throws {
        try await TestServer.with { server in
            let scene = try await Scene(server)
            let (_, _, trip, _) = try await scene.accepted()
            let path = Scene.path(Toota.Path.status, trip)
            let way = try await scene.driver.ask("POST", path, ["status": "on the way"])
            #expect(way.status == 200)
            let golden = try Golden.load("status-updated")
            #expect(way.text == golden.text)
            #expect(try await scene.status(trip) == "on the way")
            let byUser = try await scene.user.ask("POST", path, ["trip_status": "completed"])
            #expect(byUser.status == 403 && byUser.json?["error"]?.string?.isEmpty == false, "\(byUser.text)")
            #expect(try await scene.status(trip) == "on the way")
            let cancelled = try await scene.user.ask("POST", path, ["trip_status": "cancelled"])
            #expect(cancelled.status == 200, "\(cancelled.text)")
            #expect(try await scene.status(trip) == "cancelled")
            let late = try await scene.driver.ask("POST", path, ["status": "on the way"])
            #expect(late.status == 409)
        }
    }

    @Test("A3: what is no word is 400 and lists the words; a missing one, and what is no body, are 400")
    func wrongWords() async throws {
        try await TestServer.with { server in
            let scene = try await Scene(server)
            let (_, _, trip, _) = try await scene.accepted()
            let path = Scene.path(Toota.Path.status, trip)
            let unknown = try await scene.driver.ask("POST", path, ["status": "flying"])
            #expect(unknown.status == 400)
            #expect(unknown.json?["fields"]?[0]?["message"]?.string?.contains("on the way") == true)
            for body in [[:], ["status": 7], ["payment_status": "perhaps"]] as [JSON] {
                #expect(try await scene.driver.ask("POST", path, body).status == 400, "\(body.text)")
            }
            let broken = try await scene.driver.http.request(
                "POST", path, headers: [("Authorization", "Bearer \(scene.driver.token)")], body: Array("{".utf8))
            #expect(broken.status == 400 && broken.json?["error"]?.string?.isEmpty == false)
        }
    }

    @Test("A4 K39: where a trip stands, by UUID, id or number; unknown, foreign or no id at all is 404 to the letter")
    func tripStatus() async throws {
        try await TestServer.with { server in
            let scene = try await Scene(server)
            let (_, trip, _) = try await scene.created()
            let uuid = try #require(trip.string)
            #expect(uuid.count == 36)
            let id = try #require(Reference(uuid))
            let job = try await server.roadside.jobs.job(id, for: scene.caller(scene.user))
            for name in [uuid, uuid.uppercased(), job.id.hex, "\(job.number)"] {
                let answer = try await scene.user.ask("GET", "/trips/\(name)/status/")
                #expect(answer.text == #"{"trip_status":"pending"}"#, "\(name)")
            }
            let golden = try Golden.load("trip-not-found")
            let stranger = try await server.customer()
            for (person, name) in [
                (stranger, uuid), (scene.user, "65a50b2c9f1d4e0012345678"), (scene.user, "nonsense"),
                (scene.driver, uuid), (scene.user, "6f9619ff-8b86-4011-b42d-00cf4fc964ff"),
            ] {
                for method in ["GET", "POST"] {
                    let answer = try await person.ask(method, "/trips/\(name)/status/", ["status": "cancelled"])
                    #expect(answer.status == 404, "\(method) \(name)")
                    #expect(answer.json?["error"] == golden.json["error"], "\(answer.text)")
                }
            }
            try expectGolden(
                try #require(try await scene.user.ask("GET", "/trips/\(uuid)/status/").json), "trip-status")
        }
    }

    @Test("A34 K1: without a token 401, and what FixOnCall calls a driver is a user: he finds drivers, they do not")
    func roles() async throws {
        try await TestServer.with { server in
            let (user, driver) = try await (server.customer(), server.trucker())
            let nobody = try await server.http().get(Toota.Path.findDriver + Self.here)
            #expect(nobody.status == 401 && nobody.json?["error"]?.string?.isEmpty == false)
            #expect(try await user.ask("GET", Toota.Path.findDriver + Self.here).status == 200)
            let refused = try await driver.ask("GET", Toota.Path.findDriver + Self.here)
            #expect(refused.status == 403 && refused.json?["error"]?.string?.isEmpty == false)
        }
    }

    @Test("A5 A6: the documents are where both environments had them, and say whose sign-in and papers serve")
    func documents() async throws {
        try await TestServer.with { server in
            let http = server.http()
            for path in ["/swagger/", "/swagger-docs/"] {
                let page = try await http.get(path)
                #expect(page.status == 200 && page.headers["Content-Type"]?.hasPrefix("text/html") == true, "\(path)")
            }
            let document = try #require(try await http.get("/api/swagger.json").json)
            for path in ["/trip/find-driver/", "/trips/{id}/status/", "/api/auth/register", "/api/auth/login"] {
                #expect(document["paths"]?[path] != nil, "\(path)")
            }
            #expect(document["paths"]?["/api/mechanics/me/documents"]?["post"] != nil)
            let tag = document["tags"]?.array?.first { $0["name"] == "Toota" }
            #expect(tag?["description"]?.string?.contains("/api/auth") == true)
        }
    }
}

extension Scene {
    /// The word of A4.
    func status(_ trip: JSON) async throws -> String? {
        try await user.ask("GET", Scene.path(Toota.Path.status, trip)).json?["trip_status"]?.string
    }

    func caller(_ person: Person) async throws -> Caller {
        try await server.roadside.accounts.authenticate(bearer: person.token)
    }
}
