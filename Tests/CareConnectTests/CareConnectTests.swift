import BSON
import CareConnect
import FixOnCall
import FixOnCallClient
import FixOnCallServer
import Foundation
import Mongo
import MongoTesting
import Roadside
import RoadsideRules
import RoadsideTesting
import Testing

@Suite("CareConnect keeps its promises on the wire")
struct CareConnectTests {
    @Test("C1 C2 C3 C4 C5 C6: a ride as the document plays it, every frame with its keys, kinds and texts")
    func goldenRide() async throws {
        try await TestServer.with { server in
            let driver = try await server.provider("John Doe", at: RidePlaces.johannesburg, specialization: ["general"])
            let passenger = try await server.customer()
            let socket = try await passenger.socket("/ws/ride/12345/")
            let greeting = try await socket.nextText()
            #expect(greeting == (try Golden.load("connection_established").text))

            try await socket.send(text: try Golden.load("ping").text)
            let pong = try await socket.nextText()
            #expect(try Golden.shape(pong) == Golden.shape(try Golden.load("pong").text))
            let stamp = try JSON.parse(Array(pong.utf8))["timestamp"]?.string ?? ""
            #expect(stamp.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil, "\(stamp)")

            try await socket.send(text: try Golden.load("find_driver").text)
            let searching = try await socket.nextText()
            #expect(searching == (try Golden.load("searching").text))
            let assigned = try await socket.nextText()
            #expect(try Golden.shape(assigned) == Golden.shape(try Golden.load("driver_assigned").text), "\(assigned)")
            let frame = try JSON.parse(Array(assigned.utf8))
            #expect(frame["message"] == "Driver found!")
            let shown = try #require(frame["driver"])
            #expect(shown["name"] == "John Doe" && shown["phone"]?.string == driver.phone)
            #expect(shown["id"]?.int == driver.number)
            #expect(shown["latitude"]?.double == -26.2041 && shown["longitude"]?.double == 28.0473)
            #expect(assigned.contains(try Regex(#""rating":[0-9]\.[0-9][,}]"#)))

            let service = try await passenger.ask("GET", "/api/services/\(try #require(frame["booking_id"]?.int))")
            #expect(service.json?["data"]?["service"]?["status"] == "accepted")
            let profile = try await driver.ask("GET", "/api/auth/profile")
            #expect(profile.json?["data"]?["user"]?["is_available"] == false, "C10: its driver is busy")
        }
    }

    @Test("C7: nobody within ten kilometres: no_drivers when the search is over")
    func noDrivers() async throws {
        try await TestServer.with { server in
            _ = try await server.provider(at: RidePlaces.nearJohannesburg, specialization: ["general"], radiusKm: 60)
            let passenger = try await server.customer()
            let socket = try await passenger.ride("late")
            try await socket.say(try RidePlaces.findDriver())
            #expect(try await socket.nextJSON()["type"] == "searching")
            try await Self.endSearches(server)
            let frame = try await socket.nextText()
            #expect(frame == (try Golden.load("no_drivers").text))
        }
    }

    @Test("C8: what cannot be understood is an error with a description, and the socket stays")
    func errors() async throws {
        try await TestServer.with { server in
            let passenger = try await server.customer()
            let socket = try await passenger.ride("12345")
            var partial = try RidePlaces.findDriver()
            partial.add("pickup_latitude", "north")
            let wrong: [JSON] = [["type": "fly"], [:], ["type": "find_driver"], partial, ["type": "cancel_ride"]]
            for message in wrong {
                try await socket.say(message)
                let answer = try await socket.nextText()
                #expect(try Golden.shape(answer) == Golden.shape(try Golden.load("error").text), "\(answer)")
            }
            try await socket.say(partial)
            let told = try await socket.nextJSON()["message"]?.string ?? ""
            #expect(told.contains("pickup_latitude"), "\(told)")
            try await socket.send(text: "{")
            #expect(try await socket.nextJSON()["type"] == "error")
            #expect(try await socket.typesSoFar().isEmpty)
        }
    }

