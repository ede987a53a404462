import BSON
import FixOnCall
import FixOnCallClient
import FixOnCallServer
import Mongo
import MongoTesting
import Roadside
import RoadsideTesting
import Testing

/// Somebody's resumable socket, after hello.
struct Live {
    let socket: SocketClient
    let hello: JSON

    var head: Int64 { hello["s"]?.int ?? -1 }
    var epoch: String { hello["e"]?.string ?? "" }

    /// - Parameter token: another one than the person's own.
    static func open(_ person: Person, token: String? = nil) async throws -> Live {
        let socket = try await SocketClient.connect(
            host: "127.0.0.1", port: person.server.port, path: FixOnCall.socketPath,
            headers: [("Authorization", "Bearer \(token ?? person.token)")], subprotocols: ["fixoncall.v1"])
        let hello = try await socket.nextJSON()
        try #require(hello["op"] == "hello", "\(hello.text)")
        return Live(socket: socket, hello: hello)
    }

    func say(_ json: JSON) async throws { try await socket.send(text: json.text) }

    func resume(_ seq: Int64) async throws { try await say(["op": "resume", "s": .int(seq), "e": .string(epoch)]) }

    func ack(_ seq: Int64) async throws { try await say(["op": "ack", "s": .int(seq)]) }

    func next() async throws -> JSON { try await socket.nextJSON() }

    /// The envelopes up to a seq, with whatever else is said in between.
    func frames(through seq: Int64) async throws -> [JSON] { try await socket.frames { $0["s"]?.int == seq } }

    /// Everything that was sent before the answer to a question asked now.
    func framesSoFar() async throws -> [JSON] {
        try await say(["op": "ping"])
        return try await socket.frames { $0["op"] == "pong" }.dropLast()
    }
}

extension Person {
    /// Rows in this person's inbox, as any change would write them, one transaction each.
    ///
    /// - Parameter ringing: whether the sockets of this process are told.
    func told(_ texts: [String], on routes: [InboxRoute] = [.customerJobs], ringing: Bool = true) async throws {
        let recipient = try #require(ObjectID(id))
        let inbox = server.roadside.inbox
        for text in texts {
            let entry = InboxEntry(
                recipient: recipient, kind: .message, routes: routes, body: InboxBody(title: "Note", text: text))
            let rows = try await server.services.client.transaction { transaction in
                try inbox.append([entry], in: transaction)
            }
            if ringing { inbox.ring(rows) }
        }
    }

    /// How many rows of this person's inbox satisfy a condition.
    func rows(where condition: Document) async throws -> Int {
        var filter: Document = ["recipient_id": .id(try #require(ObjectID(id)))]
        for (name, value) in condition { filter.append(name, value) }
        return try await server.database.client.collection("notifications").count(filter)
    }

    /// Signs in once more.
    func anotherToken() async throws -> String {
        let answer = try await server.http().post(
            "/api/auth/login", ["email": .string(email), "password": .string(password)])
        return try #require(answer.json?["data"]?["access_token"]?.string)
    }
}

/// The refusal that an upgrade must meet.
func refusal(_ upgrade: () async throws -> Void) async throws -> SocketRefused {
    do {
        try await upgrade()
    } catch let refused as SocketRefused {
        return refused
    }
    throw UnexpectedAnswer(description: "the upgrade was accepted")
}
