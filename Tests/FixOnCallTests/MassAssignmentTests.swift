import BSON
import FixOnCallClient
import Mongo
import MongoTesting
import RoadsideRules
import RoadsideTesting
import Testing

/// Generated from the OpenAPI document, for every operation that takes a body.
@Suite("T6: what a body does not name is never stored", .server, .serialized)
struct MassAssignmentTests {
    /// Members of our documents and of other systems', with values that nobody else writes.
    private static let stowaways: [(String, JSON)] =
        [
            "_id", "id", "number", "user_id", "customer_id", "provider_id", "assigned_to", "wallet", "balance",
            "credits",
            "role", "roles", "password_hash", "session_version", "status", "stage", "payment_status", "price_final",
            "price_estimate", "rating", "rating_count", "verified_at", "reviewed_by", "state", "version", "created_at",
            "updated_at", "deleted_at", "offer", "provider_slot", "sealed", "otp", "start_otp", "search", "owner_id",
            "sender_id", "author", "$set", "$unset", "__proto__", "a.b", "constructor",
        ].map { ($0, .string("stowaway-\($0.filter(\.isLetter))")) }

    /// Flags have no values of their own: they are looked for in the accounts.
    private static let flags: [(String, JSON)] = [
        ("is_verified", true), ("is_active", false), ("email_verified", true), ("phone_verified", true),
        ("is_admin", true),
    ]

    @Test("members that the schema does not name, in every body and in every object within, leave no trace")
    func stowaways() async throws {
        var writers = Writers()
        var sent = 0
        for write in try await DocumentedWrite.all() {
            for role in write.roles.map({ $0.isEmpty ? ["customer", "provider", "admin"] : $0 }) ?? [""] {
                guard role != "dispatcher" else { continue }
                let person = try await writers.writer(write, role: role.isEmpty ? nil : role)
                let body = Self.loaded(write.example, write.schema)
                let answer =
                    if let person {
                        try await person.ask(write.method, write.somewhere, body)
                    } else {
                        try await server().http().request(write.method, write.somewhere, json: body)
                    }
                sent += 1
                #expect(answer.status < 500, "\(write.name): \(answer.text)")
                #expect(!answer.text.contains("stowaway"), "\(write.name): \(answer.text)")
            }
        }
        #expect(sent >= 60)
        try await expectNoTrace()
    }

    @Test("nor do they where the command is carried out: a service from the call for help to its end")
    func carriedOut() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        let (customer, mechanic) = try await (server.customer(), server.provider(at: spot))
        let extra = JSON.object((Self.stowaways + Self.flags).map { JSON.Member($0.0, $0.1) })
        let help: JSON = ["service_type": "breakdown", "location": .object(Self.members(.point(spot), extra))]
        let made = try await customer.ask("POST", "/api/services/request", .object(Self.members(help, extra)))
        let id = try #require(try data(made, 201)["service"]?["id"]?.string)
        for (status, person) in [("accepted", mechanic), ("in_progress", mechanic), ("completed", mechanic)] {
            let body = JSON.object(Self.members(["status": .string(status)], extra.removing("status").removing("otp")))
            let service = try data(try await person.ask("PUT", "/api/services/\(id)/status", body))["service"]
            #expect(service?["assigned_to"]?.string == mechanic.id && service?["user_id"]?.string == customer.id)
            #expect(service?["payment_status"] == "pending")
        }
        let profile = try await customer.ask(
            "PUT", "/api/auth/profile", .object(Self.members(["name": "Wanjiku"], extra)))
        let user = try #require(try data(profile)["user"])
        #expect(user["is_verified"] == false && user["is_active"] == true && user["id"]?.string == customer.id)
        try await expectNoTrace()
    }

    /// A body with everything that its schema does not name, in it and in its objects.
    private static func loaded(_ example: JSON, _ schema: JSON) -> JSON {
        guard let members = example.object else { return example }
        let properties = schema["properties"]
        var body = JSON.object(
            members.map { member in
                let inner = properties?[member.name]
                return JSON.Member(member.name, loaded(member.value, inner?["anyOf"]?[0] ?? inner ?? [:]))
            })
        for (name, value) in stowaways + flags where properties?[name] == nil { body.add(name, value) }
        return body
    }

    private static func members(_ first: JSON, _ second: JSON) -> [JSON.Member] {
        let own = first.object ?? []
        return own + (second.object ?? []).filter { other in !own.contains { $0.name == other.name } }
    }

    private func expectNoTrace(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let client = try server().database.client
        for name in Self.collections {
            for document in try await client.collection(name).find() {
                let text = JSONRenderer().json(document).text
                #expect(!text.contains("stowaway"), "\(name): \(text)", sourceLocation: sourceLocation)
            }
        }
        // Customers prove their addresses by codes, which nobody has shown here; nobody has switched anybody off.
        let users = client.collection("users")
        let proven = try await users.count(["roles": "customer", "is_verified.email": true])
        let inactive = try await users.count(["is_active": false])
        let admins = try await users.find(["roles": "admin"]).compactMap { $0.get("email", as: String.self) }
        #expect(proven == 0 && inactive == 0, sourceLocation: sourceLocation)
        #expect(admins.allSatisfy { $0.hasSuffix("@admin.example") }, sourceLocation: sourceLocation)
    }

    /// Those of D26, and the others that clients' words end in.
    private static let collections = [
        "users", "mechanics", "services", "bookings", "payments", "vehicles", "reviews", "notifications",
        "emergency_alerts", "offers", "quotes", "messages", "chats", "companies", "provider_documents", "share_links",
        "job_events", "sessions", "idempotency_keys", "live_positions", "verification_codes", "upload_drafts",
    ]
}

extension JSON {
    fileprivate static func point(_ point: GeoPoint) -> JSON {
        ["latitude": .double(point.latitude), "longitude": .double(point.longitude)]
    }

    fileprivate func removing(_ name: String) -> JSON { .object((object ?? []).filter { $0.name != name }) }
}
