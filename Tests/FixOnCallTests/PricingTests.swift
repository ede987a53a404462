import BSON
import FixOnCallClient
import Foundation
import Mongo
import MongoTesting
import RoadsideRules
import RoadsideTesting
import Testing

@Suite("K22, U19: quotes, fees and extra charges over the wire", .server, .serialized)
struct PricingTests {
    private static func breakdown(_ spot: GeoPoint) -> JSON {
        [
            "service_type": "breakdown", "description": "Car won't start",
            "location": [
                "latitude": .double(spot.latitude), "longitude": .double(spot.longitude), "address": "Nairobi, Kenya",
            ],
        ]
    }

    /// A job that a mechanic holds.
    private struct Scene {
        let customer: Person
        let mechanic: Person
        let path: String
        let id: ObjectID

        init() async throws {
            let server = try server()
            let spot = try Spot.fresh()
            customer = try await server.customer()
            mechanic = try await server.provider(at: spot)
            let service = try await customer.request(latitude: spot.latitude, longitude: spot.longitude)
            id = try #require(service["id"]?.string.flatMap(ObjectID.init))
            path = "/api/services/\(id.hex)"
            _ = try data(try await mechanic.ask("POST", path + "/accept"))
        }

        /// As if the mechanic had accepted ten minutes ago.
        func aged() async throws -> Scene {
            try await server().database.client.collection("services").updateOne(
                ["_id": .id(id)],
                ["$set": ["accepted_at": .date(Date().addingTimeInterval(-600))], "$unset": ["eta": ""]])
            return self
        }

        func seen(by person: Person) async throws -> JSON {
            try #require(try data(try await person.ask("GET", path))["service"])
        }

        func started() async throws -> Scene {
            let code = try #require(try await seen(by: customer)["start_otp"])
            _ = try data(try await mechanic.ask("POST", path + "/start", ["otp": code]))
            return self
        }
    }

    @Test("a quote is as documented, holds for the request that names it, and for one only")
    func quote() async throws {
        let customer = try await server().customer()
        let body = Self.breakdown(try Spot.fresh())
        let answer = try await customer.ask("POST", "/api/services/quote", body)
        let quote = try #require(try data(answer)["quote"])
        try expectGolden("service-quote", answer.json)
        let id = try #require(quote["id"])
        let naming = body.adding("quote_id", id)
        let service = try #require(
            try data(try await customer.ask("POST", "/api/services/request", naming), 201)["service"])
        #expect(service["price_estimate"] == quote["total"] && service["price_items"] == quote["price_items"])
        expectProblem(try await customer.ask("POST", "/api/services/request", naming), 409, "QUOTE_USED")

