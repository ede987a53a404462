import BSON
import FixOnCallClient
import Foundation
import MongoTesting
import RoadsideRules
import RoadsideTesting
import Testing

@Suite("D10–D13, F6: bookings", .server, .serialized)
struct BookingTests {
    /// So many seconds from now, as a client writes it.
    private static func ahead(_ seconds: Double) -> JSON {
        .string(ISO8601.seconds(Date().addingTimeInterval(seconds)))
    }

    private static func place(_ spot: GeoPoint) -> JSON {
        ["latitude": .double(spot.latitude), "longitude": .double(spot.longitude), "address": "Nairobi, Kenya"]
    }

    /// Tomorrow, with all there is to say.
    private static func full(_ spot: GeoPoint) -> JSON {
        [
            "location": place(spot), "scheduled_time": ahead(86_400), "estimated_duration": 60,
            "notes": "Blue gate, ask for Otieno", "description": "Routine service",
        ]
    }

    private static func make(_ body: JSON, by person: Person) async throws -> JSON {
        try #require(try data(try await person.ask("POST", "/api/bookings/create", body), 201)["booking"])
    }

    private static func seen(_ id: String, by person: Person) async throws -> JSON {
        try #require(try data(try await person.ask("GET", "/api/bookings/\(id)"))["booking"])
    }

    @Test("D10: a booking is answered 201 with its service, as documented")
    func create() async throws {
        let customer = try await server().customer()
        let time = Self.ahead(86_400)
        let answer = try await customer.ask(
            "POST", "/api/bookings/create", Self.full(try Spot.fresh()).adding("scheduled_time", time))
        let booking = try #require(try data(answer, 201)["booking"])
        try expectGolden("booking-created", answer.json)
        #expect(booking["scheduled_time"] == time)
        #expect(booking["user_id"]?.string == customer.id)
        let id = try #require(booking["id"]?.string)
        #expect(answer.headers["Location"] == "/api/bookings/\(id)")
        let service = try #require(booking["service_id"]?.string)
        #expect(service != id)
        let pointedAt = try data(try await customer.ask("GET", "/api/services/\(service)"))["service"]
        #expect(pointedAt?["booking_id"]?.string == id)
        #expect(pointedAt?["stage"] == "scheduled")
        #expect(pointedAt?["status"] == booking["status"])
    }

    @Test("D10: the zone of a time is honoured, its fraction dropped; without a time help is sought at once")
    func times() async throws {
        let customer = try await server().customer()
        let spot = try Spot.fresh()
        let moment = Date().addingTimeInterval(200_000)
        let nairobi = ISO8601.seconds(moment.addingTimeInterval(3 * 3600)).dropLast() + ".75+03:00"
        let zoned = try await Self.make(
            Self.full(spot).adding("scheduled_time", .string(String(nairobi))), by: customer)
        #expect(zoned["scheduled_time"]?.string == ISO8601.seconds(moment))
        let now = try await Self.make(["location": Self.place(spot)], by: customer)
        #expect(now["stage"] == "matching")
        for name in ["scheduled_time", "estimated_duration", "notes", "mechanic_id", "mechanic", "cancelled_at"] {
            #expect(now[name] == .null, "\(name)")
        }
        let soon = try await Self.make(
            ["location": Self.place(spot), "scheduled_time": Self.ahead(1700), "service_type": "towing"], by: customer)
        #expect(soon["stage"] == "matching")
        #expect(soon["service_type"] == "towing")
        let edge = try await Self.make(
            ["location": Self.place(spot), "scheduled_time": Self.ahead(31_536_000)], by: customer)
        #expect(edge["stage"] == "scheduled")
    }

