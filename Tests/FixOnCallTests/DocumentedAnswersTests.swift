import BSON
import FixOnCallClient
import MongoTesting
import RoadsideRules
import RoadsideTesting
import Testing

/// Where the document is proven true: real answers are held against the schemas that it promises for them.
@Suite("D23: what is answered is what the document says", .server, .serialized)
struct DocumentedAnswersTests {
    /// One that asks, and checks each answer against the document before it passes it on.
    private struct Client {
        let person: Person
        let document: JSON

        init(_ person: Person) async throws {
            self.person = person
            document = try #require(try await person.http.get("/api/swagger.json").json)
        }

        /// - Parameters:
        ///   - path: as documented; `{id}` becomes `id`.
        ///   - refused: whether the answer is to be a refusal.
        @discardableResult
        func ask(
            _ method: String, _ path: String, id: String = "", query: String = "", _ body: JSON? = nil,
            refused: Bool = false,
            sourceLocation: SourceLocation = #_sourceLocation
        ) async throws -> JSON {
            let answer = try await person.ask(method, path.replacing("{id}", with: id) + query, body)
            let about: Comment = "\(method) \(path): \(answer.status) \(answer.text)"
            #expect((answer.status >= 400) == refused, about, sourceLocation: sourceLocation)
            let operation = try #require(document["paths"]?[path]?[method.lowercased()], sourceLocation: sourceLocation)
            let reply = try #require(operation["responses"]?["\(answer.status)"], about, sourceLocation: sourceLocation)
            let schema = try #require(reply["content"]?["application/json"]?["schema"], sourceLocation: sourceLocation)
            let json = try #require(answer.json, about, sourceLocation: sourceLocation)
            // A refusal may add facts of its own, such as the commands that would have been legal.
            let faults = SchemaCheck(document, exact: !refused).faults(json, schema)
            #expect(faults.isEmpty, "\(method) \(path): \(faults)", sourceLocation: sourceLocation)
            return json["data"] ?? [:]
        }
    }

    @Test("D2, D3, F2: people, of every kind, with and without the parts that may be absent")
    func people() async throws {
        let server = try server()
        let (customer, mechanic) = (try await server.customer(), try await server.provider(at: Spot.fresh()))
        for person in [customer, mechanic, try await server.provider(at: nil), try await server.admin()] {
            let client = try await Client(person)
            try await client.ask(
                "POST", "/api/auth/login", ["email": .string(person.email), "password": .string(person.password)])
            try await client.ask("GET", "/api/auth/profile")
        }
        let asCustomer = try await Client(customer)
        try await asCustomer.ask(
            "PUT", "/api/auth/profile", ["vehicle_info": ["make": "Toyota", "model": "Premio"]])
        try await asCustomer.ask("POST", "/api/auth/refresh", ["refresh_token": .string(customer.refreshToken)])
        try await asCustomer.ask("GET", "/api/mechanics/{id}", id: mechanic.id)
        let asMechanic = try await Client(mechanic)
        try await asMechanic.ask("PUT", "/api/mechanics/me", ["service_radius_km": 12.5])
        try await asMechanic.ask("GET", "/api/mechanics/{id}", id: mechanic.id)
        try await asMechanic.ask("POST", "/api/mechanics/me/availability", ["is_available": false])
        try await asMechanic.ask("POST", "/api/auth/logout-all")
        try await asCustomer.ask("POST", "/api/auth/forgot-password", ["email": "nobody@example.com"])
        try await asCustomer.ask("POST", "/api/auth/resend-verification", ["email": "nobody@example.com"])
        try await asCustomer.ask(
            "POST", "/api/auth/reset-password",
            ["email": "nobody@example.com", "code": "123456", "password": "A better one 7"], refused: true)
        let passwords: JSON = [
            "current_password": .string(customer.password), "new_password": "A better one 7",
        ]
        try await asCustomer.ask("POST", "/api/auth/change-password", passwords)
        try await asCustomer.ask("POST", "/api/auth/change-password", passwords, refused: true)
        let address: JSON = ["email": .string("new-\(customer.email)"), "password": "A better one 7"]
        try await asCustomer.ask("POST", "/api/auth/change-address", address)
        let code = try sentCode(to: "new-\(customer.email)", "change")
        try await asCustomer.ask(
            "POST", "/api/auth/confirm-address", ["email": .string("new-\(customer.email)"), "code": .string(code)])
        try await asCustomer.ask("POST", "/api/auth/change-address", address, refused: true)
        for client in [asCustomer, try await Client(try await server.provider(at: Spot.fresh()))] {
            let password = client.person.id == customer.id ? "A better one 7" : client.person.password
            try await client.ask("GET", "/api/auth/export")
            try await client.ask("DELETE", "/api/auth/account", ["password": "not this one"], refused: true)
            try await client.ask("DELETE", "/api/auth/account", ["password": .string(password)])
        }
    }

