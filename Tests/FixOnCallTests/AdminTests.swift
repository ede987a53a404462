import BSON
import FixOnCallClient
import Foundation
import MongoTesting
import RoadsideRules
import RoadsideTesting
import Testing

@Suite("D14–D17, decision 20: the people who run the platform", .server, .serialized)
struct AdminTests {
    // Another dialect's sockets under their documented paths (E1, E2).
    private static let customerBookings = "/ws/bookings/"
    private static let providerBookings = "/ws/driver/bookings/"

    /// Members that no answer to an admin may have, wherever they would stand.
    private static let secrets: Set<String> = [
        "password", "password_hash", "session_version", "ended_sessions", "search", "start_otp", "otp", "sealed",
        "hash",
        "roles", "sender_id",
    ]

    @Test("D14: after one completed and one open service the dashboard is as documented")
    func dashboard() async throws {
        try await TestServer.with { server in
            let (customer, mechanic) = try await (server.customer(), server.provider())
            let admin = try await server.admin()
            let open = try #require(try await customer.request()["id"]?.string)
            _ = try data(try await mechanic.ask("POST", "/api/services/\(open)/accept"))
            _ = try data(try await mechanic.ask("PUT", "/api/services/\(open)/status", ["status": "in_progress"]))
            _ = try data(try await mechanic.ask("POST", "/api/services/\(open)/complete"))
            let second = try await server.customer("Second")
            _ = try data(try await second.ask("POST", "/api/auth/logout-all"))

            let answer = try await admin.ask("GET", "/api/admin/dashboard")
            let data = try data(answer)
            try expectGolden("dashboard", answer.json)
            #expect(data["statistics"]?["total_users"] == 4)
            #expect(data["statistics"]?["total_drivers"] == 2)
            #expect(data["statistics"]?["total_mechanics"] == 1)
            #expect(data["statistics"]?["total_services"] == 1)
            #expect(data["statistics"]?["active_services"] == 0)
            #expect(data["statistics"]?["available_mechanics"] == 1)
            #expect(data["statistics"]?["completed_today"] == 1)
            #expect(data["statistics"]?["revenue_today"] == 1500)
            let trend = try #require(data["revenue_trend"]?.array)
            #expect(trend.count == 12)
            #expect(trend.last?["revenue"] == 1500)
            #expect(trend.last?["count"] == 1)
            #expect(trend.compactMap { $0["_id"]?.string } == trend.compactMap { $0["_id"]?.string }.sorted())
            #expect(names(in: data).isDisjoint(with: Self.secrets))
            let kpis = try #require(data["kpis"])
            #expect(kpis["days"] == 30 && kpis["revenue_by_day"]?.array?.count == 30)
            #expect(kpis["time_to_accept"]?["count"] == 1 && kpis["completion_rate"]?.double == 1)
            #expect(kpis["revenue_by_day"]?.array?.last?["revenue"] == 1500)
            let week = try await admin.ask("GET", "/api/admin/dashboard?days=7").json?["data"]?["kpis"]
            #expect(week?["revenue_by_day"]?.array?.count == 7)
            for days in ["0", "91", "x"] {
                expectProblem(
                    try await admin.ask("GET", "/api/admin/dashboard?days=\(days)"), 422, fields: ["days"], days)
            }
        }
    }