    @Test(
        "D10, F6: a time that is none, is past, or is more than a year ahead is 422",
        arguments: [
            "tomorrow", "2031-01-01", "2031-01-01T10:00:00", "2031-02-30T10:00:00Z", "2031-01-01T24:00:00Z",
            "2031-01-01T10:00Z", "1899-12-31T23:59:60Z", "2024-01-15T10:30:00Z", "-60", "31536060",
            "9999-12-31T23:59:59Z",
        ])
    func badTimes(text: String) async throws {
        let customer = try await server().customer()
        let spot = try Spot.fresh()
        let time = Double(text).map { Self.ahead($0) } ?? .string(text)
        expectProblem(
            try await customer.ask("POST", "/api/bookings/create", Self.full(spot).adding("scheduled_time", time)), 422,
            "VALIDATION_ERROR", fields: ["scheduled_time"], text)
        let booking = try await Self.make(Self.full(spot), by: customer)
        let id = try #require(booking["id"]?.string)
        expectProblem(
            try await customer.ask("PUT", "/api/bookings/\(id)", ["scheduled_time": time, "notes": "new"]), 422,
            "VALIDATION_ERROR", fields: ["scheduled_time"], text)
        #expect(try await Self.seen(id, by: customer) == booking, "nothing of it was changed")
    }

    @Test("D10: every fault of a booking is told at once, also those that its context finds")
    func everyFault() async throws {
        let customer = try await server().customer()
        let place = Self.place(try Spot.fresh())
        let past: JSON = "2024-01-15T10:30:00Z"
        let wrong: [(JSON, Set<String>)] = [
            (["service_type": "spaceship"], ["location", "service_type"]),
            (
                ["service_type": "spaceship", "scheduled_time": past, "estimated_duration": 0],
                ["location", "service_type", "scheduled_time", "estimated_duration"]
            ),
            (["location": place, "destination": place, "scheduled_time": past], ["destination", "scheduled_time"]),
            (["location": place, "service_type": 5, "notes": 5], ["service_type", "notes"]),
            (
                ["service_id": "none", "service_type": "spaceship", "scheduled_time": past],
                ["service_id", "scheduled_time"]
            ),
        ]
        for (body, fields) in wrong {
            expectProblem(
                try await customer.ask("POST", "/api/bookings/create", body), 422, "VALIDATION_ERROR", fields: fields,
                body.text)
        }
        #expect(try data(try await customer.ask("GET", "/api/bookings/my-bookings"))["bookings"] == [])
    }

    @Test("D13: a cursor of the least number there is is refused like any other that is none")
    func leastCursor() async throws {
        let customer = try await server().customer()
        for list in ["bookings/my-bookings", "services/history", "notifications/my-notifications"] {
            let cursor = "\(Int64.min).65a50b2c9f1d4e0012345678"
            expectProblem(
                try await customer.ask("GET", "/api/\(list)?cursor=\(cursor)"), 422, "VALIDATION_ERROR",
                fields: ["cursor"], list)
        }
    }

    @Test("D10: a service is booked once; foreign, unknown and finished ones are not booked")
    func attach() async throws {
        let server = try server()
        let (customer, stranger) = try await (server.customer(), server.customer())
        let service = try await customer.request()
        let id = try #require(service["id"]?.string)
        for name in [.string(id), service["number"] ?? .null] as [JSON] {
            expectProblem(
                try await stranger.ask("POST", "/api/bookings/create", ["service_id": name]), 404, "NOT_FOUND")
        }
        for unknown in ["000000000000000000000000", 999_999] as [JSON] {
            expectProblem(
                try await customer.ask("POST", "/api/bookings/create", ["service_id": unknown]), 404, "NOT_FOUND")
        }
        let booking = try await Self.make(["service_id": .string(id), "notes": "Blue gate"], by: customer)
        #expect(booking["service_id"]?.string == id)
        #expect(booking["location"] == service["location"])
        #expect(booking["notes"] == "Blue gate")
        for name in [.string(id), booking["id"] ?? .null, booking["number"] ?? .null] as [JSON] {
            expectProblem(
                try await customer.ask("POST", "/api/bookings/create", ["service_id": name]), 409, "CONFLICT")
        }
        let gone = try #require(try await customer.request()["id"]?.string)
        _ = try data(try await customer.ask("POST", "/api/services/\(gone)/cancel"))
        expectProblem(
            try await customer.ask("POST", "/api/bookings/create", ["service_id": .string(gone)]), 409, "JOB_CANCELLED")
    }

