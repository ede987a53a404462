import BSON
import FixOnCallClient
import Foundation
import LiveBookings
import Mongo
import MongoTesting
import RoadsideTesting
import Testing

@Suite("What is committed survives the process")
struct RestartTests {
    @Test("fault 2: killed between commit and send: after the restart the reconnecting client receives status and code")
    func codeSurvivesKill() async throws {
        let database = try await TestDatabase.fresh()
        let program = try await ServerProcess.start(on: database, crashAt: "before_send")
        let stage = Stage(port: program.port)
        let customer = try await stage.register("customer")
        let provider = try await stage.register("provider")
        let before = try await stage.socket(LiveBookings.Path.customerBookings, token: customer)
        let number = try await stage.request(token: customer)
        #expect(try await before.nextJSON()["status"]?.string == "pending")
        // The answer never comes: the process dies after the commit.
        await #expect(throws: (any Error).self) { _ = try await stage.accept(number, token: provider) }
        try await program.ended()
        #expect(try await before.closeCode() == nil)

        let again = try await ServerProcess.start(on: database, port: program.port)
        let after = try await stage.socket(LiveBookings.Path.customerBookings, token: customer)
        let frames = try await after.frames { $0["otp"] != nil }
        #expect(frames.contains { $0["booking_id"]?.int == number && $0["status"]?.string == "accepted" })
        let code = try #require(frames.last?["otp"]?.string)
        #expect(try await stage.start(number, code: code, token: provider) == 200)

        // And what has been received is not sent again.
        let started = try await after.frames { $0["status"]?.string == "on_trip" }
        #expect(!started.isEmpty)
        again.signal(SIGTERM)
        try await again.ended()
        await database.drop()
    }

    @Test("fault 2: killed between send and receipt: told again on a bare socket, and once on one that resumes")
    func fault2KilledBeforeReceipt() async throws {
        let database = try await TestDatabase.fresh()
        let program = try await ServerProcess.start(on: database)
        let stage = Stage(port: program.port)
        let customer = try await stage.register("customer")
        let bare = try await stage.socket(LiveBookings.Path.customerBookings, token: customer, answersPings: false)
        let live = try await Live.open(port: stage.port, token: customer)
        try await live.resume(0)
        let number = try await stage.request(token: customer)
        let sent = try await bare.nextText()
        #expect(try await live.next()["s"] == 1)
        program.signal(SIGKILL)
        try await program.ended()

        let again = try await ServerProcess.start(on: database, port: program.port)
        let bareAgain = try await stage.socket(LiveBookings.Path.customerBookings, token: customer)
        #expect(try await bareAgain.nextText() == sent)
        let liveAgain = try await Live.open(port: stage.port, token: customer)
        #expect(liveAgain.epoch == live.epoch)
        try await liveAgain.resume(1)
        #expect(try await liveAgain.framesSoFar().isEmpty)
        let provider = try await stage.register("provider")
        #expect(try await stage.accept(number, token: provider) == 200)
        #expect(try await liveAgain.next()["s"] == 2)
        again.signal(SIGTERM)
        try await again.ended()
        await database.drop()
    }

    @Test("fault 2: a receipt stops the replay: a second connection starts with what is new")
    func receiptStopsReplay() async throws {
        try await TestServer.with { server in
            let customer = try await server.customer()
            let first = try await customer.socket(LiveBookings.Path.customerBookings)
            let one = try #require(try await customer.request()["number"]?.int)
            #expect(try await first.nextJSON()["booking_id"]?.int == one)
            // The pong of the cursor ping is the receipt; it is kept a moment later.
            try await eventually("the receipt is kept") {
                try await server.database.client.collection("notifications")
                    .count(["body.job_number": .int64(one), "received_at": ["$exists": true]]) == 1
            }
            try await first.close(code: 1000)
            let second = try await customer.socket(LiveBookings.Path.customerBookings)
            let two = try #require(try await customer.request()["number"]?.int)
            #expect(try await second.nextJSON()["booking_id"]?.int == two)
        }
    }

    @Test("fault 2: a client that never confirms is told again on every connection")
    func unconfirmedIsReplayed() async throws {
        try await TestServer.with { server in
            let customer = try await server.customer()
            let number = try #require(try await customer.request()["number"]?.int)
            for _ in 1...3 {
                let deaf = try await SocketClient.connect(
                    host: "127.0.0.1", port: server.port, path: LiveBookings.Path.customerBookings,
                    headers: [("Authorization", "Bearer \(customer.token)")], answersPings: false)
                #expect(try await deaf.nextJSON()["booking_id"]?.int == number)
                try await deaf.close(code: 1000)
            }
        }
    }

    @Test("two servers on one database: the customer listens at one, the provider works at the other")
    func twoServers() async throws {
        try await TestServer.with { one in
            let two = try await TestServer.start(on: one.database)
            let (customer, provider) = try await (one.customer(), two.provider())
            let (bookings, alerts) = try await (
                customer.socket(LiveBookings.Path.customerBookings),
                provider.socket(LiveBookings.Path.availableBookings)
            )
            let number = try #require(try await customer.request()["number"]?.int)
            #expect(try await alerts.nextJSON()["booking_id"]?.int == number)
            #expect(try await provider.ask("POST", "/api/services/\(number)/accept").status == 200)
            let frames = try await bookings.frames { $0["otp"] != nil }
            let statuses = frames.map { $0["status"]?.string }
            #expect(statuses == ["pending", "accepted", nil])
            await two.halt()
        }
    }
}