    @Test("D15: a mechanic in the list is as documented: the user of the login, and where his vetting stands")
    func users() async throws {
        let server = try server()
        let (admin, mechanic) = try await (server.admin(), server.provider("James Listed", at: Spot.fresh()))
        let answer = try await admin.ask("GET", "/api/admin/users?user_type=mechanic&search=\(mechanic.email)")
        let data = try data(answer)
        try expectGolden("users", answer.json)
        #expect(data["users"]?.array?.compactMap { $0["id"]?.string } == [mechanic.id])
        let profile = try await mechanic.ask("GET", "/api/auth/profile")
        let own = try #require(profile.json?["data"]?["user"]?.object)
        for member in own { #expect(data["users"]?[0]?[member.name] == member.value, "\(member.name)") }
        let all = try await admin.ask("GET", "/api/admin/users?per_page=100")
        #expect(names(in: try #require(all.json)).isDisjoint(with: Self.secrets))
        #expect(!all.text.contains("$2b$"))
    }

    @Test("D15: filters, and twenty a page unless asked for otherwise")
    func filters() async throws {
        let server = try server()
        let admin = try await server.admin()
        let customer = try await server.customer("Zuhura Filter")
        func ids(_ query: String) async throws -> [String] {
            let answer = try data(try await admin.ask("GET", "/api/admin/users?\(query)"))
            return answer["users"]?.array?.compactMap { $0["id"]?.string } ?? []
        }
        #expect(try await ids("search=zuhura%20fil") == [customer.id])
        #expect(try await ids("search=ZUHURA&user_type=driver&is_active=true") == [customer.id])
        #expect(try await ids("search=zuhura&user_type=mechanic").isEmpty)
        #expect(try await ids("search=zuhura&is_active=false").isEmpty)
        #expect(try await ids("search=zuhura&contact_verified=false") == [customer.id])
        #expect(try await ids("search=zuhura&contact_verified=true").isEmpty)
        let code = try sentCode(to: customer.email)
        _ = try data(
            try await customer.http.post(
                "/api/auth/verify-email", ["email": .string(customer.email), "code": .string(code)]))
        #expect(try await ids("search=zuhura&contact_verified=true") == [customer.id])
        #expect(try await ids("search=zuhura&contact_verified=false").isEmpty)
        let national = "0" + customer.phone.dropFirst(4)
        for phone in [national, customer.phone.replacing("+", with: "%2B"), String(customer.phone.dropFirst(4))] {
            #expect(try await ids("user_type=driver&search=\(phone)").contains(customer.id), "\(phone)")
        }
        let page = try data(try await admin.ask("GET", "/api/admin/users"))["pagination"]
        #expect(page?["per_page"] == 20)
        #expect(try data(try await admin.ask("GET", "/api/admin/services"))["pagination"]?["per_page"] == 20)
    }

    @Test(
        "D15, D17: queries that are none are refused by name; patterns and operators are plain text",
        arguments: [
            ("users?user_type=customer", "user_type"), ("users?user_type[$ne]=driver&user_type=$ne", "user_type"),
            ("users?is_active=maybe", "is_active"), ("users?contact_verified=maybe", "contact_verified"),
            ("users?per_page=101", "per_page"), ("users?page=0", "page"),
            ("users?cursor=mine", "cursor"), ("users?search=a%00b", "search"),
            ("users?search=\(String(repeating: "a", count: 201))", "search"),
            ("users?search=a%20b%20c%20d%20e%20f%20g%20h%20i%20j%20k", "search"), ("users?search=%ff", "query"),
            ("services?status=matching", "status"), ("services?status[$gt]=&status=x", "status"),
            ("services?cursor=1.2", "cursor"), ("services?limit=-1", "limit"),
        ])
    func hostileQueries(query: String, field: String) async throws {
        let admin = try await server().admin()
        expectProblem(
            try await admin.ask("GET", "/api/admin/\(query)"), 422, "VALIDATION_ERROR", fields: [field], query)
    }

    @Test(
        "D15: what means everything in a pattern means itself",
        arguments: [".*", "^", "[a-z]", "(", "\\", "a|b", "$where", "{\"$gt\":\"\"}", "*", ".+@"])
    func patterns(text: String) async throws {
        let admin = try await server().admin()
        let allowed = CharacterSet.alphanumerics
        let encoded = try #require(text.addingPercentEncoding(withAllowedCharacters: allowed))
        let answer = try data(try await admin.ask("GET", "/api/admin/users?search=\(encoded)"))
        #expect(answer["users"] == [])
        #expect(answer["pagination"]?["total"] == 0)
    }

    @Test("D16: a driver switched off is as documented, is out at once, and comes back when switched on")
    func toggle() async throws {
        let server = try server()
        let (admin, customer) = try await (server.admin(), server.customer())
        let path = "/api/admin/users/\(customer.id)/toggle-active"
        let socket = try await customer.socket(Self.customerBookings)
        let answer = try await admin.ask("POST", path)
        #expect(try data(answer)["is_active"] == false)
        try expectGolden("toggle-active", answer.json)
        #expect(try await socket.closeCode() == 4403)
        expectProblem(try await customer.ask("GET", "/api/auth/profile"), 403, "ACCOUNT_DISABLED")
        let refresh = try await customer.http.post(
            "/api/auth/refresh", ["refresh_token": .string(customer.refreshToken)])
        expectProblem(refresh, 401, "INVALID_TOKEN")
        let login: JSON = ["email": .string(customer.email), "password": .string(customer.password)]
        expectProblem(try await customer.http.post("/api/auth/login", login), 403, "ACCOUNT_DISABLED")

        #expect(try data(try await admin.ask("POST", path))["is_active"] == true)
        expectProblem(try await customer.ask("GET", "/api/auth/profile"), 401, "INVALID_TOKEN")
        _ = try data(try await customer.http.post("/api/auth/login", login))
    }

    @Test("D16: sockets and tokens end on another server of the same database, too")
    func elsewhere() async throws {
        try await TestServer.with { one in
            let two = try await TestServer.start(on: one.database)
            let (admin, mechanic) = try await (one.admin(), two.provider())
            let socket = try await mechanic.socket(Self.providerBookings)
            // The other server has just looked, and may believe what it saw for two seconds.
            _ = try data(try await mechanic.ask("GET", "/api/auth/profile"))
            _ = try data(try await admin.ask("POST", "/api/admin/users/\(mechanic.number)/toggle-active"))
            #expect(try await socket.closeCode() == 4403)
            try await eventually("the other server refuses the token") {
                try await mechanic.ask("GET", "/api/auth/profile").json?["code"]?.string == "ACCOUNT_DISABLED"
            }
            let customer = try await two.customer()
            let nearby = try data(
                try await customer.ask("GET", "/api/mechanics/nearby?latitude=-1.2921&longitude=36.8219"))
            #expect(nearby["mechanics"] == [])
            await two.halt()
        }
    }

    @Test("D16: a body names the side; by id, number and UUID; nobody himself, and nobody who is not there")
    func sides() async throws {
        let server = try server()
        let (admin, customer) = try await (server.admin(), server.customer())
        let uuid = PublicUUID.encode(try #require(ObjectID(customer.id)))
        for (name, body, active) in [
            (customer.id, ["is_active": false], false), ("\(customer.number)", ["is_active": false], false),
            (uuid, ["is_active": true], true), (uuid, ["is_active": nil, "role": "admin"], false),
            (customer.id, [:], true),
        ] as [(String, JSON, Bool)] {
            let answer = try data(try await admin.ask("POST", "/api/admin/users/\(name)/toggle-active", body))
            #expect(answer["is_active"] == .bool(active), "\(name) \(body.text)")
            #expect(answer["user"]?["is_active"] == .bool(active))
            #expect(answer["user"]?["user_type"] == "driver")
        }
        for body in [["is_active": "false"], ["is_active": 0], ["is_active": ["$ne": true]], []] as [JSON] {
            let answer = try await admin.ask("POST", "/api/admin/users/\(customer.id)/toggle-active", body)
            expectProblem(answer, 422, "VALIDATION_ERROR", body.text)
        }
        let own = "/api/admin/users/\(admin.id)/toggle-active"
        expectProblem(try await admin.ask("POST", own), 409, "CONFLICT")
        for name in ["000000000000000000000000", "999999", "nonsense", "$ne"] {
            expectProblem(
                try await admin.ask("POST", "/api/admin/users/\(name)/toggle-active"), 404, "NOT_FOUND", name)
        }
    }

    @Test("D17: staff see everybody's services with open contact data, filtered, and never a start code")
    func services() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        let (admin, customer) = try await (server.admin(), server.customer())
        let mechanic = try await server.provider(at: spot)
        let service = try await customer.request(latitude: spot.latitude, longitude: spot.longitude)
        let id = try #require(service["id"]?.string)
        _ = try data(try await mechanic.ask("POST", "/api/services/\(id)/accept"))
        let answer = try data(
            try await admin.ask("GET", "/api/admin/services?status=accepted&service_type=breakdown&per_page=100"))
        let listed = try #require(answer["services"]?.array?.first { $0["id"]?.string == id })
        #expect(listed["customer"]?["phone"]?.string == customer.phone)
        #expect(listed["mechanic"]?["email"]?.string == mechanic.email)
        #expect(names(in: answer).isDisjoint(with: Self.secrets))
        for query in ["status=pending&service_type=breakdown", "status=accepted&service_type=towing"] {
            let none = try data(try await admin.ask("GET", "/api/admin/services?\(query)"))
            #expect(none["services"]?.array?.contains { $0["id"]?.string == id } == false, "\(query)")
        }
    }

    @Test("decision 20: a rejected mechanic reads why and is offered nothing; an approved one is found again")
    func vetting() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        let (admin, mechanic) = try await (server.admin(), server.provider(at: spot))
        let customer = try await server.customer()
        let search = "/api/mechanics/nearby?latitude=\(spot.latitude)&longitude=\(spot.longitude)"
        let path = "/api/admin/providers/\(mechanic.number)"
        for body in [[:], ["reason": ""], ["reason": 5], ["reason": ["$ne": nil]]] as [JSON] {
            expectProblem(
                try await admin.ask("POST", path + "/reject", body), 422, "VALIDATION_ERROR", fields: ["reason"])
        }
        let rejected = try data(try await admin.ask("POST", path + "/reject", ["reason": "No licence."]))["user"]
        #expect(rejected?["is_verified"] == false)
        #expect(rejected?["verification"] == ["state": "rejected", "reason": "No licence."])
        #expect(try data(try await customer.ask("GET", search))["count"] == 0)
        let row = try data(try await mechanic.ask("GET", "/api/notifications/my-notifications"))["notifications"]?[0]
        #expect(row?["title"] == "Profile not approved")
        #expect(row?["message"] == "No licence.")
        #expect(row?["type"] == "account")

        let approved = try data(try await admin.ask("POST", path + "/approve"))["user"]
        #expect(approved?["verification"] == ["state": "approved", "reason": nil])
        #expect(try data(try await customer.ask("GET", search))["count"] == 1)
        expectProblem(
            try await admin.ask("POST", "/api/admin/providers/\(customer.id)/approve"), 404, "NOT_FOUND")
    }

