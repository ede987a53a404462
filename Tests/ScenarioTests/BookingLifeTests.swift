import BSON
import FixOnCallClient
import FixOnCallServer
import Foundation
import LiveBookings
import Mongo
import MongoTesting
import RoadsideTesting
import Testing

@Suite("An appointment over the wire, with everybody listening")
struct BookingLifeTests {
    @Test(
        "D10, F6, E1–E7, E11: booked for later, found when its time draws near, accepted, started by the code, completed"
    )
    func wholeLife() async throws {
        try await TestServer.with { server in
            let (customer, provider) = try await (server.customer(), server.provider())
            let bookings = try await customer.socket(LiveBookings.Path.customerBookings)
            let alerts = try await provider.socket(LiveBookings.Path.availableBookings)
            let work = try await provider.socket(LiveBookings.Path.providerBookings)
            let made = try await customer.ask(
                "POST", "/api/bookings/create",
                [
                    "location": ["latitude": -1.2921, "longitude": 36.8219, "address": "Kenyatta Avenue"],
                    "scheduled_time": .string(ISO8601.seconds(Date().addingTimeInterval(7200))),
                ])
            let booking = try #require(made.json?["data"]?["booking"])
            let service = try #require(booking["service_id"]?.string.flatMap { ObjectID($0) })
            let scheduled = try await bookings.nextJSON()
            let number = try #require(booking["service_number"]?.int)
            #expect(
                scheduled == [
                    "booking_id": .int(number), "status": "pending", "message": "Your booking has been scheduled.",
                ])

            try await Self.bringNear(service, server)
            let searching = try await bookings.nextJSON()
            #expect(searching["message"] == "We are looking for a driver near you.")
            let alert = try await alerts.nextJSON()
            #expect(alert["booking_id"]?.int == number)
            #expect(alert["pickup_location"] == "Kenyatta Avenue")

            // The number of the frames, which is the service's, names the booking, too.
            let path = "/api/bookings/\(number)"
            #expect(try await provider.ask("POST", path + "/accept").status == 200)
            let accepted = try await bookings.frames { $0["otp"] != nil }
            #expect(accepted.map { $0["status"]?.string } == ["accepted", nil])
            let code = try #require(accepted.last?["otp"])
            #expect(try await provider.ask("POST", path + "/start", ["otp": code]).status == 200)
            #expect(try await provider.ask("POST", path + "/complete").status == 200)
            let heard = try await bookings.frames { $0["status"]?.string == "completed" }
            #expect(heard.map { $0["status"]?.string } == ["accepted", "accepted", "on_trip", "completed"])
            let worked = try await work.frames { $0["status"]?.string == "completed" }
            #expect(
                worked.map { $0["status"]?.string } == ["accepted", "accepted", "accepted", "on_trip", "completed"])
            let seen = try await customer.ask("GET", path).json?["data"]?["booking"]
            #expect(seen?["id"] == booking["id"])
            #expect(seen?["status"] == "completed")
        }
    }

    @Test("F6: a postponed booking is taken back from the alerts of its mechanics, and offered anew in its time")
    func postponed() async throws {
        try await TestServer.with { server in
            let (customer, provider) = try await (server.customer(), server.provider())
            let bookings = try await customer.socket(LiveBookings.Path.customerBookings)
            let alerts = try await provider.socket(LiveBookings.Path.availableBookings)
            let service = try await customer.request()
            let number = try #require(service["number"]?.int)
            let id = try #require(service["id"]?.string.flatMap { ObjectID($0) })
            #expect(try await alerts.nextJSON()["booking_id"]?.int == number)
            let later: JSON = [
                "service_id": .int(number), "scheduled_time": .string(ISO8601.seconds(Date().addingTimeInterval(7200))),
            ]
            #expect(try await customer.ask("POST", "/api/bookings/create", later).status == 201)
            let gone = try await alerts.nextJSON()
            #expect(gone["booking_id"]?.int == number && gone["status"] == "withdrawn")
            let told = try await bookings.frames { $0["message"] == "Your booking has been scheduled." }
            #expect(told.map { $0["status"]?.string } == ["pending", "pending"])
            #expect(try await provider.ask("POST", "/api/bookings/\(number)/accept").status == 409)

            try await eventually("its timer is set") {
                let job = try await server.database.client.collection("services").findOne(["_id": .id(id)])
                return job?.value(at: ["dispatch", "resume_at"]) == nil
            }
            try await Self.bringNear(id, server)
            #expect(try await alerts.nextJSON()["estimated_cost"] != nil)
            #expect(try await provider.ask("POST", "/api/bookings/\(number)/accept").status == 200)
        }
    }

    @Test("a booking outlives the server it was made at: another one begins its search when its time comes")
    func restart() async throws {
        let database = try await TestDatabase.fresh()
        let first = try await TestServer.start(on: database)
        let customer = try await first.customer()
        let made = try await customer.ask(
            "POST", "/api/bookings/create",
            [
                "location": ["latitude": -1.2921, "longitude": 36.8219],
                "scheduled_time": .string(ISO8601.seconds(Date().addingTimeInterval(7200))),
            ])
        let id = try #require(made.json?["data"]?["booking"]?["service_id"]?.string.flatMap { ObjectID($0) })
        await first.halt()
        let second = try await TestServer.start(on: database)
        let provider = try await second.provider()
        let alerts = try await provider.socket(LiveBookings.Path.availableBookings)
        try await Self.bringNear(id, second)
        #expect(try await alerts.nextJSON()["estimated_cost"] != nil)
        await second.stop()
    }

    @Test("how long before an appointment the search begins is the operator's to say")
    func lead() async throws {
        try await TestServer.with({ $0.bookings.leadMinutes = 180 }) { server in
            let made = try await server.customer().ask(
                "POST", "/api/bookings/create",
                [
                    "location": ["latitude": -1.2921, "longitude": 36.8219],
                    "scheduled_time": .string(ISO8601.seconds(Date().addingTimeInterval(7200))),
                ])
            #expect(made.json?["data"]?["booking"]?["stage"] == "matching")
        }
    }

    /// As if the moment had come at which the search begins.
    private static func bringNear(_ service: ObjectID, _ server: TestServer) async throws {
        try await server.database.client.collection("services").updateOne(
            ["_id": .id(service), "status": "scheduled"],
            ["$set": ["dispatch.next_timer_at": .date(Date(timeIntervalSince1970: 0))]])
    }
}
