import BSON
import FixOnCallClient
import MongoTesting
import RoadsideRules
import RoadsideTesting
import Testing

/// Everybody that T1 asks as, and the things they have.
struct AuthorizationCast {
    /// Who asks, as seen from the thing that is asked for.
    enum Caller: String, CaseIterable {
        case owner, counterpart, strangeCustomer, strangeProvider, admin, disabled, nobody
    }

    /// A thing with its id in a path: whose it is.
    enum Thing {
        case service, booking, charge, payment, share, vehicle, truck, member, invitation, paper, notification,
            emergency,
            contact, photo
        /// Anybody who is signed in may see it, or anybody who holds its token.
        case everybodys
        /// Staff see all of them, nobody else may ask.
        case staffs

        /// What stands behind a path with ids; nil for a path that nobody has thought of.
        init?(path: String) {
            let table: [(prefix: String, thing: Thing)] = [
                ("/api/admin/", .staffs), ("/api/shared/", .everybodys), ("/api/mechanics/{id}", .everybodys),
                ("/api/services/{id}/extra-charges/", .charge), ("/api/services/{id}/share/", .share),
                ("/api/payments/{id}", .payment), ("/api/services/{id}", .service), ("/api/assistance/", .service),
                ("/trips/", .service),
                ("/api/bookings/{id}", .booking),
                ("/api/vehicles/{id}", .vehicle),
                ("/api/companies/mine/vehicles/{id}", .truck), ("/api/companies/mine/members/{id}", .member),
                ("/api/companies/{id}/", .invitation), ("/api/mechanics/me/documents/{id}", .paper),
                ("/api/notifications/mark-read/{id}", .notification), ("/api/emergency/{id}", .emergency),
                ("/api/auth/trusted-contacts/{id}", .contact), ("/static/uploads/{id}", .photo),
            ]
            guard let found = table.first(where: { path.hasPrefix($0.prefix) }) else { return nil }
            self = found.thing
        }

        /// Who sees it, of those whose role the route names.
        var seers: Set<Caller> {
            switch self {
            case .service, .booking, .charge, .payment, .photo: [.owner, .counterpart, .admin]
            case .share, .vehicle, .notification, .emergency, .contact: [.owner]
            // A provider's own.
            case .truck, .member, .invitation, .paper: [.counterpart]
            case .everybodys: [.owner, .counterpart, .strangeCustomer, .strangeProvider, .admin]
            case .staffs: [.admin]
            }
        }
    }

    /// What nobody but an admin may do, written down a second time: whoever opens one of these to more people, or adds one,
    /// has to say so here, too.
    static let adminsOnly: Set<String> = [
        "GET /api/admin/users", "POST /api/admin/users/{id}/toggle-active",
        "POST /api/admin/providers/{id}/approve", "POST /api/admin/providers/{id}/reject",
        "GET /api/admin/documents", "POST /api/admin/documents/{id}/link",
        "POST /api/admin/documents/{id}/approve", "POST /api/admin/documents/{id}/reject",
        "GET /api/admin/invitations", "POST /api/admin/invitations", "DELETE /api/admin/invitations/{id}",
        "GET /api/admin/notifications", "POST /api/admin/notifications",
        "GET /api/admin/notifications/templates", "GET /api/admin/notifications/{id}",
        "GET /api/admin/exports/users.csv", "GET /api/admin/exports/services.csv",
        "GET /api/admin/exports/bookings.csv", "GET /api/admin/exports/audit-log.csv",
        "GET /api/admin/audit-log", "POST /api/notifications/send",
    ]

    let customer: Person
    let provider: Person
    let strangeCustomer: Person
    let strangeProvider: Person
    let admin: Person
    let disabled: Person
    private let spot: GeoPoint

    init() async throws {
        let server = try server()
        spot = try Spot.fresh()
        customer = try await server.customer()
        provider = try await server.provider(at: spot)
        strangeCustomer = try await server.customer("Strange Customer")
        strangeProvider = try await server.provider("Strange Provider", at: Spot.fresh())
        admin = try await server.admin()
        disabled = try await server.customer("Disabled")
        _ = try data(try await admin.ask("POST", "/api/admin/users/\(disabled.id)/toggle-active", ["is_active": false]))
        // Within two seconds (decision 25).
        try await eventually("a disabled account is nobody") { [disabled] in
            try await disabled.ask("GET", "/api/auth/profile").status == 403
        }
    }

    /// nil for whoever has no account.
    func person(_ caller: Caller) -> Person? {
        switch caller {
        case .owner: customer
        case .counterpart: provider
        case .strangeCustomer: strangeCustomer
        case .strangeProvider: strangeProvider
        case .admin: admin
        case .disabled: disabled
        case .nobody: nil
        }
    }

    func role(_ caller: Caller) -> String? {
        switch caller {
        case .owner, .strangeCustomer, .disabled: "customer"
        case .counterpart, .strangeProvider: "provider"
        case .admin: "admin"
        case .nobody: nil
        }
    }

    /// A new one of them, as the path's parameters name it.
    func make(_ thing: Thing) async throws -> [String: String] {
        switch thing {
        case .service, .booking, .charge, .payment, .share, .photo: try await serviceThing(thing)
        case .vehicle:
            try await id(
                customer, "/api/vehicles",
                ["license_plate": .string(Self.plate()), "make": "Toyota", "model": "Premio"], "vehicle")
        case .truck: try await truck()
        case .member: ["id": try await invited().guest.id]
        case .invitation: ["id": try await invitation()]
        case .paper: try await paper()
        case .notification: try await notification()
        case .emergency: try await id(customer, "/api/emergency", ["message": "Help"], "emergency")
        case .contact: try await contact()
        case .everybodys: ["id": provider.id, "token": "none"]
        case .staffs: ["id": "999999"]
        }
    }

