import BSON
import FixOnCall
import FixOnCallClient
import FixOnCallServer
import Foundation
import Mongo
import MongoTesting
import RoadsideTesting
import Testing

@Suite("Decision 13, T15: tickets of sockets", .server, .serialized)
struct SocketTicketTests {
    // Another dialect's sockets under their documented paths (E1, E2).
    private static let customerBookings = "/ws/bookings/"
    private static let providerBookings = "/ws/driver/bookings/"

    private func ticket(for person: Person, route: String? = nil, token: String? = nil) async throws -> JSON {
        let answer = try await person.server.http().request(
            "POST", "/api/ws/ticket", headers: [("Authorization", "Bearer \(token ?? person.token)")],
            json: route.map { ["route": .string($0)] } ?? [:])
        return try data(answer)
    }

    private func text(_ ticket: JSON) throws -> String { try #require(ticket["ticket"]?.string) }

    private func bare(_ path: String, _ ticket: String) async throws -> SocketClient {
        try await server().socket("\(path)?ticket=\(ticket)", token: nil)
    }

    private func live(_ ticket: String) async throws -> SocketClient {
        try await SocketClient.connect(
            host: "127.0.0.1", port: server().port, path: "\(FixOnCall.socketPath)?ticket=\(ticket)",
            subprotocols: ["fixoncall.v1"])
    }

    @Test("a ticket opens any socket of its owner's: 43 characters, half a minute")
    func opens() async throws {
        let person = try await server().customer()
        let issued = try await ticket(for: person)
        let first = try text(issued)
        #expect(first.utf8.count == 43)
        #expect((1...30).contains(try #require(issued["expires_in"]?.int)))
        try await person.told(["news"])
        let bookings = try await bare(Self.customerBookings, first)
        _ = try await person.request()
        #expect(try await bookings.nextJSON()["status"] == "pending")
        let socket = try await live(try text(try await ticket(for: person, route: FixOnCall.socketPath)))
        #expect(socket.subprotocol == "fixoncall.v1")
        #expect(try await socket.nextJSON()["op"] == "hello")
    }

    @Test("fault 11: the second who shows a ticket is 401, in the words of its route; of two at once one is let in")
    func once() async throws {
        let person = try await server().customer()
        let used = try text(try await ticket(for: person))
        let socket = try await bare(Self.customerBookings, used)
        let again = try await refusal { _ = try await bare(Self.customerBookings, used) }
        #expect(again.status == 401)
        let words: JSON = ["success": false, "message": "Invalid or expired token."]
        #expect(try JSON.parse(again.body) == words)
        let elsewhere = try await refusal { _ = try await live(used) }
        #expect(elsewhere.status == 401)
        #expect(try JSON.parse(elsewhere.body)["code"] == "INVALID_TOKEN")
        try await socket.close()

        let raced = try text(try await ticket(for: person))
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 { group.addTask { (try? await live(raced)) != nil } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.filter(\.self).count == 1)
    }

    @Test("unknown, expired or for another route: 401; and showing it there has spent it")
    func refused() async throws {
        let person = try await server().customer()
        for nonsense in ["x", String(repeating: "A", count: 43), String(repeating: "A", count: 300), person.token] {
            let refused = try await refusal { _ = try await bare(Self.customerBookings, nonsense) }
            #expect(refused.status == 401, "\(nonsense)")
        }
        let bound = try text(try await ticket(for: person, route: FixOnCall.socketPath))
        let elsewhere = try await refusal { _ = try await bare(Self.customerBookings, bound) }
        #expect(elsewhere.status == 401)
        let spent = try await refusal { _ = try await live(bound) }
        #expect(spent.status == 401)

        let late = try text(try await ticket(for: person))
        try await tickets(of: person, set: ["expires_at": .date(Date().addingTimeInterval(-1))])
        let expired = try await refusal { _ = try await bare(Self.customerBookings, late) }
        #expect(expired.status == 401)
        #expect(try await count(of: person) == 0, "nothing is left of tickets that were shown")
    }

    @Test("a ticket keeps its owner's role, and is no token of requests and of no session")
    func noToken() async throws {
        let person = try await server().customer()
        let foreign = try text(try await ticket(for: person))
        let wrongRole = try await refusal { _ = try await bare(Self.providerBookings, foreign) }
        #expect(wrongRole.status == 403)
        let secret = try text(try await ticket(for: person))
        let http = try server().http()
        for headers in [[("Authorization", "Bearer \(secret)")], []] {
            let answer = try await http.request("GET", "/api/auth/profile?ticket=\(secret)", headers: headers)
            expectProblem(answer, 401, "INVALID_TOKEN")
        }
        expectProblem(try await http.post("/api/auth/refresh", ["refresh_token": .string(secret)]), 401)
        let offered = try await refusal {
            _ = try await SocketClient.connect(
                host: "127.0.0.1", port: server().port, path: FixOnCall.socketPath,
                subprotocols: ["fixoncall.v1", "bearer.\(secret)"])
        }
        #expect(offered.status == 401)
        _ = try await live(secret)
        expectProblem(try await person.ask("POST", "/api/ws/ticket", ["route": "ws"]), 422, fields: ["route"])
    }

    @Test("only a hash of it is kept")
    func hashed() async throws {
        let person = try await server().customer()
        let secret = try text(try await ticket(for: person))
        let rows = try await collection().find(["user_id": .id(try #require(ObjectID(person.id)))])
        #expect(rows.count == 1)
        #expect(!rows.debugDescription.contains(secret))
    }

    @Test("what a ticket opens ends with the token that asked for it, and with its session")
    func ends() async throws {
        let person = try await server().customer()
        let short = try await server().token(for: person, lasting: 3)
        let issued = try await ticket(for: person, token: short)
        #expect(try #require(issued["expires_in"]?.int) <= 3, "never longer than the token")
        let brief = try await bare(Self.customerBookings, try text(issued))
        let other = try await person.anotherToken()
        let own = try await live(try text(try await ticket(for: person)))
        let unused = try text(try await ticket(for: person))
        let kept = try await live(try text(try await ticket(for: person, token: other)))
        for socket in [own, kept] {
            #expect(try await socket.nextJSON()["op"] == "hello")
        }
        #expect(try await brief.closeCode() == 4401)
        _ = try data(try await person.ask("POST", "/api/auth/logout"))
        #expect(try await own.closeCode() == 4403)
        let afterwards = try await refusal { _ = try await live(unused) }
        #expect(afterwards.status == 401, "a session that has been ended opens nothing any more")
        try await kept.send(text: #"{"op":"ping"}"#)
        #expect(try await kept.frames { $0["op"] == "pong" }.count >= 1, "another session goes on")
    }

    private func collection() throws -> MongoCollection {
        try server().database.client.collection("socket_tickets")
    }

    private func count(of person: Person) async throws -> Int {
        try await collection().count(["user_id": .id(try #require(ObjectID(person.id)))])
    }

    private func tickets(of person: Person, set fields: Document) async throws {
        try await collection().updateMany(
            ["user_id": .id(try #require(ObjectID(person.id)))], ["$set": .document(fields)])
    }
}