    @Test("D5–D9, D19–D21: a service from the call to the end, as both parties see it, and what they are told")
    func service() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        let mechanic = try await Client(try await server.provider(at: spot, specialization: ["towing"]))
        let customer = try await Client(try await server.customer())
        let place: JSON = ["latitude": .double(spot.latitude), "longitude": .double(spot.longitude)]
        let requested = try await customer.ask(
            "POST", "/api/services/request",
            [
                "service_type": "towing", "location": place.adding("address", "Nairobi"),
                "destination": ["latitude": .double(spot.latitude + 0.123), "longitude": .double(spot.longitude)],
            ])
        #expect(requested["nearby_mechanics"]?.array?.count == 1)
        let id = try #require(requested["service"]?["id"]?.string)
        let near = "?latitude=\(spot.latitude)&longitude=\(spot.longitude)"
        try await customer.ask("GET", "/api/mechanics/nearby", query: near)
        try await customer.ask("GET", "/api/services/available-mechanics", query: near)
        try await eventually("the request is offered to the mechanic") {
            let offered = try await mechanic.ask("GET", "/api/services/available")
            return offered["services"]?[0]?["offer_expires_at"] != nil
        }
        try await mechanic.ask("POST", "/api/services/{id}/accept", id: id)
        try await mechanic.ask("POST", "/api/mechanics/me/location", place)
        let seen = try await customer.ask("GET", "/api/services/{id}", id: id)
        #expect(seen["service"]?["mechanic"]?["location"]?["latitude"] != nil)
        let code = try #require(seen["service"]?["start_otp"])
        try await mechanic.ask("PUT", "/api/services/{id}/status", id: id, ["status": "arrived"])
        try await mechanic.ask("POST", "/api/services/{id}/start", id: id, ["otp": code])
        let proposed = try await mechanic.ask(
            "POST", "/api/services/{id}/extra-charges", id: id, ["title": "Strap", "amount": 99.5, "reason": "It tore"])
        #expect(proposed["extra_charge"]?["amount"]?.double == 99.5)
        for client in [mechanic, customer] {
            try await client.ask("GET", "/api/services/{id}", id: id)
            try await client.ask("GET", "/api/services/history", query: "?limit=1")
            let told = try await client.ask("GET", "/api/notifications/my-notifications", query: "?per_page=2")
            let first = try #require(told["notifications"]?[0]?["id"]?.string)
            try await client.ask("POST", "/api/notifications/mark-read/{id}", id: first)
            try await client.ask("POST", "/api/notifications/mark-all-read")
            let cursor = try #require(try await client.ask("GET", "/api/events", query: "?wait=0")["cursor"])
            try await client.ask("POST", "/api/events/ack", ["s": cursor])
            try await client.ask("POST", "/api/events/ack", ["s": 4711], refused: true)
        }
        try await customer.ask("GET", "/api/services/types")
        try await customer.ask("GET", "/api/health")
    }

    @Test("K22: quotes, kept and only looked at, a waived cancellation, and a booking that is over")
    func prices() async throws {
        let server = try server()
        let customer = try await Client(try await server.customer())
        let mechanic = try await Client(try await server.provider(at: Spot.fresh()))
        let admin = try await Client(try await server.admin())
        let place: JSON = ["latitude": -1.2921, "longitude": 36.8219]
        let help: JSON = ["service_type": "breakdown", "location": place]
        for client in [customer, mechanic] { try await client.ask("POST", "/api/services/quote", help) }
        for client in [customer, mechanic] {
            try await client.ask("POST", "/api/fuel/quote", ["fuel_type": "diesel", "litres": 5, "location": place])
        }
        let service = try await customer.ask("POST", "/api/services/request", help)["service"]
        let id = try #require(service?["id"]?.string)
        try await admin.ask("POST", "/api/services/{id}/cancel", id: id, ["waive_fee": true])
        let booking = try await customer.ask("POST", "/api/bookings/create", ["location": place])["booking"]
        let booked = try #require(booking?["id"]?.string)
        try await customer.ask("POST", "/api/bookings/{id}/cancel", id: booked)
        try await customer.ask("GET", "/api/bookings/{id}", id: booked)
    }

    @Test("a mechanic's work and his company, with and without what may be absent")
    func work() async throws {
        let server = try server()
        let (crew, owner) = (
            try await Client(server.provider(at: Spot.fresh())), try await Client(server.provider(at: nil))
        )
        try await owner.ask("GET", "/api/mechanics/me")
        try await owner.ask("POST", "/api/mechanics/me/duty", ["on_duty": false])
        try await crew.ask("POST", "/api/mechanics/me/duty", ["on_duty": true, "quiet": true])
        try await crew.ask(
            "PUT", "/api/mechanics/me/shifts", ["shifts": [["days": [1], "from": "22:00", "to": "06:00"]]])
        try await crew.ask("GET", "/api/mechanics/me/shifts")
        try await crew.ask(
            "PUT", "/api/mechanics/me/licence", ["classes": ["C"], "number": "DL-77777", "expires_on": "2031-01-31"])
        try await crew.ask("PUT", "/api/mechanics/me/equipment", ["equipment": ["winch"]])
        try await owner.ask("GET", "/api/mechanics/{id}", id: crew.person.id)

        let made = try await owner.ask("POST", "/api/companies", ["name": "Karibu"])
        let company = try #require(made["company"]?["id"]?.string)
        try await owner.ask("POST", "/api/companies/mine/members", ["mechanic_id": .string(crew.person.id)])
        try await crew.ask("GET", "/api/companies/invitations")
        try await crew.ask("POST", "/api/companies/{id}/decline", id: company)
        try await owner.ask("POST", "/api/companies/mine/members", ["mechanic_id": .string(crew.person.id)])
        try await crew.ask("POST", "/api/companies/{id}/join", id: company)
        let plate = "K" + ObjectID().hex.suffix(8)
        let van: JSON = ["license_plate": .string(plate), "type": "van"]
        let added = try await owner.ask("POST", "/api/companies/mine/vehicles", van)
        let truck = try #require(added["vehicle"]?["id"]?.string)
        try await crew.ask("POST", "/api/mechanics/me/vehicle", ["vehicle_id": .string(truck)])
        try await owner.ask(
            "PUT", "/api/companies/mine/vehicles/{id}", id: truck,
            van.adding("tow_class", "light").adding("capacity_kg", 2500).adding("equipment", ["dolly"]))
        for client in [owner, crew] {
            try await client.ask("GET", "/api/companies/mine")
            try await client.ask("GET", "/api/companies/mine/vehicles/{id}", id: truck)
        }
        try await crew.ask("POST", "/api/mechanics/me/vehicle", ["vehicle_id": nil])
        try await owner.ask("PUT", "/api/companies/mine/members/{id}", id: crew.person.id, ["role": "manager"])
        try await owner.ask("PUT", "/api/companies/mine", ["name": "Asante"])
        try await crew.ask("POST", "/api/companies/mine/leave")
        try await owner.ask("POST", "/api/companies/mine/members", ["mechanic_id": .string(crew.person.id)])
        try await owner.ask("DELETE", "/api/companies/mine/members/{id}", id: crew.person.id)
        try await owner.ask("DELETE", "/api/companies/mine/vehicles/{id}", id: truck)
        try await owner.ask("DELETE", "/api/companies/mine")
        try await owner.ask("GET", "/api/companies/mine", refused: true)
        try await owner.ask("POST", "/api/mechanics/me/duty", ["on_duty": 1], refused: true)
    }

    @Test("F8: reviews")
    func reviews() async throws {
        let scene = try await Parties().completed()
        let (customer, mechanic) = (try await Client(scene.customer), try await Client(scene.mechanic))
        try await customer.ask("POST", "/api/services/{id}/review", id: scene.id, ["rating": 5, "comment": "Quick"])
        try await mechanic.ask("POST", "/api/services/{id}/review", id: scene.id, ["rating": 4])
        try await customer.ask("POST", "/api/services/{id}/review", id: scene.id, ["rating": 5], refused: true)
        try await customer.ask("GET", "/api/services/{id}/reviews", id: scene.id)
        try await customer.ask("GET", "/api/mechanics/{id}/reviews", id: scene.mechanic.id, query: "?limit=1")
        try await mechanic.ask("GET", "/api/notifications/my-notifications", query: "?per_page=1")
    }

    @Test("F8: vehicles, with and without what may be absent")
    func vehicles() async throws {
        let customer = try await Client(try await server().customer())
        let plain: JSON = ["license_plate": "KBD 1", "make": "Mazda", "model": "Demio"]
        let added = try await customer.ask("POST", "/api/vehicles", plain)
        let id = try #require(added["vehicle"]?["id"]?.string)
        let whole = plain.adding("year", 2019).adding("colour", "Red").adding("vehicle_type", "saloon")
            .adding("fuel_type", "diesel").adding("mass_kg", 1100)
        try await customer.ask("PUT", "/api/vehicles/{id}", id: id, whole)
        try await customer.ask("GET", "/api/vehicles/{id}", id: id)
        try await customer.ask("GET", "/api/vehicles")
        try await customer.ask("POST", "/api/vehicles", whole, refused: true)
        try await customer.ask("DELETE", "/api/vehicles/{id}", id: id)
        try await customer.ask("GET", "/api/vehicles/{id}", id: id, refused: true)
    }

    @Test("F8: messages")
    func messages() async throws {
        let scene = try await Parties().accepted()
        let (customer, mechanic) = (try await Client(scene.customer), try await Client(scene.mechanic))
        try await customer.ask("POST", "/api/services/{id}/messages", id: scene.id, ["text": "Blue gate"])
        try await customer.ask("POST", "/api/services/{id}/messages", id: scene.id, ["text": 1], refused: true)
        try await mechanic.ask("POST", "/api/services/{id}/messages/read", id: scene.id, ["seq": 1])
        try await mechanic.ask("GET", "/api/services/{id}/messages", id: scene.id, query: "?limit=1")
        try await mechanic.ask("GET", "/api/notifications/my-notifications", query: "?per_page=1")
        try await mechanic.ask("GET", "/api/events", query: "?wait=0")
    }

    @Test("F8: emergencies, with and without what may be absent, and whom one trusts")
    func emergencies() async throws {
        let scene = try await Parties().accepted()
        let (customer, mechanic) = (try await Client(scene.customer), try await Client(scene.mechanic))
        let admin = try await Client(try await server().admin())
        let place: JSON = ["latitude": -1.2921, "longitude": 36.8219]
        try await customer.ask("POST", "/api/auth/trusted-contacts", ["name": "Jane", "phone": "0712345678"])
        let added = try await customer.ask(
            "POST", "/api/auth/trusted-contacts", ["name": "Jane", "email": "jane@example.com"])
        try await customer.ask("GET", "/api/auth/trusted-contacts")
        try await customer.ask(
            "DELETE", "/api/auth/trusted-contacts/{id}", id: try #require(added["contact"]?["id"]?.string))
        let whole: JSON = ["service_id": .string(scene.id), "location": place, "message": "Help"]
        let raised = try await customer.ask("POST", "/api/emergency", whole)
        let id = try #require(raised["emergency"]?["id"]?.string)
        try await mechanic.ask("POST", "/api/emergency")
        try await customer.ask("GET", "/api/emergency/{id}", id: id)
        try await mechanic.ask("GET", "/api/emergency/{id}", id: id, refused: true)
        try await admin.ask("GET", "/api/admin/emergencies")
        try await admin.ask("POST", "/api/admin/emergencies/{id}/acknowledge", id: id)
        try await admin.ask("POST", "/api/admin/emergencies/{id}/acknowledge", id: id, refused: true)
        try await admin.ask("POST", "/api/admin/emergencies/{id}/resolve", id: id, ["note": "Safe"])
        for client in [customer, admin] { try await client.ask("GET", "/api/notifications/my-notifications") }
    }

    @Test("F8: links, to a service that somebody has and to one that nobody has yet")
    func links() async throws {
        for scene in [try await Parties(), try await Parties().accepted()] {
            let customer = try await Client(scene.customer)
            let made = try await customer.ask("POST", "/api/services/{id}/share", id: scene.id, ["scope": "position"])
            try await customer.ask("POST", "/api/services/{id}/share", id: scene.id, ["scope": "x"], refused: true)
            try await customer.ask("GET", "/api/services/{id}/shares", id: scene.id)
            let path = try #require(made["path"]?.string)
            let schema = customer.document["paths"]?["/api/shared/{token}"]?["get"]?["responses"]?["200"]?["content"]
            let shown = try #require(try await scene.customer.http.get(path).json)
            let faults = SchemaCheck(customer.document, exact: true).faults(
                shown, try #require(schema?["application/json"]?["schema"]))
            #expect(faults.isEmpty, "\(faults)")
        }
    }

    @Test("a file, and the documents of a mechanic, as he and an admin see them in every state")
    func documents() async throws {
        let server = try server()
        let (mechanic, admin) = (
            try await Client(server.provider(at: Spot.fresh())), try await Client(server.admin())
        )
        let me = "/api/mechanics/me/documents"
        for (kind, verdict) in [("id_card", "approve"), ("certificate", "reject"), ("insurance", nil)] {
            let answer = try await mechanic.person.upload(MediaSample.pdf(), as: "document")
            let schema = mechanic.document["paths"]?["/api/uploads"]?["post"]?["responses"]?["201"]?["content"]?[
                "application/json"]?["schema"]
            let faults = SchemaCheck(mechanic.document, exact: true).faults(
                try #require(answer.json), try #require(schema))
            #expect(faults.isEmpty, "\(faults)")
            let upload = try #require(answer.json?["data"]?["upload"]?["id"])
            let made = try await mechanic.ask(
                "POST", me,
                ["kind": .string(kind), "number": "12345", "expires_on": "2099-01-31", "upload_id": upload])
            let id = try #require(made["document"]?["id"]?.string)
            try await admin.ask("POST", "/api/admin/documents/{id}/link", id: id)
            if let verdict {
                try await admin.ask("POST", "/api/admin/documents/{id}/\(verdict)", id: id, ["reason": "Blurred"])
                try await mechanic.ask("DELETE", "\(me)/{id}", id: id, refused: true)
            } else {
                try await mechanic.ask("GET", me)
                try await admin.ask("GET", "/api/admin/documents")
                try await mechanic.ask("DELETE", "\(me)/{id}", id: id)
            }
        }
    }

    @Test("what staff do: figures, the audit log, invitations and notifications to many")
    func staff() async throws {
        let server = try server()
        let admin = try await Client(server.admin())
        let target = try await server.customer()
        try await admin.ask("POST", "/api/admin/users/{id}/toggle-active", id: target.id)
        try await admin.ask("GET", "/api/admin/dashboard", query: "?days=7")
        try await admin.ask("GET", "/api/admin/dashboard", query: "?days=0", refused: true)
        try await admin.ask("GET", "/api/admin/audit-log", query: "?per_page=2")
        let (kept, email) = ("\(ObjectID().hex)@example.com", "\(ObjectID().hex)@example.com")
        try await admin.ask("POST", "/api/admin/invitations", ["email": .string(kept), "role": "partner"])
        try await admin.ask("POST", "/api/admin/invitations", ["email": "nobody", "role": "partner"], refused: true)
        let body: JSON = [
            "token": .string(try sentCode(to: kept, "invitation")), "name": "Pendo", "password": "A better one 7",
        ]
        try await admin.ask("POST", "/api/auth/invitations/accept", body)
        try await admin.ask("POST", "/api/auth/invitations/accept", body, refused: true)
        let made = try await admin.ask("POST", "/api/admin/invitations", ["email": .string(email), "role": "admin"])
        let id = try #require(made["invitation"]?["id"]?.string)
        try await admin.ask("DELETE", "/api/admin/invitations/{id}", id: id)
        try await admin.ask("GET", "/api/admin/invitations")
        let begun = try await admin.ask(
            "POST", "/api/admin/notifications",
            [
                "key": .string(email.prefix(24).description), "template": "maintenance",
                "parameters": ["day": "2027-03-31", "from": "01:00", "until": "02:30"],
                "audience": ["ids": [.string(target.id)]],
            ])
        let notification = try #require(begun["notification"]?["id"]?.string)
        try await admin.ask("GET", "/api/admin/notifications/{id}", id: notification)
        try await admin.ask("GET", "/api/admin/notifications")
        try await admin.ask("GET", "/api/admin/notifications/templates")
    }

    @Test("D32: refusals, of every status that these routes declare")
    func refusals() async throws {
        let customer = try await Client(try await server().customer())
        try await customer.ask(
            "POST", "/api/auth/login", ["email": .string(customer.person.email), "password": "x"], refused: true)
        try await customer.ask("POST", "/api/services/{id}/accept", id: "1", refused: true)
        try await customer.ask("GET", "/api/services/{id}", id: "65a50b2c9f1d4e0012345680", refused: true)
        try await customer.ask("POST", "/api/services/request", ["service_type": 7], refused: true)
        let service = try await customer.person.request()
        let id = try #require(service["id"]?.string)
        try await customer.ask("POST", "/api/services/{id}/cancel", id: id, ["reason": "Found help"])
        try await customer.ask("POST", "/api/services/{id}/complete", id: id, refused: true)
    }
}