    @Test("C9: cancel_ride ends the ride, says so once, and frees its driver; again, it says how it stands")
    func cancels() async throws {
        try await TestServer.with { server in
            let driver = try await server.provider(at: RidePlaces.johannesburg, specialization: ["general"])
            let passenger = try await server.customer()
            let socket = try await passenger.ride("12345")
            try await socket.say(try RidePlaces.findDriver())
            let number = try #require(try await socket.frames(through: "driver_assigned").last?["booking_id"]?.int)
            try await socket.say(["type": "cancel_ride"])
            let cancelled = try await socket.nextText()
            #expect(
                cancelled
                    == #"{"type":"ride_cancelled","ride_id":"12345","booking_id":\#(number),"message":"Your ride has been cancelled."}"#
            )
            try await socket.say(["type": "cancel_ride"])
            #expect(try await socket.nextText() == cancelled)
            // K28: the name stays this ride's, and whoever asks for it anew is told so.
            try await socket.say(try RidePlaces.findDriver())
            #expect(try await socket.nextText() == cancelled)
            let over = try await socket.nextJSON()
            #expect(over["type"] == "error" && over["message"]?.string?.contains("new ride_id") == true, "\(over.text)")
            try await eventually("the driver is free") {
                let profile = try await driver.ask("GET", "/api/auth/profile")
                return profile.json?["data"]?["user"]?["is_available"] == true
            }
        }
    }

    @Test("C10: the nearest of those within ten kilometres has the ride; the next customer gets the next driver")
    func nearestFirst() async throws {
        try await TestServer.with { server in
            func driver(_ name: String, north kilometres: Double) async throws {
                let point = GeoPoint(latitude: -26.2041 + kilometres / 111.2, longitude: 28.0473)
                _ = try await server.provider(name, at: point, specialization: ["general"], radiusKm: 60)
            }
            try await driver("Nine", north: 9)
            try await driver("Three", north: 3)
            try await driver("Eleven", north: 11)
            var names: [String?] = []
            for ride in ["first", "second"] {
                let socket = try await server.customer().ride(ride)
                try await socket.say(try RidePlaces.findDriver())
                names.append(try await socket.frames(through: "driver_assigned").last?["driver"]?["name"]?.string)
            }
            #expect(names == ["Three", "Nine"])
            let third = try await server.customer().ride("third")
            try await third.say(try RidePlaces.findDriver())
            #expect(try await third.nextJSON()["type"] == "searching")
            try await Self.endSearches(server)
            #expect(try await third.nextJSON()["type"] == "no_drivers")
        }
    }

    @Test("C10 C12: a driver who is off duty or not verified is passed over")
    func onlyAvailableAndVerified() async throws {
        try await TestServer.with { server in
            let idle = try await server.provider("Off duty", at: RidePlaces.johannesburg, specialization: ["general"])
            #expect(
                try await idle.ask("POST", "/api/mechanics/me/availability", ["is_available": false]).status == 200)
            let rejected = try await server.provider(
                "Rejected", at: RidePlaces.johannesburg, specialization: ["general"])
            let admin = try await server.admin()
            let path = "/api/admin/providers/\(rejected.id)/reject"
            #expect(try await admin.ask("POST", path, ["reason": "No licence"]).status == 200)
            let farther = GeoPoint(latitude: -26.24, longitude: 28.0473)
            _ = try await server.provider("Good", at: farther, specialization: ["general"])
            let socket = try await server.customer().ride("12345")
            try await socket.say(try RidePlaces.findDriver())
            let name = try await socket.frames(through: "driver_assigned").last?["driver"]?["name"]?.string
            #expect(name == "Good")
        }
    }

    @Test("C11 K22: the fare and the distance of the client are kept and not believed")
    func fareIsClaimed() async throws {
        try await TestServer.with { server in
            _ = try await server.provider(at: RidePlaces.johannesburg, specialization: ["general"])
            var prices: [Double?] = []
            for fare in [0.01, 150.0] {
                let passenger = try await server.customer()
                let socket = try await passenger.ride("12345")
                var body = try RidePlaces.findDriver()
                body.add("fare_amount", .double(fare))
                body.add("distance_km", 0.1)
                try await socket.say(body)
                #expect(try await socket.nextJSON()["type"] == "searching")
                let job = try #require(try await Self.jobs(of: passenger, server).first)
                #expect(job.value(at: ["client_claim"]) != nil)
                let services = try await passenger.ask("GET", "/api/services/history")
                let service = services.json?["data"]?["services"]?[0]
                prices.append(service?["price_estimate"]?.double)
                #expect(service?["location"]?["address"] == "123 Main St, Johannesburg")
            }
            #expect(prices[0] != nil && prices[0] == prices[1] && prices[0] ?? 0 > 1)
        }
    }

    @Test("C17 K28: asking again for the same ride opens no second one, from wherever it is asked")
    func rideIDIsAKey() async throws {
        try await TestServer.with { server in
            _ = try await server.provider(at: RidePlaces.johannesburg, specialization: ["general"])
            let passenger = try await server.customer()
            let socket = try await passenger.ride("12345")
            try await socket.say(try RidePlaces.findDriver())
            let number = try await socket.frames(through: "driver_assigned").last?["booking_id"]?.int
            try await socket.say(try RidePlaces.findDriver())
            let again = try await socket.frames(through: "driver_assigned")
            #expect(again.count == 1 && again.last?["booking_id"]?.int == number)
            let elsewhere = try await passenger.ride("12345")
            let standing = try await elsewhere.nextJSON()
            #expect(standing["type"] == "driver_assigned" && standing["booking_id"]?.int == number)
            #expect(try await Self.jobs(of: passenger, server).count == 1)
        }
    }

    @Test("K28: two passengers who call their rides the same do not meet")
    func ridesAreNoRooms() async throws {
        try await TestServer.with { server in
            _ = try await server.provider(at: RidePlaces.johannesburg, specialization: ["general"])
            let (one, other) = try await (server.customer("One"), server.customer("Other"))
            let (first, second) = try await (one.ride("12345"), other.ride("12345"))
            try await first.say(try RidePlaces.findDriver())
            _ = try await first.frames(through: "driver_assigned")
            #expect(try await second.typesSoFar().isEmpty)
            try await second.say(["type": "cancel_ride"])
            #expect(try await second.nextJSON()["type"] == "error")
            #expect(try await first.typesSoFar().isEmpty)
        }
    }

    @Test("K28: two rides of one passenger keep apart on their sockets")
    func ridesOfOne() async throws {
        try await TestServer.with { server in
            let passenger = try await server.customer()
            let (one, two) = try await (passenger.ride("one"), passenger.ride("two"))
            try await one.say(try RidePlaces.findDriver())
            #expect(try await one.nextJSON()["ride_id"] == "one")
            #expect(try await two.typesSoFar().isEmpty)
        }
    }

    @Test(
        "C15: a ride is asked for at one server, and its driver found by another tells both of the passenger's sockets")
    func manyServers() async throws {
        try await TestServer.withTwo { one, two in
            let passenger = try await one.customer()
            let here = try await passenger.ride("12345")
            let there = try await two.socket(CareConnect.Path.ride("12345"), token: passenger.token)
            #expect(try await there.nextJSON()["type"] == "connection_established")
            try await here.say(try RidePlaces.findDriver())
            #expect(try await here.nextJSON()["type"] == "searching")
            #expect(try await there.nextJSON()["type"] == "searching")
            let driver = try await two.provider(at: RidePlaces.johannesburg, specialization: ["general"])
            try await Self.lookAgain(one)
            let assigned = try await here.nextJSON()
            #expect(assigned["type"] == "driver_assigned" && assigned["driver"]?["id"]?.int == driver.number)
            #expect(try await there.nextJSON() == assigned)
        }
    }

    @Test("C6 C19: who comes back to his ride hears where it stands; what happens to it then follows")
    func comesBack() async throws {
        try await TestServer.with { server in
            let driver = try await server.provider(at: RidePlaces.johannesburg, specialization: ["general"])
            let passenger = try await server.customer()
            let socket = try await passenger.ride("12345")
            try await socket.say(try RidePlaces.findDriver())
            let number = try #require(try await socket.frames(through: "driver_assigned").last?["booking_id"]?.int)
            try await socket.abort()
            let path = "/api/services/\(number)/status"
            #expect(try await driver.ask("PUT", path, ["status": "in_progress"]).status == 200)
            let back = try await passenger.ride("12345")
            #expect(try await back.nextJSON()["type"] == "driver_assigned")
            let status = try await back.nextText()
            #expect(
                status
                    == #"{"type":"ride_status","ride_id":"12345","booking_id":\#(number),"status":"in_progress","message":"Your ride has started."}"#
            )
            #expect(try await driver.ask("POST", "/api/services/\(number)/complete").status == 200)
            let last = try await back.nextJSON()
            #expect(last["type"] == "ride_status" && last["status"] == "completed")
        }
    }

    @Test(
        "K45: where drivers answer for themselves, the nearest is asked, and the ride ends in driver_assigned all the same"
    )
    func cascade() async throws {
        try await TestServer.with({ $0.careConnect.autoAssign = false }) { server in
            let near = try await server.provider("Near", at: RidePlaces.johannesburg, specialization: ["general"])
            let farther = GeoPoint(latitude: -26.24, longitude: 28.0473)
            let next = try await server.provider("Next", at: farther, specialization: ["general"])
            let passenger = try await server.customer()
            let socket = try await passenger.ride("12345")
            try await socket.say(try RidePlaces.findDriver())
            #expect(try await socket.nextJSON()["type"] == "searching")
            let number = try await offer(to: near)
            #expect(try await near.ask("POST", "/api/services/\(number)/decline", ["reason": "far"]).status == 200)
            #expect(try await offer(to: next) == number)
            #expect(try await next.ask("POST", "/api/services/\(number)/accept").status == 200)
            let assigned = try await socket.nextJSON()
            #expect(assigned["type"] == "driver_assigned" && assigned["driver"]?["name"] == "Next")
        }
    }

    @Test("C1 K1 K48: refused before the upgrade: no token, a wrong one, a driver's; and no ride has an empty name")
    func refusals() async throws {
        try await TestServer.with { server in
            let (passenger, driver) = try await (server.customer(), server.provider())
            let path = CareConnect.Path.ride("12345")
            let none = try await refusal { _ = try await server.socket(path, token: nil) }
            let wrong = try await refusal { _ = try await server.socket(path, token: "x") }
            let foreign = try await refusal { _ = try await driver.socket(path) }
            #expect(none.status == 401 && wrong.status == 401 && foreign.status == 403)
            for refused in [none, wrong, foreign] {
                let text = String(decoding: refused.body, as: UTF8.self)
                #expect(try Golden.shape(text) == Golden.shape(try Golden.load("error").text), "\(text)")
            }
            let control = try await refusal { _ = try await passenger.socket("/ws/ride/a%01b/") }
            let plain = try await passenger.ask("GET", path)
            #expect(control.status == 400 && plain.status == 400 && plain.json?["type"] == "error")
            #expect(try await passenger.ask("GET", "/ws/ride//").status == 404)
            #expect(try await passenger.ask("GET", "/ws/ride/12345").status == 404, "K3: no slash, no socket")
        }
    }

    @Test("C6 C12 C14 K34: the seeded drivers: from Johannesburg the first has the ride, in the car of the sample")
    func seededDrivers() async throws {
        try await TestServer.with { server in
            let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            let seed = try DemoCity(
                contentsOf: folder.appendingPathComponent("Seeds/careconnect.json").path,
                catalog: server.roadside.catalog)
            #expect(try await seed.load(into: server.roadside).accounts.count == 3)
            #expect(try await seed.load(into: server.roadside).isUnchanged)
            let login: JSON = ["email": "driver1@careconnect.example", "password": "password123"]
            #expect(try await server.http().post("/api/auth/login", login).status == 200)
            let names = try await [Self.driver(of: "first", server), Self.driver(of: "second", server)]
            #expect(names[0]?["name"] == "John Doe" && names[1] == nil)
            #expect(names[0]?["vehicle_type"] == "sedan" && names[0]?["vehicle_registration"] == "CA 123 GP")
        }
    }

    /// Who comes to a ride from Johannesburg; nil when nobody does.
    private static func driver(of ride: String, _ server: TestServer) async throws -> JSON? {
        let socket = try await server.customer().ride(ride)
        try await socket.say(try RidePlaces.findDriver())
        #expect(try await socket.nextJSON()["type"] == "searching")
        if ride == "second" { try await endSearches(server) }
        return try await socket.nextJSON()["driver"]
    }

    @Test("C13: a driver's position comes with heading and speed, and its newest is the one that a passenger is shown")
    func positions() async throws {
        try await TestServer.with { server in
            let driver = try await server.provider(at: RidePlaces.johannesburg, specialization: ["general"])
            let place: JSON = ["latitude": -26.2051, "longitude": 28.0483, "heading": 90, "speed": 8.5]
            #expect(try await driver.ask("POST", "/api/mechanics/me/location", place).status == 200)
            let socket = try await server.customer().ride("12345")
            try await socket.say(try RidePlaces.findDriver())
            let shown = try await socket.frames(through: "driver_assigned").last?["driver"]
            #expect(shown?["latitude"]?.double == -26.2051 && shown?["longitude"]?.double == 28.0483)
        }
    }

    @Test("C17: the log tells of the socket, the search, the booking and the driver, and of no name and no number")
    func log() async throws {
        let kept = LineKeeper()
        try await TestServer.with(logging: kept) { server in
            let driver = try await server.provider("John Doe", at: RidePlaces.johannesburg, specialization: ["general"])
            let socket = try await server.customer().ride("12345")
            try await socket.say(try RidePlaces.findDriver())
            _ = try await socket.frames(through: "driver_assigned")
            let texts = [
                "A socket was opened for a ride", "A driver is looked for", "A ride was booked", "A driver has a ride",
            ]
            try await eventually("everything is in the log") { texts.allSatisfy(kept.text.contains) }
            #expect(!kept.text.contains("John Doe") && !kept.text.contains(driver.phone))
            #expect(!kept.text.contains("+27123456789") && !kept.text.contains("Main St"))
        }
    }

    /// As if the time of every search were over.
    static func endSearches(_ server: TestServer) async throws {
        _ = try await server.database.client.collection("services").updateMany(
            ["status": "matching"],
            [
                "$set": [
                    "dispatch.deadline": .date(Date(timeIntervalSince1970: 0)),
                    "dispatch.next_timer_at": .date(Date(timeIntervalSince1970: 0)),
                ]
            ])
    }

    /// As if the moment had come when searches look again.
    static func lookAgain(_ server: TestServer) async throws {
        _ = try await server.database.client.collection("services").updateMany(
            ["status": "matching"], ["$set": ["dispatch.next_timer_at": .date(Date(timeIntervalSince1970: 0))]])
    }

    static func jobs(of person: Person, _ server: TestServer) async throws -> [Document] {
        let id = try #require(ObjectID(person.id))
        return try await server.database.client.collection("services").find(["customer_id": .id(id)])
    }

    /// The number of the job that a provider is being offered.
    private func offer(to person: Person) async throws -> Int64 {
        var number: Int64?
        try await eventually("somebody is asked") {
            let list = try await person.ask("GET", "/api/services/available")
            number = list.json?["data"]?["services"]?[0]?["number"]?.int
            return number != nil
        }
        return try #require(number)
    }
}
