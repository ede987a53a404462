import BSON
import FixOnCallClient
import RoadsideRules
import RoadsideTesting
import Testing

@Suite("D18: an admin writes to one person", .server, .serialized)
struct NotificationSendTests {
    private static let send = "/api/notifications/send"
    private static let list = "/api/notifications/my-notifications"

    // Another dialect's sockets under their documented paths (E1, E3).
    private static let customerBookings = "/ws/bookings/"
    private static let availableBookings = "/ws/driver/available_bookings/"

    private func body(to person: Person, _ members: JSON = [:]) -> JSON {
        var body: JSON = [
            "recipient_id": .string(person.id), "title": "Road closed",
            "message": "Uhuru Highway is closed until noon.",
        ]
        for member in members.object ?? [] { body = body.adding(member.name, member.value) }
        return body
    }

    @Test("D18: 201 with the notification as its recipient then lists it, unread")
    func sent() async throws {
        let (admin, customer) = try await (server().admin(), server().customer())
        let answer = try await admin.ask("POST", Self.send, body(to: customer))
        let sent = try data(answer, 201)["notification"]
        try expectGolden("notification-sent", answer.json)
        #expect(answer.headers["Location"] == Self.list)
        let mine = try data(try await customer.ask("GET", Self.list))
        #expect(mine["notifications"] == sent.map { [$0] })
        #expect(mine["unread_count"] == 1)
        let id = try #require(sent?["id"]?.string)
        _ = try data(try await customer.ask("POST", "/api/notifications/mark-read/\(id)"))
        #expect(try data(try await customer.ask("GET", Self.list))["unread_count"] == 0)
        #expect(try data(try await admin.ask("GET", Self.list))["notifications"] == [], "the sender keeps no copy")
    }

    @Test("D18: the type is kept, and the recipient is named by id, number or UUID")
    func types() async throws {
        let (admin, customer) = try await (server().admin(), server().customer())
        let uuid = PublicUUID.encode(try #require(ObjectID(customer.id)))
        for (name, type) in [
            (.string(customer.id), "traffic"), (.int(customer.number), "promo_2026"), (.string(uuid), "a.b-c"),
        ] as [(JSON, String)] {
            let answer = try await admin.ask(
                "POST", Self.send, body(to: customer, ["recipient_id": name, "type": .string(type)]))
            #expect(try data(answer, 201)["notification"]?["type"]?.string == type)
        }
        let rows = try data(try await customer.ask("GET", Self.list))["notifications"]?.array
        #expect(rows?.compactMap { $0["type"]?.string } == ["a.b-c", "promo_2026", "traffic"])
    }

    @Test("D18: everybody else is 403 and unknown recipients are 404; nothing arrives")
    func refused() async throws {
        let server = try server()
        let (admin, customer) = try await (server.admin(), server.customer())
        let mechanic = try await server.provider(at: Spot.fresh())
        expectProblem(try await customer.ask("POST", Self.send, body(to: mechanic)), 403, "FORBIDDEN")
        expectProblem(try await mechanic.ask("POST", Self.send, body(to: customer)), 403, "FORBIDDEN")
        expectProblem(try await customer.ask("POST", Self.send, body(to: customer)), 403, "FORBIDDEN")
        expectProblem(try await server.http().post(Self.send, body(to: customer)), 401, "INVALID_TOKEN")
        for unknown in ["000000000000000000000000", 999_999] as [JSON] {
            expectProblem(
                try await admin.ask("POST", Self.send, body(to: customer, ["recipient_id": unknown])), 404, "NOT_FOUND")
        }
        for person in [customer, mechanic] {
            #expect(try data(try await person.ask("GET", Self.list))["notifications"] == [])
        }
    }

    private static let wrong: [(JSON, Set<String>)] = [
        (["recipient_id": nil, "title": nil, "message": nil], ["recipient_id", "title", "message"]),
        (["recipient_id": ["$ne": nil]], ["recipient_id"]), (["recipient_id": "everybody"], ["recipient_id"]),
        (["recipient_id": ["65a50b2c9f1d4e0012345678"]], ["recipient_id"]), (["recipient_id": -1], ["recipient_id"]),
        (["title": "  "], ["title"]), (["title": 5], ["title"]), (["title": "a\u{7}b"], ["title"]),
        (["title": "a\u{202E}b"], ["title"]), (["title": .string(String(repeating: "a", count: 101))], ["title"]),
        (["message": ["$ne": 1]], ["message"]), (["message": "\u{0}"], ["message"]),
        (["message": .string(String(repeating: "a", count: 2001))], ["message"]),
        (["type": "Not A Type"], ["type"]), (["type": 5], ["type"]), (["type": "$ne"], ["type"]),
        (["type": .string(String(repeating: "a", count: 41))], ["type"]),
    ]

    @Test("D18: wrong fields are named, all at once, and nothing arrives", arguments: wrong.indices)
    func wrongFields(index: Int) async throws {
        let (members, fields) = Self.wrong[index]
        let (admin, customer) = try await (server().admin(), server().customer())
        let answer = try await admin.ask("POST", Self.send, body(to: customer, members))
        expectProblem(answer, 422, "VALIDATION_ERROR", fields: fields, members.text)
        #expect(try data(try await customer.ask("GET", Self.list))["notifications"] == [])
    }

    @Test("D18: markup and operators are text; members nobody knows are not stored")
    func text() async throws {
        let (admin, customer) = try await (server().admin(), server().customer())
        let text = #"<b>$where</b> {"$ne":1} Habari 🚗 السيارة"#
        let sent = try data(
            try await admin.ask(
                "POST", Self.send,
                body(
                    to: customer,
                    ["title": "$set", "message": .string(text), "is_read": true, "seq": 99, "sender_id": "x"])), 201)
        #expect(sent["notification"]?["title"] == "$set")
        #expect(sent["notification"]?["message"]?.string == text)
        #expect(sent["notification"]?["is_read"] == false)
        #expect(sent["notification"]?["seq"] == 1)
    }

    @Test("D18, E5: the booking sockets say nothing of it, and go on without a gap")
    func sockets() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        let (admin, customer) = try await (server.admin(), server.customer())
        let mechanic = try await server.provider(at: spot)
        let mine = try await customer.socket(Self.customerBookings)
        let alerts = try await mechanic.socket(Self.availableBookings)
        for person in [customer, mechanic] {
            _ = try data(try await admin.ask("POST", Self.send, body(to: person)), 201)
        }
        let service = try await customer.request(latitude: spot.latitude, longitude: spot.longitude)
        let number = try #require(service["number"]?.int)
        for person in [customer, mechanic] {
            _ = try data(try await admin.ask("POST", Self.send, body(to: person)), 201)
        }
        let status = try await mine.nextJSON()
        #expect(status["booking_id"]?.int == number && status["status"] == "pending")
        let alert = try await alerts.nextJSON()
        #expect(alert["booking_id"]?.int == number && alert["estimated_cost"] != nil)
        _ = try data(try await mechanic.ask("POST", "/api/services/\(number)/accept"))
        let next = try await mine.nextJSON()
        #expect(next["booking_id"]?.int == number && next["status"] == "accepted")
    }
}
