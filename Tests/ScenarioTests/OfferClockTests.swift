import BSON
import FixOnCallClient
import Foundation
import LiveBookings
import Mongo
import MongoTesting
import RoadsideTesting
import Testing

@Suite("The clock of an offer survives the process (realtime.md 3.5)")
struct OfferClockTests {
    @Test("fault 1: killed in mid-offer: who comes back sees the same offer until the same moment, and may take it")
    func fault1KilledInMidOffer() async throws {
        let database = try await TestDatabase.fresh()
        let program = try await ServerProcess.start(on: database)
        let stage = Stage(port: program.port)
        let (customer, chosen) = (try await stage.register("customer"), try await stage.register("provider"))
        let alerts = try await stage.socket(LiveBookings.Path.availableBookings, token: chosen)
        let number = try await stage.request(
            token: customer, extra: ["mechanic_id": .string(try await stage.id(of: chosen))])
        #expect(try await alerts.nextJSON()["booking_id"]?.int == number)
        let (offers, notifications) = (
            database.client.collection("offers"), database.client.collection("notifications")
        )
        try await eventually("the alert is confirmed") {
            try await notifications.count(["kind": "offer.new", "received_at": ["$exists": true]]) == 1
        }
        let before = try #require(try await offers.findOne([:]))
        program.signal(SIGKILL)
        try await program.ended()

        let again = try await ServerProcess.start(on: database, port: program.port)
        let anew = try await stage.socket(LiveBookings.Path.availableBookings, token: chosen)
        #expect(try await anew.nextJSON()["booking_id"]?.int == number)
        #expect(try await offers.find([:]) == [before])
        let bookings = try await stage.socket(LiveBookings.Path.customerBookings, token: customer)
        #expect(try await stage.accept(number, token: chosen) == 200)
        let told = try await bookings.frames { $0["otp"] != nil }
        #expect(told.compactMap { $0["status"]?.string }.last == "accepted")
        #expect(try await offers.find([:]).compactMap { $0.get("state", as: String.self) } == ["accepted"])
        again.signal(SIGTERM)
        try await again.ended()
        await database.drop()
    }

    @Test(
        "fault 1, fault 4: an exclusive offer that ran out while no server lived ends at boot, and everybody else is asked"
    )
    func overdueAtBoot() async throws {
        let database = try await TestDatabase.fresh()
        let program = try await ServerProcess.start(on: database)
        let stage = Stage(port: program.port)
        let customer = try await stage.register("customer")
        let chosen = try await stage.register("provider")
        let alerts = try await stage.socket(LiveBookings.Path.availableBookings, token: chosen)
        let chosenID = try await stage.id(of: chosen)
        let number = try await stage.request(token: customer, extra: ["mechanic_id": .string(chosenID)])
        #expect(try await alerts.nextJSON()["booking_id"]?.int == number)
        program.signal(SIGKILL)
        try await program.ended()

        // Time passes while nobody watches: the deadline and the timer lie in the past.
        let past = BSONValue.date(Date().addingTimeInterval(-30))
        let services = database.client.collection("services")
        let offers = database.client.collection("offers")
        let filter: Document = ["number": .int64(number)]
        try await services.updateOne(filter, ["$set": ["dispatch.next_timer_at": past]])
        let job = try #require(try await services.findOne(filter)?["_id"])
        try await offers.updateMany(["job_id": job], ["$set": ["expires_at": past]])

        let again = try await ServerProcess.start(on: database, port: program.port)
        let other = try await stage.register("provider")
        let otherAlerts = try await stage.socket(LiveBookings.Path.availableBookings, token: other)
        #expect(try await otherAlerts.nextJSON()["booking_id"]?.int == number)
        try await eventually("the offer has ended") {
            try await offers.findOne(["job_id": job, "provider_id": .id(ObjectID(chosenID) ?? ObjectID())])?
                .get("state") == "expired"
        }
        #expect(try await stage.accept(number, token: chosen) == 409)
        #expect(try await stage.accept(number, token: other) == 200)
        again.signal(SIGTERM)
        try await again.ended()
        await database.drop()
    }
}
