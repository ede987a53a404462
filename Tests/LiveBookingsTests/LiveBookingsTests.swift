import BSON
import FixOnCallClient
import FixOnCallServer
import LiveBookings
import Mongo
import MongoTesting
import Roadside
import RoadsideRules
import RoadsideTesting
import Testing

@Suite("LiveBookings keeps its promises on the wire")
struct LiveBookingsTests {
    @Test("E1 E5 E6: the customer hears status and code, the code once and as six digits in a string")
    func customerHearsStatusAndCode() async throws {
        try await TestServer.with { server in
            let (customer, provider) = try await (server.customer(), server.provider())
            let socket = try await customer.socket(LiveBookings.Path.customerBookings)
            let job = try await customer.request()
            let number = try #require(job["number"]?.int)
            let pending = try await socket.nextText()
            #expect(
                pending
                    == #"{"booking_id":\#(number),"status":"pending","message":"We are looking for a driver near you."}"#
            )

            #expect(try await provider.ask("POST", "/api/services/\(number)/accept").status == 200)
            let accepted = try await socket.nextText()
            #expect(
                accepted
                    == #"{"booking_id":\#(number),"status":"accepted","message":"Your booking has been accepted by the driver."}"#
            )
            let code = try await socket.nextJSON()
            #expect(code.object?.map(\.name) == ["otp", "message"])
            #expect(code["message"]?.string == "Your booking has been accepted. Here is your OTP to start the trip.")
            let otp = try #require(code["otp"]?.string)
            #expect(otp.count == 6 && otp.allSatisfy(\.isWholeNumber))