    private func serviceThing(_ thing: Thing) async throws -> [String: String] {
        try await release()
        let service: String
        if thing == .booking {
            let place: JSON = ["latitude": .double(spot.latitude), "longitude": .double(spot.longitude)]
            let booking: JSON = ["service_type": "breakdown", "location": place]
            service = try await id(customer, "/api/bookings/create", booking, "booking")["id"] ?? ""
        } else {
            service = try #require(try await customer.request(at: spot)["id"]?.string)
        }
        let path = "/api/services/\(service)"
        _ = try data(try await provider.ask("POST", path + "/accept"))
        switch thing {
        case .charge:
            _ = try data(try await provider.ask("PUT", path + "/status", ["status": "in_progress"]))
            let charge: JSON = ["title": "Battery", "amount": 9500, "reason": "The old one is dead"]
            let made = try data(try await provider.ask("POST", path + "/extra-charges", charge), 201)
            return ["id": service, "charge_id": try #require(made["extra_charge"]?["id"]?.string)]
        case .payment:
            let made = try data(
                try await customer.ask("POST", "/api/payments", ["service_id": .string(service), "method": "cash"]), 201
            )
            return ["id": try #require(made["payment"]?["id"]?.string)]
        case .share:
            let made = try data(try await customer.ask("POST", path + "/share", ["scope": "status"]), 201)
            return ["id": service, "share_id": try #require(made["share"]?["id"]?.string)]
        case .photo:
            return ["id": try await customer.stored(MediaSample.jpeg(), as: "job_photo", of: service).id]
        default: return ["id": service]
        }
    }

    /// Ends what the two still have in hand, so that another service can be theirs.
    private func release() async throws {
        let open =
            try data(try await provider.ask("GET", "/api/services/history?per_page=100"))["services"]?.array ?? []
        for service in open where !["completed", "cancelled"].contains(service["status"]?.string ?? "") {
            _ = try await admin.ask("POST", "/api/services/\(service["id"]?.string ?? "")/cancel", ["waive_fee": true])
        }
    }

    private func id(
        _ person: Person, _ path: String, _ body: JSON, _ name: String
    ) async throws -> [String: String] {
        let answer = try await person.ask("POST", path, body)
        return ["id": try #require(answer.json?["data"]?[name]?["id"]?.string, "\(path): \(answer.text)")]
    }

    /// The provider's company, made when it is needed first.
    private func company() async throws -> String {
        let mine = try await provider.ask("GET", "/api/companies/mine").json?["data"]?["company"]
        if mine?["role"] == "owner" { return try #require(mine?["id"]?.string) }
        // He may have joined another's in the meantime, and nobody leaves with a job in hand.
        if mine != nil {
            try await release()
            _ = try data(try await provider.ask("POST", "/api/companies/mine/leave"))
        }
        return try await id(provider, "/api/companies", ["name": "Karibu Towing"], "company")["id"] ?? ""
    }

    private func truck() async throws -> [String: String] {
        _ = try await company()
        return try await id(
            provider, "/api/companies/mine/vehicles", ["license_plate": .string(Self.plate()), "type": "flatbed"],
            "vehicle")
    }

    private func invited() async throws -> (guest: Person, company: String) {
        let company = try await company()
        let guest = try await server().provider("Guest", at: Spot.fresh())
        _ = try data(
            try await provider.ask("POST", "/api/companies/mine/members", ["mechanic_id": .string(guest.id)]))
        return (guest, company)
    }

    /// One that the provider is invited to, by somebody new; he has left his own before.
    private func invitation() async throws -> String {
        let mine = try await provider.ask("GET", "/api/companies/mine").json?["data"]?["company"]
        for member in mine?["members"]?.array ?? [] where member["mechanic_id"]?.string != provider.id {
            _ = try await provider.ask("DELETE", "/api/companies/mine/members/\(member["mechanic_id"]?.string ?? "")")
        }
        _ = try await provider.ask("DELETE", "/api/companies/mine")
        let host = try await server().provider("Host", at: Spot.fresh())
        let company = try #require(try await id(host, "/api/companies", ["name": "Other"], "company")["id"])
        _ = try data(
            try await host.ask("POST", "/api/companies/mine/members", ["mechanic_id": .string(provider.id)]))
        return company
    }

    private func paper() async throws -> [String: String] {
        let scan = try await provider.stored(MediaSample.pdf(), as: "document")
        return try await id(
            provider, "/api/mechanics/me/documents",
            [
                "kind": "driving_licence", "number": "DL-0012678", "expires_on": "2099-03-31",
                "upload_id": .string(scan.id),
            ], "document")
    }

    private func notification() async throws -> [String: String] {
        let message: JSON = ["recipient_id": .string(customer.id), "title": "Hello", "message": "A word"]
        return try await id(admin, "/api/notifications/send", message, "notification")
    }

    private func contact() async throws -> [String: String] {
        let path = "/api/auth/trusted-contacts"
        for old in try data(try await customer.ask("GET", path))["contacts"]?.array ?? [] {
            _ = try await customer.ask("DELETE", "\(path)/\(old["id"]?.string ?? "")")
        }
        return try await id(customer, path, ["name": "Jane", "phone": "+254712345670"], "contact")
    }

    private static func plate() -> String { "K" + ObjectID().hex.suffix(8) }
}
