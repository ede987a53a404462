import BSON
import FixOnCall
import FixOnCallClient
import FixOnCallServer
import Foundation
import RoadsideTesting
import Testing

/// People who say and send secrets, and people who should not come to know them.
struct CanaryScene {
    let server: TestServer
    let customer, mechanic: Person
    /// Another customer, and another mechanic who is asked and does not come.
    let stranger, rival: Person
    var canaries = Canaries()
    /// What whoever may come is told, and no log.
    var told = Canaries()
    /// Everything that was answered to those two, and to nobody at all.
    var foreign = ""
    private var id = ""

    init(_ server: TestServer) async throws {
        self.server = server
        (customer, mechanic) = (try await server.customer("Wanjiku Kamau"), try await server.provider("James Mwangi"))
        (stranger, rival) = (try await server.customer("Otieno Odhiambo"), try await server.provider("Peter Kariuki"))
        for (name, person) in [("customer", customer), ("mechanic", mechanic)] { plant(name, person) }
    }

    private mutating func plant(_ name: String, _ person: Person) {
        canaries.plant("the \(name)'s password", person.password)
        canaries.plant("the \(name)'s e-mail address", person.email)
        canaries.plant("the \(name)'s number", person.phone)
        canaries.plant("the \(name)'s token", person.token)
        canaries.plant("the \(name)'s refresh token", person.refreshToken)
    }

    /// Wrong passwords and codes, a refresh token that is stolen, new passwords and addresses.
    mutating func signIn() async throws {
        let guest = try await server.customer("Guest")
        plant("guest", guest)
        let email = JSON.string(guest.email)
        let http = guest.http
        expectProblem(
            try await http.post(
                "/api/auth/login", ["email": email, "password": .string(canaries.plant("a wrong password"))]), 401)
        let nobody = try await http.post(
            "/api/auth/login", ["email": .string(canaries.plant("no address")), "password": "x"])
        #expect(nobody.status >= 400)
        for code in [canaries.plant("a wrong code"), "000000"] {
            let answer = try await http.post("/api/auth/verify-email", ["email": email, "code": .string(code)])
            #expect((400...422).contains(answer.status), "\(answer.text)")
        }
        let sent = try letters(guest.email).compactMap { $0["code"]?.string }
        #expect(!sent.isEmpty)
        _ = try await http.post("/api/auth/google", ["id_token": .string(canaries.plant("a token of Google's"))])
        _ = try await http.post("/api/auth/forgot-password", ["email": email])
        let reset: JSON = [
            "email": email, "code": .string(canaries.plant("a reset code")),
            "password": .string(canaries.plant("a new password")),
        ]
        #expect(try await http.post("/api/auth/reset-password", reset).status >= 400)
        let moved: JSON = [
            "email": .string(canaries.plant("a new address") + "@example.com"), "password": .string(guest.password),
        ]
        #expect(try await guest.ask("POST", "/api/auth/change-address", moved).status < 300)
        try await steal(guest)
    }

