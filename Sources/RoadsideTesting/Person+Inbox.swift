public import BSON
import FixOnCallClient
import FixOnCallServer
import Mongo
import MongoTesting
public import Roadside

/// Rows in somebody's inbox, as any part of the platform would write them.
extension Person {
    /// Writes rows, one transaction each.
    ///
    /// - Parameter ringing: whether the sockets of this process are told; false for a server that died between the commit
    ///   and the bell.
    public func told(
        _ texts: [String], on routes: [InboxRoute] = [.customerJobs], ringing: Bool = true
    ) async throws {
        for text in texts { try await write([text], on: routes, ringing: ringing) }
    }

    /// Writes rows in one transaction.
    ///
    /// - Parameter ringing: see ``told(_:on:ringing:)``.
    public func tell(_ texts: [String], ringing: Bool = true) async throws {
        try await write(texts, on: [], ringing: ringing)
    }

    private func write(_ texts: [String], on routes: [InboxRoute], ringing: Bool) async throws {
        let recipient = try objectID()
        let inbox = server.roadside.inbox
        let rows = try await server.services.client.transaction { transaction in
            try inbox.append(
                texts.map {
                    InboxEntry(
                        recipient: recipient, kind: .message, routes: routes, body: InboxBody(title: "Note", text: $0))
                }, in: transaction)
        }
        if ringing { inbox.ring(rows) }
    }

    /// How many rows of this person's inbox satisfy a condition.
    public func rows(where condition: Document) async throws -> Int {
        var filter: Document = ["recipient_id": .id(try objectID())]
        for (name, value) in condition { filter.append(name, value) }
        return try await server.database.client.collection("notifications").count(filter)
    }

    /// Signs in once more.
    public func anotherToken() async throws -> String {
        let answer = try await server.http().post(
            "/api/auth/login", ["email": .string(email), "password": .string(password)])
        guard let token = answer.json?["data"]?["access_token"]?.string else {
            throw UnexpectedAnswer(description: "signing in answered \(answer.status)")
        }
        return token
    }

    private func objectID() throws -> ObjectID {
        guard let id = ObjectID(id) else { throw UnexpectedAnswer(description: "\(id) is no id") }
        return id
    }
}