    @Test("D11, decision 9: a booking and its service answer to id, number and UUID of either; strangers are told 404")
    func names() async throws {
        let server = try server()
        let customer = try await server.customer()
        let booking = try await Self.make(Self.full(try Spot.fresh()), by: customer)
        let id = try #require(booking["id"]?.string)
        let service = try #require(booking["service_id"]?.string)
        let number = try #require(
            try data(try await customer.ask("GET", "/api/services/\(service)"))["service"]?["number"]?.int)
        let (stranger, mechanic, admin) = try await (server.customer(), server.provider(), server.admin())
        let uuids = try [id, service].map { PublicUUID.encode(try #require(ObjectID($0))) }
        for name in [id, service, String(number), String(try #require(booking["number"]?.int))] + uuids {
            for person in [customer, admin] {
                #expect(try await Self.seen(name, by: person)["id"]?.string == id, "\(name)")
                let same = try data(try await person.ask("GET", "/api/services/\(name)"))["service"]
                #expect(same?["id"]?.string == service, "\(name)")
            }
            for person in [stranger, mechanic] {
                for path in ["bookings", "services"] {
                    expectProblem(try await person.ask("GET", "/api/\(path)/\(name)"), 404, "NOT_FOUND", name)
                    expectProblem(
                        try await person.ask("POST", "/api/\(path)/\(name)/cancel", [:]), 404, "NOT_FOUND", name)
                }
            }
            expectProblem(
                try await stranger.ask("PUT", "/api/bookings/\(name)", ["notes": "mine"]), 404, "NOT_FOUND", name)
            expectProblem(
                try await mechanic.ask("PUT", "/api/bookings/\(name)", ["notes": "mine"]), 403, "FORBIDDEN", name)
        }
        for name in ["0", "-5", "nonsense", "99999999999999999999", "000000000000000000000000"] {
            expectProblem(try await customer.ask("GET", "/api/bookings/\(name)"), 404, "NOT_FOUND", name)
        }
    }

    @Test("D11, F6: a mechanic sees what he is offered, takes it by its booking, and works by the driver's code")
    func life() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        let (customer, mechanic) = try await (server.customer(), server.provider(at: spot))
        let id = try #require(try await Self.make(["location": Self.place(spot)], by: customer)["id"]?.string)
        let path = "/api/bookings/\(id)"
        try await eventually("he is offered it") { try await mechanic.ask("GET", path).status == 200 }
        let offered = try await Self.seen(id, by: mechanic)
        #expect(offered["customer"]?["phone"]?.string?.contains("•••") == true)

        let taken = try data(try await mechanic.ask("POST", path + "/accept"))["booking"]
        #expect(taken?["mechanic_id"]?.string == mechanic.id)
        #expect(taken?["start_otp"] == nil, "the mechanic must not see the code")
        let answer = try await customer.ask("GET", path)
        try expectGolden("booking-accepted", answer.json)
        let code = try #require(try data(answer)["booking"]?["start_otp"]?.string)
        expectProblem(
            try await customer.ask("PUT", path, ["scheduled_time": Self.ahead(86_400)]), 409, "ILLEGAL_TRANSITION")
        let noted = try data(try await customer.ask("PUT", path, ["notes": "Bring a jack"]))["booking"]
        #expect(noted?["notes"] == "Bring a jack")

        expectProblem(try await mechanic.ask("POST", path + "/start", [:]), 422, "OTP_REQUIRED")
        expectProblem(
            try await mechanic.ask("POST", path + "/start", ["otp": .string(code == "000000" ? "1" : "000000")]), 422,
            "OTP_INVALID")
        let started = try data(try await mechanic.ask("POST", path + "/start", ["otp": .string(code)]))["booking"]
        #expect(started?["status"] == "in_progress")
        let done = try data(try await mechanic.ask("POST", path + "/complete"))["booking"]
        #expect(done?["status"] == "completed")
        expectProblem(try await mechanic.ask("POST", path + "/complete"), 409, "ILLEGAL_TRANSITION")
        expectProblem(try await customer.ask("POST", path + "/cancel"), 409, "ILLEGAL_TRANSITION")
        expectProblem(try await customer.ask("PUT", path, ["notes": "late"]), 409, "ILLEGAL_TRANSITION")
        let mine = try data(try await mechanic.ask("GET", "/api/bookings/my-bookings"))["bookings"]?.array
        #expect(mine?.map { $0["id"]?.string } == [id])
    }

    @Test("D12: cancelling is told alike on both paths; what is final is 409, whichever path ended it")
    func cancel() async throws {
        let customer = try await server().customer()
        for byBooking in [true, false] {
            let booking = try await Self.make(Self.full(try Spot.fresh()), by: customer)
            let paths = try [
                "bookings/\(#require(booking["id"]?.string))", "services/\(#require(booking["service_id"]?.string))",
            ]
            let path = byBooking ? paths[0] : paths[1]
            let answer = try await customer.ask("POST", "/api/\(path)/cancel", ["reason": "The car starts again"])
            if byBooking { try expectGolden("booking-cancelled", answer.json) }
            _ = try data(answer)
            let after = try data(try await customer.ask("GET", "/api/\(paths[0])"))["booking"]
            let service = try data(try await customer.ask("GET", "/api/\(paths[1])"))["service"]
            #expect(after?["status"] == "cancelled" && service?["status"] == "cancelled")
            #expect(after?["cancellation_reason"] == "The car starts again")
            #expect(after?["cancelled_at"] == service?["events"]?.array?.last?["at"])
            for path in paths {
                expectProblem(try await customer.ask("POST", "/api/\(path)/cancel"), 409, "JOB_CANCELLED", path)
            }
        }
    }

    @Test("F6: another time is told to the driver, and puts an open service off")
    func reschedule() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        let (customer, mechanic) = try await (server.customer(), server.provider(at: spot))
        let booking = try await Self.make(["location": Self.place(spot)], by: customer)
        let id = try #require(booking["id"]?.string)
        try await eventually("it is offered") {
            try data(try await mechanic.ask("GET", "/api/services/available"))["count"] == 1
        }
        let time = Self.ahead(90_000)
        let moved = try data(
            try await customer.ask("PUT", "/api/bookings/\(id)", ["scheduled_time": time, "estimated_duration": 45]))[
                "booking"]
        #expect(moved?["stage"] == "scheduled")
        #expect(moved?["scheduled_time"] == time)
        #expect(moved?["estimated_duration"] == 45)
        try await eventually("the offer is taken back") {
            try data(try await mechanic.ask("GET", "/api/services/available"))["count"] == 0
        }
        let told = try data(try await customer.ask("GET", "/api/notifications/my-notifications"))["notifications"]
        #expect(told?[0]?["title"] == "Request scheduled")
        #expect(told?[0]?["data"]?["service_id"] == booking["service_id"])
    }