    private mutating func steal(_ guest: Person) async throws {
        let used: JSON = ["refresh_token": .string(guest.refreshToken)]
        let first = try await guest.http.request(
            "POST", "/api/auth/refresh", headers: [("X-Device-Id", canaries.plant("a device"))], json: used)
        canaries.plant("a second refresh token", try #require(try data(first)["refresh_token"]?.string))
        canaries.plant("a second token", try #require(try data(first)["access_token"]?.string))
        let thief = [("X-Device-Id", canaries.plant("a thief's device"))]
        // From another device it is no repeat.
        expectProblem(try await guest.http.request("POST", "/api/auth/refresh", headers: thief, json: used), 401)
        let again = try data(
            try await guest.http.post(
                "/api/auth/login", ["email": .string(guest.email), "password": .string(guest.password)]))
        let token = try #require(again["access_token"]?.string)
        canaries.plant("a third token", token)
        let bearer = [("Authorization", "Bearer \(token)")]
        _ = try data(try await guest.http.request("POST", "/api/auth/logout-all", headers: bearer, json: [:]))
    }

    private func letters(_ address: String) throws -> [JSON] {
        let path = try #require(server.services.outbox)
        let lines = try Data(contentsOf: URL(fileURLWithPath: path)).split(separator: UInt8(ascii: "\n"))
        return try lines.map { try JSON.parse(Array($0)) }.filter { $0["address"]?.string == address }
    }

    /// Papers, vehicles, trusted contacts.
    mutating func handIn() async throws {
        let file = try await mechanic.upload(
            MediaSample.pdf("/X(\(canaries.plant("inside a paper")))"), as: "document",
            named: "\(canaries.plant("a file's name")).pdf")
        let upload = try #require(try data(file, 201)["upload"]?["id"])
        let paper: JSON = [
            "kind": "id_card", "number": .string("ID-\(canaries.plant("a document's number").suffix(30))"),
            "upload_id": upload,
        ]
        canaries.plant("a document's number", try #require(paper["number"]?.string))
        _ = try data(try await mechanic.ask("POST", "/api/mechanics/me/documents", paper), 201)
        canaries.plant("a plate", "KCQ 907X")
        let vehicle: JSON = [
            "license_plate": "KCQ 907X", "make": .string(canaries.plant("a vehicle's make")), "model": "Premio",
        ]
        #expect(try await customer.ask("POST", "/api/vehicles", vehicle).status == 201)
        canaries.plant("a trusted person's number", "254722000917")
        let contacts: [JSON] = [
            ["name": .string(canaries.plant("a trusted person's name")), "phone": "+254722000917"],
            ["name": "Jane", "email": .string(canaries.plant("a trusted person's address") + "@example.com")],
        ]
        for contact in contacts {
            #expect(try await customer.ask("POST", "/api/auth/trusted-contacts", contact).status < 300)
        }
    }

    /// A call for help, from the search to a link that others follow.
    mutating func call() async throws {
        let service = try await customer.request(
            latitude: -1.292107, longitude: 36.821934,
            extra: ["description": .string(told.plant("what has happened"))])
        told.plant("his place", "-1.292107")
        id = try #require(service["id"]?.string)
        foreign += try await rival.ask("GET", "/api/services/available").text
        let path = "/api/services/\(id)"
        _ = try data(try await mechanic.ask("PUT", path + "/status", ["status": "accepted"]))
        _ = try await mechanic.ask(
            "POST", "/api/mechanics/me/location", ["latitude": -1.292993, "longitude": 36.821111])
        canaries.plant("the mechanic's place", "-1.292993")
        let own = try data(try await customer.ask("GET", path))["service"]
        canaries.plant("a start code", "\"\(try #require(own?["start_otp"]?.string))\"")
        let shared = try data(try await customer.ask("POST", path + "/share", ["scope": "status"]), 201)
        canaries.plant("a link's token", try #require(shared["token"]?.string))
        foreign += try await server.http().get(try #require(shared["path"]?.string)).text
    }

    /// What the two say to each other, and to whoever is to help.
    mutating func talk() async throws {
        let path = "/api/services/\(id)"
        _ = try data(
            try await customer.ask("POST", path + "/messages", ["text": .string(canaries.plant("a message"))]), 201)
        _ = try data(
            try await customer.ask(
                "POST", "/api/emergency",
                ["service_id": .string(id), "message": .string(canaries.plant("a cry for help"))]), 201)
        let odd: JSON = ["reason": .string(canaries.plant("a reason")), "status": .string(canaries.plant("no status"))]
        _ = try await mechanic.ask("PUT", path + "/status", odd)
        let keyed = [("Authorization", "Bearer \(customer.token)"), ("Idempotency-Key", canaries.plant("a key"))]
        _ = try await customer.http.request(
            "POST", path + "/cancel", headers: keyed, json: ["reason": .string(canaries.plant("another reason"))])
    }

    /// What strangers ask for that is not theirs.
    mutating func snoop() async throws {
        let path = "/api/services/\(id)"
        for person in [stranger, rival] {
            for target in [
                path, path + "/messages", path + "/timeline", path + "/shares", "/api/services/history",
                "/api/mechanics/\(mechanic.id)", "/api/notifications/my-notifications", "/api/vehicles",
                "/api/auth/trusted-contacts", "/api/auth/profile", "/api/auth/export", "/api/admin/users",
                "/api/admin/documents", "/api/mechanics/me/documents", "/api/bookings",
                "/api/mechanics/nearby?latitude=-1.2921&longitude=36.8219",
            ] {
                foreign += try await person.ask("GET", target).text + "\n"
            }
        }
        for target in ["/api/health", "/health/live", "/health/ready", "/api/swagger.json"] {
            foreign += try await server.http().get(target).text + "\n"
        }
    }

    /// Secrets where none belong: in paths, queries and headers of every kind.
    mutating func oddities() async throws {
        let http = server.http()
        let long = "a" + canaries.plant("in a path")
        for path in ["/api/\(long)", "/api/shared/\(long)", "/\(long)?x=1", "/api/services/\(long)/accept"] {
            // Who sent it reads it again; a log does not.
            _ = try await http.get(path)
        }
        _ = try await http.get("/api/health?q=\(canaries.plant("in a query"))&token=\(canaries.plant("as ?token="))")
        for name in [
            "User-Agent", "Cookie", "X-Forwarded-For", "Forwarded", "Referer", "traceparent", "tracestate", "Origin",
            "If-None-Match", "X-Api-Key", "Accept-Language",
        ] {
            foreign += try await http.get("/api/health", headers: [(name, canaries.plant("in \(name)"))]).text
        }
        // Too long to be taken for an id.
        let id = canaries.plant("in X-Request-Id") + String(repeating: "x", count: 40)
        foreign += try await http.get("/api/health", headers: [("X-Request-Id", id)]).text
        foreign += try await http.get("/api/auth/profile", token: canaries.plant("a token of nobody's")).text
        _ = try await http.request("POST", "/api/auth/login", json: [canaries.plant("a field's name"): "x"])
        for query in ["token", "ticket"] {
            let path = "\(FixOnCall.socketPath)?\(query)=\(canaries.plant("a socket's ?\(query)="))"
            let refused = try await refusal {
                _ = try await SocketClient.connect(
                    host: "127.0.0.1", port: server.port, path: path, subprotocols: ["fixoncall.v1"])
            }
            #expect(refused.status == (query == "token" ? 400 : 401))
        }
        let ticket = try data(try await customer.ask("POST", "/api/ws/ticket", [:]))
        let text = try #require(ticket["ticket"]?.string)
        canaries.plant("a ticket", text)
        let socket = try await SocketClient.connect(
            host: "127.0.0.1", port: server.port, path: "\(FixOnCall.socketPath)?ticket=\(text)",
            subprotocols: ["fixoncall.v1"])
        try await socket.send(text: #"{"op":"\#(canaries.plant("said on a socket"))"}"#)
        _ = try await socket.nextJSON()
    }
}
