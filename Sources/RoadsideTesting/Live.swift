public import BSON
import FixOnCall
public import FixOnCallClient

/// Somebody's resumable socket, after hello.
public struct Live: Sendable {
    public let socket: SocketClient
    public let hello: JSON

    public var head: Int64 { hello["s"]?.int ?? -1 }
    public var epoch: String { hello["e"]?.string ?? "" }

    /// - Parameters:
    ///   - server: another one than that where the person has registered.
    ///   - token: another one than the person's own.
    public static func open(
        _ person: Person, at server: TestServer? = nil, token: String? = nil, answersPings: Bool = true
    ) async throws -> Live {
        try await open(
            port: (server ?? person.server).port, token: token ?? person.token, answersPings: answersPings)
    }

    /// - Throws: `SocketRefused` when the upgrade is refused.
    public static func open(port: Int, token: String, answersPings: Bool = true) async throws -> Live {
        let socket = try await SocketClient.connect(
            host: "127.0.0.1", port: port, path: FixOnCall.socketPath,
            headers: [("Authorization", "Bearer \(token)")], subprotocols: ["fixoncall.v1"], answersPings: answersPings)
        let hello = try await socket.nextJSON()
        guard hello["op"] == "hello" else { throw UnexpectedAnswer(description: "not hello but \(hello.text)") }
        return Live(socket: socket, hello: hello)
    }

    public func say(_ json: JSON) async throws { try await socket.send(text: json.text) }

    public func resume(_ seq: Int64) async throws {
        try await say(["op": "resume", "s": .int(seq), "e": .string(epoch)])
    }

    public func ack(_ seq: Int64) async throws { try await say(["op": "ack", "s": .int(seq)]) }

    public func next() async throws -> JSON { try await socket.nextJSON() }

    /// The envelopes up to a seq, with whatever else is said in between.
    public func frames(through seq: Int64) async throws -> [JSON] { try await socket.frames { $0["s"]?.int == seq } }

    /// The seqs of the envelopes up to one.
    public func seqs(through seq: Int64) async throws -> [Int64] {
        try await frames(through: seq).compactMap { $0["s"]?.int }
    }

    /// The seqs of all envelopes until the server closes, and the code and the reason with which it did; the code is nil
    /// when it left without a word.
    public func seqsUntilClosed() async throws -> (seqs: [Int64], code: UInt16?, reason: String) {
        var seqs: [Int64] = []
        while true {
            switch try await socket.next(within: .seconds(60)) {
            case .text(let text): if let seq = try JSON.parse(Array(text.utf8))["s"]?.int { seqs.append(seq) }
            case .close(let code, let reason): return (seqs, code, reason)
            case .ended: return (seqs, nil, "")
            case .binary: throw UnexpectedAnswer(description: "a binary frame")
            }
        }
    }

    /// Everything that was sent before the answer to a question asked now.
    public func framesSoFar() async throws -> [JSON] {
        try await say(["op": "ping"])
        return try await socket.frames { $0["op"] == "pong" }.dropLast()
    }
}

/// The refusal that an upgrade must meet.
public func refusal(_ upgrade: () async throws -> Void) async throws -> SocketRefused {
    do {
        try await upgrade()
    } catch let refused as SocketRefused {
        return refused
    }
    throw UnexpectedAnswer(description: "the upgrade was accepted")
}