    @Test("D13: the list is one's own, as documented, ten to a page or by cursor")
    func mine() async throws {
        let server = try server()
        let customer = try await server.customer()
        let spot = try Spot.fresh()
        _ = try await Self.make(Self.full(spot), by: customer)
        let path = "/api/bookings/my-bookings"
        try expectGolden("bookings", try await customer.ask("GET", path).json)
        var numbers: [Int64] = []
        for _ in 1...11 {
            numbers.insert(try #require(try await Self.make(Self.full(spot), by: customer)["number"]?.int), at: 0)
        }
        let page = try data(try await customer.ask("GET", path))
        #expect(page["bookings"]?.array?.compactMap { $0["number"]?.int } == Array(numbers.prefix(10)))
        #expect(page["pagination"]?["total"] == 12)
        #expect(page["pagination"]?["pages"] == 2)
        let cursor = try #require(page["pagination"]?["next_cursor"]?.string)
        let rest = try data(try await customer.ask("GET", path + "?limit=5&cursor=\(cursor)"))
        #expect(rest["bookings"]?.array?.first?["number"]?.int == numbers[10])
        #expect(rest["pagination"]?["next_cursor"] == .null)
        #expect(try data(try await server.customer().ask("GET", path))["bookings"] == [])
        let all = try data(try await server.admin().ask("GET", path + "?per_page=100"))["pagination"]?["total"]?.int
        #expect(try #require(all) >= 12)
        for query in ["page=0", "per_page=101", "limit=0", "cursor=%7B%7D"] {
            expectProblem(try await customer.ask("GET", "\(path)?\(query)"), 422, "VALIDATION_ERROR", query)
        }
    }

    @Test("D33: a booking with one wrong member is refused and makes nothing")
    func hostile() async throws {
        let customer = try await server().customer()
        let good: JSON = ["location": ["latitude": -1.3, "longitude": 36.8]]
        let bad: [(JSON, Set<String>)] = [
            ([:], ["location"]),
            (["service_type": "breakdown"], ["location"]),
            (["service_id": nil], ["location"]),
            (["service_id": ["$ne": nil]], ["service_id"]),
            (["service_id": "nobody"], ["service_id"]),
            (["service_id": 0], ["service_id"]),
            (["service_id": "000000000000000000000000", "location": "here"], ["location"]),
            (good.adding("location", []), ["location"]),
            (
                good.adding("location", ["latitude": 91, "longitude": "x"]),
                ["location.latitude", "location.longitude"]
            ),
            (good.adding("service_type", "spaceship"), ["service_type"]),
            (good.adding("service_type", ["$gt": ""]), ["service_type"]),
            (good.adding("mechanic_id", ["$ne": nil]), ["mechanic_id"]),
            (good.adding("mechanic_id", "000000000000000000000000"), ["mechanic_id"]),
            (good.adding("scheduled_time", 1_900_000_000), ["scheduled_time"]),
            (good.adding("scheduled_time", ["$date": "2031-01-01T00:00:00Z"]), ["scheduled_time"]),
            (good.adding("estimated_duration", 0), ["estimated_duration"]),
            (good.adding("estimated_duration", 1441), ["estimated_duration"]),
            (good.adding("estimated_duration", 12.5), ["estimated_duration"]),
            (good.adding("estimated_duration", "60"), ["estimated_duration"]),
            (good.adding("notes", ["$where": "1"]), ["notes"]),
            (good.adding("notes", .string(String(repeating: "a", count: 2001))), ["notes"]),
            (good.adding("notes", "a\u{0}b"), ["notes"]),
            (good.adding("description", 5), ["description"]),
            (good.adding("vehicle_info", "Toyota"), ["vehicle_info"]),
            (good.adding("destination", ["latitude": 1]), ["destination.longitude"]),
            (
                ["service_type": "spaceship", "scheduled_time": "soon", "estimated_duration": -1, "notes": 1],
                ["service_type", "location", "scheduled_time", "estimated_duration", "notes"]
            ),
            (
                good.adding("service_type", "spaceship").adding("scheduled_time", Self.ahead(-60)),
                ["service_type", "scheduled_time"]
            ),
        ]
        for (body, fields) in bad {
            expectProblem(
                try await customer.ask("POST", "/api/bookings/create", body), 422, "VALIDATION_ERROR", fields: fields,
                body.text)
        }
        for body in [[], "text", 5, nil] as [JSON] {
            expectProblem(
                try await customer.ask("POST", "/api/bookings/create", body), 422, "VALIDATION_ERROR", body.text)
        }
        #expect(try data(try await customer.ask("GET", "/api/bookings/my-bookings"))["bookings"] == [])
        #expect(try data(try await customer.ask("GET", "/api/services/history"))["services"] == [])
        let odd = good.adding("status", "completed").adding("$set", ["number": 1]).adding("customer_id", "x")
        let booking = try await Self.make(odd, by: customer)
        #expect(booking["status"] == "pending")
        #expect(booking["user_id"]?.string == customer.id)
        let id = try #require(booking["id"]?.string)
        for (name, value) in [
            ("notes", 5), ("estimated_duration", true), ("scheduled_time", []), ("notes", ["$ne": 1]),
        ] as [(String, JSON)] {
            expectProblem(
                try await customer.ask("PUT", "/api/bookings/\(id)", JSON.object([JSON.Member(name, value)])), 422,
                "VALIDATION_ERROR",
                fields: [name], "\(name) \(value.text)")
        }
    }
}
