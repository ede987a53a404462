import BSON
import FixOnCall
import FixOnCallClient
import FixOnCallServer
import Mongo
import MongoTesting
import RoadsideTesting
import Testing

@Suite("realtime.md §3.9: who is online, and how often he is asked", .serialized)
struct AttendanceTests {
    @Test("staff of any server see who holds a socket or a stream, until his server is dead")
    func servers() async throws {
        try await TestServer.with { here in
            let there = try await TestServer.start(on: here.database)
            let (admin, mechanic, driver) = try await (here.admin(), here.provider(), here.customer())
            func online(_ person: Person) async throws -> Bool? {
                let users = try data(try await admin.ask("GET", "/api/admin/users?search=\(person.email)"))["users"]
                return users?[0]?["online"]?.bool
            }
            func mechanicsOnline() async throws -> Int64? {
                try data(try await admin.ask("GET", "/api/admin/dashboard"))["statistics"]?["online_mechanics"]?.int
            }
            #expect(try await online(mechanic) == false)
            let socket = try await there.socket("/ws/driver/bookings/", token: mechanic.token)
            let stream = try await EventStreamClient.open(
                host: "127.0.0.1", port: there.port, path: "/api/events",
                headers: [("Authorization", "Bearer \(driver.token)")])
            try await eventually("both are online") {
                let both = try await [online(mechanic), online(driver)]
                return both == [true, true]
            }
            try await eventually("the dashboard counts the mechanic") { try await mechanicsOnline() == 1 }
            await there.halt()
            withExtendedLifetime((socket, stream)) {}
            // As if ten seconds had passed.
            let client = here.database.client
            let rows = try await client.collection("presence").find()
            #expect(rows.count == 2)
            let dead = rows.compactMap { $0.get("incarnation", as: ObjectID.self) }.map(BSONValue.id)
            try await client.collection("instances").updateMany(
                ["_id": ["$in": .array(dead)]], .pipeline([["$set": ["expires_at": "$$NOW"]]]))
            #expect(try await online(mechanic) == false)
            #expect(try await online(driver) == false)
            try await eventually("the dashboard has forgotten him") { try await mechanicsOnline() == 0 }
        }
    }

    @Test("providers on shift are pinged more often than others")
    func pace() async throws {
        try await TestServer.with {
            $0.sockets.pingSeconds = 300
            $0.sockets.shiftPingSeconds = 1
        } _: { server in
            let customer = try await Live.open(try await server.customer())
            let onShift = try await server.provider()
            let first = try await Live.open(onShift)
            for _ in 0..<3 { _ = try await first.socket.nextPing() }
            let second = try await Live.open(onShift)
            for _ in 0..<2 { _ = try await second.socket.nextPing() }
            #expect(try await customer.socket.recordedPings().isEmpty)
        }
    }
}