            #expect(
                try await provider.ask("POST", "/api/services/\(number)/start", ["otp": .string(otp)]).status == 200)
            let started = try await socket.frames { $0["status"]?.string == "on_trip" }
            #expect(started.last?["message"]?.string == "The trip has started. Please proceed to the destination.")
            let allAccepted = started.dropLast().allSatisfy { $0["status"]?.string == "accepted" }
            #expect(allAccepted)

            #expect(try await provider.ask("POST", "/api/services/\(number)/complete").status == 200)
            let completed = try await socket.nextJSON()
            #expect(completed["status"]?.string == "completed")
            #expect(completed["booking_id"]?.int == number)
        }
    }

    @Test("E5 E6 E7 E8 E10: frames and bodies have the keys, their order, and the formats of the document's samples")
    func goldenShapes() async throws {
        let server = try await TestServer.start()
        let (customer, provider) = try await (server.customer(), server.provider())
        let bookings = try await customer.socket(LiveBookings.Path.customerBookings)
        let alerts = try await provider.socket(LiveBookings.Path.availableBookings)
        let number = try #require(try await customer.request()["number"]?.int)
        let available = try await alerts.nextText()
        #expect(try await provider.ask("POST", "/api/services/\(number)/accept").status == 200)
        _ = try await bookings.nextText()
        let accepted = try await bookings.nextText()
        let code = try await bookings.nextText()
        let unknown = try await refusal { _ = try await server.socket(LiveBookings.Path.customerBookings, token: "x") }
        let plain = try await customer.ask("GET", LiveBookings.Path.customerBookings)
        await server.halt()
        let last = try await alerts.nextText()
        await server.database.drop()

        for (fixture, text) in [
            ("available", available), ("status", accepted), ("otp", code), ("disconnected", last),
            ("refused-401", String(decoding: unknown.body, as: UTF8.self)), ("refused-400", plain.text),
        ] {
            let golden = try Golden.load(fixture)
            let (expected, found) = try (Golden.shape(golden.text), Golden.shape(text))
            #expect(found == expected, "\(fixture): \(text)")
        }
        // These have no value of their own.
        #expect(last == (try Golden.load("disconnected").text))
        #expect(plain.text == (try Golden.load("refused-400").text))
        #expect(String(decoding: unknown.body, as: UTF8.self) == (try Golden.load("refused-401").text))
    }

    @Test("E2 E6: the provider hears the status of what he accepted, and never a code")
    func providerHearsStatusOnly() async throws {
        try await TestServer.with { server in
            let (customer, provider) = try await (server.customer(), server.provider())
            let socket = try await provider.socket(LiveBookings.Path.providerBookings)
            let job = try await customer.request()
            let id = try #require(job["id"]?.string)
            #expect(try await provider.ask("POST", "/api/services/\(id)/accept").status == 200)
            #expect(
                try await provider.ask("PUT", "/api/services/\(id)/status", ["status": "in_progress"]).status == 200)
            #expect(try await provider.ask("POST", "/api/services/\(id)/complete").status == 200)
            let frames = try await socket.frames { $0["status"]?.string == "completed" }
            #expect(frames.first?["status"]?.string == "accepted")
            let toldOfStart = frames.contains {
                $0["message"]?.string == "The trip has started. Please proceed to the destination."
            }
            #expect(toldOfStart)
            for frame in frames {
                #expect(frame.object?.map(\.name) == ["booking_id", "status", "message"])
            }
        }
    }

    @Test(
        "E3 E7: a provider near by is alerted; the price has two decimals, and a job without a destination an empty one"
    )
    func providerNearByIsAlerted() async throws {
        try await TestServer.with { server in
            let (customer, near) = try await (server.customer(), server.provider())
            let far = try await server.provider(at: GeoPoint(latitude: -4.0435, longitude: 39.6682))
            let (ear, farEar) = try await (
                near.socket(LiveBookings.Path.availableBookings), far.socket(LiveBookings.Path.availableBookings)
            )
            let job = try await customer.request()
            let number = try #require(job["number"]?.int)
            let text = try await ear.nextText()
            let frame = try JSON.parse(Array(text.utf8))
            #expect(
                frame.object?.map(\.name) == [
                    "booking_id", "pickup_location", "dropoff_location", "estimated_cost", "message",
                ])
            #expect(frame["booking_id"]?.int == number)
            #expect(frame["pickup_location"]?.string == "Kenyatta Avenue, Nairobi")
            #expect(frame["dropoff_location"]?.string == "")
            #expect(frame["message"]?.string == "A new booking is available.")
            #expect(text.contains(try Regex(#""estimated_cost":[0-9]+\.[0-9]{2}[,}]"#)))

            // The far one hears of nothing: the next thing on his socket is a booking beside him.
            let other = try await server.customer()
            let beside = try await other.request(latitude: -4.0435, longitude: 39.6682)
            #expect(try await farEar.nextJSON()["booking_id"]?.int == beside["number"]?.int)
        }
    }

    @Test("E7: a request without an address is announced by its place, to three decimals")
    func alertWithoutAddress() async throws {
        try await TestServer.with { server in
            let (customer, provider) = try await (server.customer(), server.provider())
            let ear = try await provider.socket(LiveBookings.Path.availableBookings)
            let location: JSON = ["latitude": -1.29215, "longitude": 36.82193]
            let answer = try await customer.ask(
                "POST", "/api/services/request", ["service_type": "breakdown", "location": location])
            #expect(answer.status == 201)
            #expect(try await ear.nextJSON()["pickup_location"]?.string == "-1.292, 36.822")
        }
    }

    @Test("E3: who connects late is alerted once of each open job he could do")
    func lateComerIsAlerted() async throws {
        try await TestServer.with { server in
            let (customer, other) = try await (server.customer(), server.customer())
            let (first, second) = try await (customer.request(), other.request())
            let provider = try await server.provider()
            let ear = try await provider.socket(LiveBookings.Path.availableBookings)
            let heard = try await [ear.nextJSON()["booking_id"]?.int, ear.nextJSON()["booking_id"]?.int]
            #expect(Set(heard) == Set([first["number"]?.int, second["number"]?.int]))
            #expect(
                try await other.ask("POST", "/api/services/\(try #require(second["id"]?.string))/cancel").status == 200)
            #expect(try await ear.nextJSON()["status"]?.string == "withdrawn")
        }
    }

    @Test("E3: who reconnects is alerted again of what he can still take, and of nothing that is gone")
    func reconnectShowsWhatIsOpen() async throws {
        try await TestServer.with { server in
            let (customer, other, provider) = try await (server.customer(), server.customer(), server.provider())
            let first = try await provider.socket(LiveBookings.Path.availableBookings)
            let (gone, open) = try await (customer.request(), other.request())
            _ = try await first.frames { $0["booking_id"]?.int == open["number"]?.int }
            #expect(
                try await customer.ask("POST", "/api/services/\(try #require(gone["id"]?.string))/cancel").status == 200
            )
            _ = try await first.frames { $0["status"]?.string == "withdrawn" }
            // The receipts are kept a moment later; until then a row would be sent again in any case. An alert whose job is
            // gone needs none any more.
            try await eventually("the receipts are kept") {
                try await server.database.client.collection("notifications")
                    .count(["routes": "provider.offers", "received_at": nil, "unreceipted": true]) == 0
            }
            try await first.close()
            let second = try await provider.socket(LiveBookings.Path.availableBookings)
            #expect(try await second.nextJSON()["booking_id"]?.int == open["number"]?.int)
            let newest = try await server.customer().request()
            #expect(try await second.nextJSON()["booking_id"]?.int == newest["number"]?.int)
        }
    }

    @Test("a row that was committed and never rung by its own server is heard all the same")
    func neverRung() async throws {
        try await TestServer.with { server in
            let customer = try await server.customer()
            let socket = try await customer.socket(LiveBookings.Path.customerBookings)
            // Once live, so that it is not the replay that brings the row.
            let job = try await customer.request()
            #expect(try await socket.nextJSON()["booking_id"]?.int == job["number"]?.int)

            let recipient = try #require(ObjectID(customer.id))
            let inbox = server.roadside.inbox
            _ = try await server.services.client.transaction { transaction in
                var body = InboxBody(message: "job.cancelled")
                (body.jobNumber, body.status) = (4711, .cancelled)
                return try inbox.append(
                    [InboxEntry(recipient: recipient, kind: .jobStatus, routes: [.customerJobs], body: body)],
                    in: transaction)
            }
            #expect(try await socket.nextJSON()["booking_id"]?.int == 4711)
        }
    }

    @Test("signing out on one device leaves the sockets of the other open")
    func otherDeviceStaysConnected() async throws {
        try await TestServer.with { server in
            let customer = try await server.customer()
            let login = try await server.http().post(
                "/api/auth/login", ["email": .string(customer.email), "password": .string(customer.password)])
            let other = try #require(login.json?["data"]?["access_token"]?.string)
            let (here, there) = try await (
                customer.socket(LiveBookings.Path.customerBookings),
                server.socket(LiveBookings.Path.customerBookings, token: other)
            )
            let body: JSON = ["refresh_token": .string(customer.refreshToken)]
            #expect(try await customer.ask("POST", "/api/auth/logout", body).status == 200)
            #expect(try await here.closeCode() == 4403)
            let asked = try await server.http().request(
                "POST", "/api/services/request", headers: [("Authorization", "Bearer \(other)")],
                json: [
                    "service_type": "breakdown", "description": "It does not start",
                    "location": ["latitude": -1.2921, "longitude": 36.8219, "address": "Kenyatta Avenue"],
                ])
            #expect(try await there.nextJSON()["booking_id"]?.int == asked.json?["data"]?["service"]?["number"]?.int)
        }
    }

    @Test(
        "E4: a customer's token does not open a provider's socket, nor the reverse",
        arguments: LiveBookingsTests.wrongDoors)
    func wrongRoleIsRefused(door: (path: String, asProvider: Bool)) async throws {
        try await TestServer.with { server in
            let person = try await door.asProvider ? server.provider() : server.customer()
            let refused = try await refusal { _ = try await person.socket(door.path) }
            #expect(refused.status == 403)
            let body = try JSON.parse(refused.body)
            #expect(body["success"]?.bool == false)
            #expect(body["message"]?.string?.isEmpty == false)
        }
    }

    static let wrongDoors: [(path: String, asProvider: Bool)] = [
        (LiveBookings.Path.customerBookings, true), (LiveBookings.Path.providerBookings, false),
        (LiveBookings.Path.availableBookings, false),
    ]

    @Test(
        "E10: without a good token the upgrade is refused with 401 and the documented body",
        arguments: [nil, "nonsense", "a.b.c"])
    func badTokenIsRefused(token: String?) async throws {
        try await TestServer.with { server in
            let refused = try await refusal {
                _ = try await server.socket(LiveBookings.Path.customerBookings, token: token)
            }
            #expect(refused.status == 401)
            #expect(
                String(decoding: refused.body, as: UTF8.self)
                    == #"{"success":false,"message":"Invalid or expired token."}"#)
        }
    }

    @Test("E10: what is no WebSocket request is refused with 400 and the documented body")
    func malformedIsRefused() async throws {
        try await TestServer.with { server in
            let customer = try await server.customer()
            let plain = try await customer.ask("GET", LiveBookings.Path.customerBookings)
            #expect(plain.status == 400)
            #expect(plain.text == #"{"success":false,"message":"Malformed WebSocket request."}"#)
            let inQuery = try await refusal {
                _ = try await server.socket(LiveBookings.Path.customerBookings + "?token=\(customer.token)", token: nil)
            }
            #expect(inQuery.status == 400)
            #expect(String(decoding: inQuery.body, as: UTF8.self) == plain.text)
        }
    }

    @Test(
        "since=N begins above N, confirmed or not, with what belongs on the route; beyond the head it begins at the head"
    )
    func since() async throws {
        try await TestServer.with { server in
            let customer = try await server.customer()
            let first = try await customer.socket(LiveBookings.Path.customerBookings)
            // Each request is one row of this route, each message one of none.
            let admin = try await server.admin()
            var numbers: [Int64] = []
            for _ in 1...3 {
                numbers.append(try #require(try await customer.request()["number"]?.int))
                let sent = try await admin.ask(
                    "POST", "/api/notifications/send",
                    ["recipient_id": .string(customer.id), "title": "Hello", "message": "Hello"])
                #expect(sent.status == 201)
            }
            _ = try await first.frames { $0["booking_id"]?.int == numbers[2] }
            try await eventually("the receipts are kept") {
                try await server.database.client.collection("notifications")
                    .count(["routes": "customer.jobs", "unreceipted": true]) == 0
            }
            for (since, told) in [("0", numbers), ("1", Array(numbers[1...])), ("4", [numbers[2]])] {
                let again = try await customer.socket(LiveBookings.Path.customerBookings + "?since=\(since)")
                var heard: [Int64] = []
                for _ in told { heard.append(try #require(try await again.nextJSON()["booking_id"]?.int)) }
                #expect(heard == told, "since \(since)")
            }
            let beyond = try await customer.socket(LiveBookings.Path.customerBookings + "?since=\(Int64.max)")
            let newest = try #require(try await customer.request()["number"]?.int)
            #expect(try await beyond.nextJSON()["booking_id"]?.int == newest)
        }
    }

    @Test(
        "since that is no place in an inbox is refused as malformed",
        arguments: ["-1", "x", "1.5", "1e3", "9223372036854775808"])
    func malformedSince(text: String) async throws {
        try await TestServer.with { server in
            let customer = try await server.customer()
            let refused = try await refusal {
                _ = try await customer.socket(LiveBookings.Path.customerBookings + "?since=\(text)")
            }
            #expect(refused.status == 400)
            #expect(
                String(decoding: refused.body, as: UTF8.self)
                    == #"{"success":false,"message":"Malformed WebSocket request."}"#)
        }
    }

    @Test("E8 E9, fault 10: a socket ends with its token: the documented last words, then 4401")
    func socketEndsWithItsToken() async throws {
        try await TestServer.with { server in
            let provider = try await server.provider()
            let short = try await server.token(for: provider, lasting: 2)
            let ear = try await server.socket(LiveBookings.Path.availableBookings, token: short)
            let last = try await ear.nextText()
            #expect(last == #"{"message":"Driver disconnected from the available bookings group."}"#)
            #expect(try await ear.closeCode() == 4401)
            // Beyond the five seconds that clocks may differ.
            let expired = try await server.token(for: provider, lasting: -10)
            let refused = try await refusal {
                _ = try await server.socket(LiveBookings.Path.availableBookings, token: expired)
            }
            #expect(refused.status == 401)
        }
    }

    @Test("E9, fault 19: a server that stops says the last words and closes with 1012")
    func stoppingServerClosesSockets() async throws {
        let server = try await TestServer.start()
        let provider = try await server.provider()
        let ear = try await provider.socket(LiveBookings.Path.availableBookings)
        async let stopped: Void = server.halt()
        #expect(try await ear.nextText() == #"{"message":"Driver disconnected from the available bookings group."}"#)
        #expect(try await ear.closeCode() == 1012)
        await stopped
        await server.database.drop()
    }

    @Test("fault 10: log-out everywhere closes the account's sockets with 4403")
    func revocationClosesSockets() async throws {
        try await TestServer.with { server in
            let customer = try await server.customer()
            let ear = try await customer.socket(LiveBookings.Path.customerBookings)
            #expect(try await customer.ask("POST", "/api/auth/logout-all").status == 200)
            #expect(try await ear.closeCode() == 4403)
            let refused = try await refusal { _ = try await customer.socket(LiveBookings.Path.customerBookings) }
            #expect(refused.status == 401)
        }
    }
}