        let late = try #require(try data(try await customer.ask("POST", "/api/services/quote", body))["quote"]?["id"])
        let lateID = try #require(late.string.flatMap(ObjectID.init))
        try await server().database.client.collection("quotes").updateOne(
            ["_id": .id(lateID)], ["$set": ["expires_at": .date(Date().addingTimeInterval(-1))]])
        expectProblem(
            try await customer.ask("POST", "/api/services/request", body.adding("quote_id", late)), 409, "QUOTE_EXPIRED"
        )
        let other = try await server().customer()
        for (person, body) in [(other, naming), (customer, naming.adding("service_type", "lockout"))] {
            expectProblem(
                try await person.ask("POST", "/api/services/request", body), 422, "VALIDATION_ERROR",
                fields: ["quote_id"])
        }
        expectProblem(
            try await customer.ask("POST", "/api/services/request", body.adding("quote_id", ["$ne": nil])), 422,
            fields: ["quote_id"])
        let mechanic = try await server().provider(at: Spot.fresh())
        let looked = try data(try await mechanic.ask("POST", "/api/services/quote", body))["quote"]
        #expect(looked?["id"] == .null && looked?["expires_at"] == .null && looked?["total"] == quote["total"])
    }

    @Test("fuel, a tow and a booking take the quotes that were made for them")
    func everyRequest() async throws {
        let customer = try await server().customer()
        let spot = try Spot.fresh()
        let place = Self.breakdown(spot)["location"] ?? .null
        let fuel: JSON = ["fuel_type": "petrol", "litres": 10, "location": place]
        let tow: JSON = [
            "location": place, "vehicle_type": "saloon",
            "destination": ["latitude": .double(spot.latitude + 0.1), "longitude": .double(spot.longitude)],
        ]
        for (path, body) in [("fuel", fuel), ("towing", tow)] {
            let quote = try #require(try data(try await customer.ask("POST", "/api/\(path)/quote", body))["quote"])
            let naming = body.adding("quote_id", quote["id"] ?? .null)
            let service = try data(try await customer.ask("POST", "/api/\(path)/request", naming), 201)["service"]
            #expect(service?["price_estimate"] == quote["total"], "\(path)")
            expectProblem(try await customer.ask("POST", "/api/\(path)/request", naming), 409, "QUOTE_USED")
        }
        let time = JSON.string(ISO8601.seconds(Date().addingTimeInterval(86_400)))
        let asked: JSON = ["service_type": "breakdown", "location": place, "scheduled_time": time]
        let quote = try #require(try data(try await customer.ask("POST", "/api/services/quote", asked))["quote"])
        let naming = asked.adding("quote_id", quote["id"] ?? .null)
        let moved = naming.adding("scheduled_time", .string(ISO8601.seconds(Date().addingTimeInterval(90_000))))
        expectProblem(
            try await customer.ask("POST", "/api/bookings/create", moved), 422, fields: ["quote_id"])
        let booking = try data(try await customer.ask("POST", "/api/bookings/create", naming), 201)["booking"]
        #expect(booking?["price_items"] == quote["price_items"])
        let service = try #require(booking?["service_id"])
        expectProblem(
            try await customer.ask(
                "POST", "/api/bookings/create", ["service_id": service, "quote_id": quote["id"] ?? .null]), 422,
            fields: ["quote_id"])
    }

    @Test("K22: a fare that a client claims counts for nothing, in quotes and in requests")
    func claims() async throws {
        let customer = try await server().customer()
        let claim: JSON = [
            "fare_amount": 0.01, "price_estimate": 0.01, "price_final": 0.01, "total": 0.01,
            "price_items": [["code": "call_out", "title": "Mine", "amount": 0.01]], "quote": ["total": 0.01],
        ]
        var body = Self.breakdown(try Spot.fresh())
        for member in claim.object ?? [] { body.add(member.name, member.value) }
        let quote = try data(try await customer.ask("POST", "/api/services/quote", body))["quote"]
        #expect(quote?["total"] == 1500)
        let service = try data(try await customer.ask("POST", "/api/services/request", body), 201)["service"]
        #expect(service?["price_estimate"] == 1500 && service?["price_final"] == .null)
    }

    @Test("U19: what a cancellation costs stands in the view of the driver and of staff, and is what it costs")
    func cancellation() async throws {
        let scene = try await Scene()
        let admin = try await server().admin()
        let grace = try await scene.seen(by: scene.customer)["cancellation_fee"]
        #expect(grace?["amount"] == 0 && grace?["reason"] == "grace" && isTimestamp(grace?["free_until"]))
        _ = try await scene.aged()
        let expected: JSON = ["amount": 375, "currency": "KES", "reason": "accepted", "free_until": nil]
        for person in [scene.customer, admin] {
            #expect(try await scene.seen(by: person)["cancellation_fee"] == expected)
        }
        #expect(try await scene.seen(by: scene.mechanic)["cancellation_fee"] == nil)
        let waived = try await scene.customer.ask("POST", scene.path + "/cancel", ["waive_fee": true])
        expectProblem(waived, 403, "FORBIDDEN")
        let service = try #require(try data(try await scene.customer.ask("POST", scene.path + "/cancel"))["service"])
        #expect(service["fees"] == [["code": "cancellation", "title": "Cancellation", "amount": 375]])
        #expect(service["price_final"] == 375 && service["price_estimate"] == 1500)
        #expect(service["cancellation_fee"] == nil)

        let second = try await Scene().aged()
        let free = try data(try await admin.ask("POST", second.path + "/cancel", ["waive_fee": true]))["service"]
        #expect(free?["fees"] == [] && free?["price_final"] == 0)
    }

    @Test("an extra charge is proposed as documented, approved once, and stands in the final price")
    func extraCharge() async throws {
        let scene = try await Scene().started()
        let body: JSON = [
            "code": "battery", "title": "New battery", "amount": 9500.5,
            "reason": "The old one holds no charge any more",
        ]
        let answer = try await scene.mechanic.ask("POST", scene.path + "/extra-charges", body)
        let charge = try #require(try data(answer, 201)["extra_charge"])
        try expectGolden("charge-proposed", answer.json)
        #expect(answer.headers["Location"] == scene.path)
        let told = try data(try await scene.customer.ask("GET", "/api/notifications/my-notifications"))
        let notice = told["notifications"]?[0]
        #expect(notice?["title"] == "Extra charge to approve")
        #expect(notice?["message"]?.string?.contains("New battery for KES 9500.50") == true)

        let id = try #require(charge["id"]?.string)
        for _ in 1...2 {
            let approved = try data(try await scene.customer.ask("POST", "\(scene.path)/extra-charges/\(id)/approve"))
            #expect(approved["service"]?["extra_charges"]?[0]?["state"] == "approved")
        }
        expectProblem(
            try await scene.customer.ask("POST", "\(scene.path)/extra-charges/\(id)/reject"), 409, "CONFLICT")
        let heard = try data(try await scene.mechanic.ask("GET", "/api/notifications/my-notifications"))
        #expect(heard["notifications"]?[0]?["title"] == "Charge approved")

        let second = try data(try await scene.mechanic.ask("POST", scene.path + "/extra-charges", body), 201)
        let open = try #require(second["extra_charge"]?["id"]?.string)
        let done = try #require(try data(try await scene.mechanic.ask("POST", scene.path + "/complete"))["service"])
        #expect(done["price_final"]?.double == 11_000.5)
        #expect(done["price_final_items"]?.array?.compactMap { $0["code"]?.string } == ["call_out", "battery"])
        #expect(done["extra_charges"]?.array?.compactMap { $0["state"]?.string } == ["approved", "lapsed"])
        expectProblem(
            try await scene.customer.ask("POST", "\(scene.path)/extra-charges/\(open)/approve"), 409,
            "ILLEGAL_TRANSITION")
    }

    @Test("a charge that is none is told every fault; strangers find nothing to approve")
    func badCharges() async throws {
        let scene = try await Scene().started()
        for (body, fields) in [
            ([:], ["title", "amount", "reason"]),
            (["title": "T", "amount": 0, "reason": "R"], ["amount"]),
            (["title": "T", "amount": -5, "reason": "R"], ["amount"]),
            (["title": "T", "amount": 1.234, "reason": "R"], ["amount"]),
            (["title": "T", "amount": "5", "reason": "R"], ["amount"]),
            (["title": "T", "amount": 1e300, "reason": "R"], ["amount"]),
            (["title": "T", "amount": 100_000.01, "reason": "R"], ["amount"]),
            (["title": ["$gt": ""], "amount": 5, "reason": "R", "code": "Not a code"], ["title"]),
            (["title": "T", "amount": 5, "reason": "R", "code": "Not a code"], ["code"]),
        ] as [(JSON, Set<String>)] {
            expectProblem(
                try await scene.mechanic.ask("POST", scene.path + "/extra-charges", body), 422, "VALIDATION_ERROR",
                fields: fields, body.text)
        }
        let stranger = try await server().customer()
        let good: JSON = ["title": "T", "amount": 5, "reason": "R"]
        let made = try data(try await scene.mechanic.ask("POST", scene.path + "/extra-charges", good), 201)
        let id = try #require(made["extra_charge"]?["id"]?.string)
        expectProblem(try await stranger.ask("POST", "\(scene.path)/extra-charges/\(id)/approve"), 404, "NOT_FOUND")
        for name in ["000000000000000000000000", "nonsense", "1", "%24ne"] {
            expectProblem(
                try await scene.customer.ask("POST", "\(scene.path)/extra-charges/\(name)/approve"), 404, "NOT_FOUND",
                name)
        }
        let other = try await server().provider(at: Spot.fresh())
        expectProblem(try await other.ask("POST", scene.path + "/extra-charges", good), 404, "NOT_FOUND")
    }

    @Test("U20: a mechanic's time is booked once; the refusal says which time is taken")
    func holds() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        let (customer, mechanic) = (try await server.customer(), try await server.provider(at: spot))
        let time = Date(timeIntervalSince1970: (Date().timeIntervalSince1970 + 86_400).rounded(.down))
        func body(_ seconds: Double) -> JSON {
            [
                "location": Self.breakdown(spot)["location"] ?? .null, "mechanic_id": .string(mechanic.id),
                "scheduled_time": .string(ISO8601.seconds(time.addingTimeInterval(seconds))), "estimated_duration": 60,
            ]
        }
        let first = try data(try await customer.ask("POST", "/api/bookings/create", body(0)), 201)["booking"]
        let refused = try await customer.ask("POST", "/api/bookings/create", body(3600))
        expectProblem(refused, 409, "HOLD_OVERLAP")
        #expect(refused.json?["held_from"]?.string == ISO8601.seconds(time.addingTimeInterval(-1800)))
        #expect(refused.json?["held_to"]?.string == ISO8601.seconds(time.addingTimeInterval(3600)))
        _ = try data(try await customer.ask("POST", "/api/bookings/create", body(5400)), 201)
        let id = try #require(first?["id"]?.string)
        let cancelled = try data(try await customer.ask("POST", "/api/bookings/\(id)/cancel"))["booking"]
        #expect(cancelled?["price_final"] == 0 && cancelled?["fees"] == [])
        _ = try data(try await customer.ask("POST", "/api/bookings/create", body(-1800)), 201)
    }
}
