import BSON
import FixOnCall
import FixOnCallClient
import RoadsideRules

/// The server the story is played against, and how people come to it.
struct Stage: Sendable {
    let host: String
    let port: Int
    let transcript: Transcript

    func checkServer() async throws {
        let answer = try await client().get("/api/health")
        guard answer.status == 200 else { throw DidNotHappen(description: "health answered \(answer.status)") }
    }

    /// A client of its own, as every person has.
    func client() -> HTTPClient {
        HTTPClient(host: host, port: port)
    }

    /// Registers somebody new.
    ///
    /// - Parameter details: the members a role needs beside name, address and password.
    func newcomer(_ name: String, role: Role, details: JSON = [:]) async throws -> Person {
        let unique = ObjectID().hex
        let digits =
            UInt32(unique.suffix(6), radix: 16).map { String($0 % 10_000_000 + 10_000_000).dropFirst() } ?? "0000000"
        var body: JSON = [
            "email": .string("\(unique)@demo.example"), "password": .string("Demo-\(unique)"), "name": .string(name),
            // 07 and a number nobody has registered yet; a clash would end the demo with a clear answer.
            "phone": .string("+25471\(digits)"), "user_type": .string(FixOnCallWords.userType(role)),
        ]
        for member in details.object ?? [] { body.add(member.name, member.value) }
        let http = client()
        let answer = try await http.post("/api/auth/register", body)
        guard answer.status == 201, let data = answer.json?["data"], let token = data["access_token"]?.string,
            let id = data["user"]?["id"]?.string
        else { throw DidNotHappen(description: "registering \(name) answered \(answer.status) \(answer.text)") }
        return Person(name: name, id: id, token: token, http: http, stage: self)
    }
}

/// Somebody with an account, a connection and a token.
struct Person: Sendable {
    let name: String
    let id: String
    let token: String
    let http: HTTPClient
    let stage: Stage

    /// Calls the API as this person and insists on the status.
    @discardableResult
    func call(_ method: String, _ path: String, _ body: JSON? = nil, expecting status: Int) async throws -> JSON {
        let answer = try await ask(method, path, body)
        guard answer.status == status else {
            throw DidNotHappen(
                description: "\(method) \(path) answered \(answer.status) instead of \(status): \(answer.text)")
        }
        return answer.json ?? .null
    }

    /// Calls the API as this person, whatever the answer.
    func ask(_ method: String, _ path: String, _ body: JSON? = nil) async throws -> HTTPAnswer {
        try await http.request(method, path, headers: [("Authorization", "Bearer \(token)")], json: body)
    }

    /// Opens a socket as this person.
    func socket(_ path: String) async throws -> Ear {
        let socket = try await SocketClient.connect(
            host: stage.host, port: stage.port, path: path, headers: [("Authorization", "Bearer \(token)")])
        return Ear(owner: name, path: path, socket: socket)
    }

    /// Says something in the transcript.
    func says(_ what: String) {
        stage.transcript.line(name, what)
    }
}

/// A socket one listens on.
struct Ear: Sendable {
    let owner: String
    let path: String
    let socket: SocketClient

    /// The next frame; frames arrive in order, and none is skipped.
    func next() async throws -> Heard {
        let message = try await socket.next(within: .seconds(10))
        guard case .text(let text) = message else {
            throw DidNotHappen(description: "\(owner) heard \(message) on \(path) instead of a frame")
        }
        return Heard(text: text, json: try JSON.parse(Array(text.utf8)))
    }

    /// The next frame of this booking with this status word.
    func status(_ word: String, of booking: Int64) async throws -> Heard {
        let frame = try await next()
        guard frame["status"]?.string == word, frame["booking_id"]?.int == booking else {
            throw DidNotHappen(description: "\(owner) heard \(frame.text) on \(path) instead of the status \(word)")
        }
        return frame
    }

    /// A frame as it came, and what it says.
    struct Heard: Sendable {
        let text: String
        let json: JSON

        subscript(member: String) -> JSON? { json[member] }
    }

    func close() async { try? await socket.close(code: 1000) }
}
