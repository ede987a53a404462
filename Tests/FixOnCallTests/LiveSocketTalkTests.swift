import BSON
import FixOnCallClient
import FixOnCallServer
import RoadsideTesting
import Testing

@Suite(
    "fixoncall.v1: tokens, commands and nonsense", .server { $0.sockets.resumeMilliseconds = 60_000 }, .serialized)
struct LiveSocketTalkTests {
    @Test("fault 10: a new token of the same user keeps the socket beyond the end of the old one")
    func renewal() async throws {
        let person = try await server().customer()
        let short = try await person.server.token(for: person, lasting: 3)
        let (renewed, left) = try await (Live.open(person, token: short), Live.open(person, token: short))
        try await renewed.resume(0)
        let notice = try await renewed.next()
        #expect(notice["op"] == "reauth" && (0...3).contains(notice["in"]?.int ?? -1))
        try await renewed.say(["op": "auth", "token": .string(person.token)])
        let ok = try await renewed.next()
        #expect(ok["op"] == "ok" && (ok["in"]?.int ?? 0) > 60)
        #expect(try await left.socket.closeCode() == 4401)
        try await person.told(["1"])
        #expect(try await renewed.next()["s"] == 1)
        #expect(try await renewed.framesSoFar().isEmpty)
    }

    @Test(
        "fault 10: a session that began after another can take the socket over, and then ends with its own session only"
    )
    func takeover() async throws {
        let person = try await server().customer()
        let live = try await Live.open(person)
        try await live.resume(0)
        let other = try await person.anotherToken()
        try await live.say(["op": "auth", "token": .string(other)])
        #expect(try await live.next()["op"] == "ok")
        _ = try data(try await person.ask("POST", "/api/auth/logout", ["refresh_token": .string(person.refreshToken)]))
        try await person.told(["still here"])
        #expect(try await live.next()["d"]?["message"] == "still here")
    }

    @Test("fault 10: another user's token ends the socket; a bad one is refused and the socket stays")
    func foreignToken() async throws {
        let (person, other) = try await (server().customer(), server().customer())
        let live = try await Live.open(person)
        for bad in ["nonsense", try await person.server.token(for: person, lasting: -60)] {
            try await live.say(["op": "auth", "token": .string(bad)])
            #expect(try await live.socket.nextText() == #"{"op":"err","code":"INVALID_TOKEN"}"#)
        }
        #expect(try await live.framesSoFar().isEmpty)
        try await live.say(["op": "auth", "token": .string(other.token)])
        #expect(try await live.socket.closeCode() == 4403)
    }

    @Test("a kind that nobody knows is refused under the client's id; ping is answered")
    func commands() async throws {
        let live = try await Live.open(try await server().customer())
        try await live.say(["op": "send", "id": "c-17", "k": "paint", "d": [:], "more": 1])
        #expect(try await live.socket.nextText() == #"{"op":"err","id":"c-17","code":"UNKNOWN_KIND"}"#)
        try await live.say(["op": "ping", "x": [1]])
        #expect(try await live.socket.nextText() == #"{"op":"pong"}"#)
    }

    @Test("fault 12: what is no message of ours is told so twice; the third ends the socket", arguments: nonsense)
    func badMessages(text: String) async throws {
        let live = try await Live.open(try await server().customer())
        for _ in 1...2 {
            try await live.socket.send(text: text)
            let error = try await live.next()
            #expect(error["op"] == "err" && error["code"] == "BAD_MESSAGE", "\(error.text)")
            #expect(error["message"]?.string?.isEmpty == false)
        }
        #expect(try await live.framesSoFar().isEmpty)
        try await live.socket.send(text: text)
        #expect(try await live.next()["code"] == "BAD_MESSAGE")
        #expect(try await live.socket.closeCode() == 4400)
    }

    static let nonsense = [
        "", "hello", "[]", "{}", #"{"op":7}"#, #"{"op":"sing"}"#, #"{"op":"ack"}"#, #"{"op":"ack","s":-1}"#,
        #"{"op":"ack","s":"1"}"#, #"{"op":"ack","s":1.5}"#, #"{"op":"ack","s":NaN}"#, #"{"op":"resume","e":"x"}"#,
        #"{"op":"auth"}"#, #"{"op":"send","id":"c","k":"chat","d":1}"#, #"{"op":"send","k":"chat","d":{}}"#,
        #"{"op":"ping","x":"# + String(repeating: "[", count: 20) + String(repeating: "]", count: 20) + "}",
        "\u{FEFF}{\"op\":\"ping\"}",
    ]

    @Test("fault 12: a binary frame and one that is too long end the socket at once")
    func limits() async throws {
        let binary = try await Live.open(try await server().customer())
        try await binary.socket.send(binary: [1, 2, 3])
        #expect(try await binary.socket.closeCode() == 1003)
        let long = try await Live.open(try await server().customer())
        try await long.socket.send(text: #"{"op":"ping","x":""# + String(repeating: "x", count: 17_000) + #""}"#)
        #expect(try await long.socket.closeCode() == 1009)
    }

    @Test("T3, fault 10: signing out everywhere ends the socket; who signs in anew resumes over that and stays")
    func revocation() async throws {
        let person = try await server().customer()
        let live = try await Live.open(person)
        try await live.resume(0)
        try await person.told(["1"])
        _ = try data(try await person.ask("POST", "/api/auth/logout-all"))
        #expect(try await live.next()["s"] == 1)
        #expect(try await live.socket.closeCode() == 4403)
        let token = try await person.anotherToken()
        let again = try await Live.open(person, token: token)
        #expect(again.head == 2)
        try await again.resume(0)
        try await person.told(["3"])
        #expect(try await again.frames(through: 3).compactMap { $0["s"]?.int } == [1, 3])
        #expect(try await again.framesSoFar().isEmpty)
    }

    @Test("fault 10: signing out everywhere ends a socket that has not said yet where to go on")
    func revokedBeforeResuming() async throws {
        let person = try await server().customer()
        let (resuming, silent) = (try await Live.open(person), try await Live.open(person))
        _ = try data(try await person.ask("POST", "/api/auth/logout-all"))
        // The doorbell may have ended it before it says so; then there is nothing left to say it on.
        try? await resuming.resume(0)
        #expect(try await resuming.socket.closeCode() == 4403)
        #expect(try await silent.socket.closeCode() == 4403)
    }
}
