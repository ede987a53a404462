import BSON
import FixOnCallServer
import LiveBookings
import Mongo
import MongoTesting
import RoadsideTesting
import Testing

@Suite("Sockets that have missed something", .timeLimit(.minutes(5)))
struct InboxAuditTests {
    @Test("fault 15, fault 17: are found by the audit and read on, although no bell ever rang")
    func missedRow() async throws {
        try await TestServer.with({ $0.sockets.auditSeconds = 1 }) { server in
            let (customer, provider) = try await (server.customer(), server.provider())
            let socket = try await provider.socket(LiveBookings.Path.availableBookings)
            let number = try await customer.request()["number"]
            #expect(try await socket.nextJSON()["booking_id"] == number)

            try await copyUnheard(newestRowOf: provider, on: server)
            #expect(try await socket.nextJSON()["booking_id"] == number)
        }
    }

    /// Writes the provider's newest row again as his next one, on a way that rings no bell: as a row of somebody else,
    /// which then changes hands.
    private func copyUnheard(newestRowOf person: Person, on server: TestServer) async throws {
        let notifications = server.services.client.collection("notifications")
        let heads = server.services.client.collection("inbox_heads")
        let recipient = try #require(ObjectID(person.id))
        let newest = try #require(
            try await notifications.find(["recipient_id": .id(recipient)], sort: ["seq": -1], limit: 1).first)
        let seq = try #require(newest.get("seq", as: Int64.self))
        let copy = ObjectID()
        var row: Document = ["_id": .id(copy), "recipient_id": .id(ObjectID())]
        for (key, value) in newest where !["_id", "recipient_id", "origin"].contains(key) { row.append(key, value) }
        try await notifications.insert(row)
        try await notifications.updateOne(
            ["_id": .id(copy)], ["$set": ["recipient_id": .id(recipient), "seq": .int64(seq + 1)]])
        try await heads.updateOne(["_id": .id(recipient)], ["$set": ["seq": .int64(seq + 1)]])
    }
}