    @Test("D14–D17: nobody but an admin, and nothing is changed by who tries")
    func strangers() async throws {
        let server = try server()
        let (customer, mechanic) = try await (server.customer(), server.provider(at: Spot.fresh()))
        for (method, path) in [
            ("GET", "dashboard"), ("GET", "users"), ("GET", "users?search=a"), ("GET", "services"),
            ("POST", "users/\(customer.id)/toggle-active"), ("POST", "providers/\(mechanic.id)/approve"),
            ("POST", "providers/\(mechanic.id)/reject"),
        ] {
            for person in [customer, mechanic] {
                expectProblem(
                    try await person.ask(method, "/api/admin/" + path, ["reason": "because"]), 403, "FORBIDDEN", path)
            }
            expectProblem(try await server.http().request(method, "/api/admin/" + path), 401, "INVALID_TOKEN", path)
        }
        let user = try data(try await mechanic.ask("GET", "/api/auth/profile"))["user"]
        #expect(user?["is_verified"] == true)
        #expect(user?["is_active"] == true)
    }

    @Test("D14, D17: a dispatcher reads the dashboard and the services, and no more")
    func dispatcher() async throws {
        let document = try await server().http().get("/api/swagger.json").json?["paths"]
        for (path, roles) in [
            ("dashboard", ["admin", "dispatcher"]), ("services", ["admin", "dispatcher"]), ("users", ["admin"]),
        ] as [(String, JSON)] {
            #expect(document?["/api/admin/\(path)"]?["get"]?["x-roles"] == roles)
        }
        for path in ["users/{id}/toggle-active", "providers/{id}/approve", "providers/{id}/reject"] {
            #expect(document?["/api/admin/\(path)"]?["post"]?["x-roles"] == ["admin"])
        }
    }
}
