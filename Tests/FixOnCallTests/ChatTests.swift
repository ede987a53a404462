import BSON
import FixOnCallClient
import FixOnCallServer
import MongoTesting
import RoadsideTesting
import Testing

@Suite("F8: what the sides of a service write to each other", .server { $0.chat.perMinute = 8 }, .serialized)
struct ChatTests {
    @Test("a message arrives at the other side's socket, stream and list, and is there for both to read")
    func arrives() async throws {
        let scene = try await Parties().accepted()
        let live = try await Live.open(scene.mechanic)
        try await live.resume(live.head)
        let stream = try await scene.mechanic.events("/api/events?since=\(live.head)")
        let answer = try await scene.customer.ask("POST", scene.path + "/messages", ["text": " Blue gate \n"])
        let message = try #require(try data(answer, 201)["message"])
        #expect(message["seq"] == 1 && message["by"] == "driver" && message["text"] == "Blue gate")
        #expect(message["sender_id"]?.string == scene.customer.id)
        #expect(answer.headers["Location"] == scene.path + "/messages")
        let frame = try await live.next()
        #expect(frame["k"] == "chat.message" && frame["d"]?["type"] == "chat" && frame["d"]?["message"] == "Blue gate")
        #expect(frame["d"]?["title"] == "Wanjiku Kamau")
        let facts = frame["d"]?["data"]
        #expect(facts?["service_id"]?.string == scene.id && facts?["message_id"] == message["id"])
        #expect(facts?["message_seq"] == 1 && facts?["by"] == "driver")
        let event = try await stream.nextEvent()
        #expect(event.name == "chat.message" && event.json == frame)
        #expect(try await scene.newest(of: scene.mechanic) == frame["d"])
        _ = try data(try await scene.mechanic.ask("POST", scene.path + "/messages", ["text": "On my way"]), 201)
        for person in [scene.customer, scene.mechanic] {
            let read = try data(try await person.ask("GET", scene.path + "/messages?limit=1"))
            #expect(read["messages"] == [message] && read["pagination"]?["next_cursor"] == "1")
            let rest = try data(try await person.ask("GET", scene.path + "/messages?cursor=1"))
            #expect(rest["messages"]?.array?.compactMap { $0["text"]?.string } == ["On my way"])
        }
        let read = try data(try await scene.mechanic.ask("POST", scene.path + "/messages/read", ["seq": 1]))
        #expect(read["read"] == ["driver": 0, "mechanic": 1])
        #expect(try data(try await scene.customer.ask("GET", scene.path + "/messages"))["read"] == read["read"])
        expectProblem(
            try await scene.mechanic.ask("POST", scene.path + "/messages/read", ["seq": 3]), 422, fields: ["seq"])
    }

    @Test("fault 11: the same id is the same message, on whatever socket; another text under it is refused")
    func onSocket() async throws {
        let scene = try await Parties().accepted()
        let (one, two) = (try await Live.open(scene.customer), try await Live.open(scene.customer))
        for live in [one, two] { try await live.resume(live.head) }
        let said: JSON = ["service_id": .string(scene.id), "text": "Blue gate"]
        let send: JSON = ["op": "send", "id": "c-17", "k": "chat", "d": said]
        for live in [one, two, one] {
            try await live.say(send)
            #expect(try await live.socket.nextText() == #"{"op":"ok","id":"c-17"}"#)
        }
        try await two.say(send.adding("d", said.adding("text", "Red gate")))
        #expect(try await two.next()["code"] == "IDEMPOTENCY_KEY_REUSED")
        let read = try data(try await scene.mechanic.ask("GET", scene.path + "/messages"))["messages"]
        #expect(read?.array?.compactMap { $0["text"]?.string } == ["Blue gate"])
        #expect(try await scene.mechanic.rows(where: ["kind": "chat.message"]) == 1)
        for (id, body, code) in [
            ("c-18", ["text": "Hi"], "VALIDATION_ERROR"),
            ("c-19", ["service_id": "999999", "text": "Hi"], "NOT_FOUND"),
            ("c 20", said, "MALFORMED_REQUEST"),
        ] as [(JSON, JSON, JSON)] {
            try await one.say(["op": "send", "id": id, "k": "chat", "d": body])
            let refused = try await one.next()
            #expect(refused["op"] == "err" && refused["id"] == id && refused["code"] == code, "\(refused.text)")
        }
        // Refused, so nothing has happened: the id serves the mended command.
        try await one.say(["op": "send", "id": "c-18", "k": "chat", "d": said.adding("text", "Hi")])
        #expect(try await one.socket.nextText() == #"{"op":"ok","id":"c-18"}"#)
    }

    @Test("what is sent in one breath arrives in that order, and all of it, though the socket is gone at once")
    func inOneBreath() async throws {
        let scene = try await Parties().accepted()
        let live = try await Live.open(scene.customer)
        try await live.resume(live.head)
        let texts = (1...6).map { "Message \($0)" }
        for (number, text) in texts.enumerated() {
            let said: JSON = ["service_id": .string(scene.id), "text": .string(text)]
            try await live.say(["op": "send", "id": .string("b-\(number)"), "k": "chat", "d": said])
        }
        try await live.say(["op": "ping"])
        // Answered at once, so behind it nothing is unread; most of it is not done yet.
        while try await live.next()["op"] != "pong" {}
        try await live.socket.abort()
        func arrived() async throws -> [String] {
            let read = try data(try await scene.mechanic.ask("GET", scene.path + "/messages?limit=50"))
            return read["messages"]?.array?.compactMap { $0["text"]?.string } ?? []
        }
        try await eventually("all have arrived") { try await arrived().count == texts.count }
        #expect(try await arrived() == texts)
        let again = try await Live.open(scene.customer)
        try await again.resume(again.head)
        let last: JSON = ["service_id": .string(scene.id), "text": "Message 6"]
        try await again.say(["op": "send", "id": "b-5", "k": "chat", "d": last])
        #expect(try await again.socket.nextText() == #"{"op":"ok","id":"b-5"}"#)
    }

    @Test("T1: nobody else reads or writes; nothing before acceptance, nothing too long, nothing too fast")
    func refusals() async throws {
        let server = try server()
        let scene = try await Parties()
        let path = scene.path + "/messages"
        expectProblem(try await scene.customer.ask("POST", path, ["text": "Hi"]), 409, "CONFLICT")
        expectProblem(try await scene.mechanic.ask("GET", path), 404)
        _ = try await scene.accepted()
        for text in ["", " \n", "a\u{0}b", .string(String(repeating: "ß", count: 2049)), 1, nil] as [JSON] {
            expectProblem(try await scene.customer.ask("POST", path, ["text": text]), 422, fields: ["text"])
        }
        for stranger in [try await server.customer(), try await server.provider(at: Spot.fresh())] {
            expectProblem(try await stranger.ask("GET", path), 404)
            expectProblem(try await stranger.ask("POST", path, ["text": "Hi"]), 404)
            expectProblem(try await stranger.ask("POST", path + "/read", ["seq": 1]), 404)
        }
        let admin = try await server.admin()
        expectProblem(try await admin.ask("GET", path), 403, "FORBIDDEN")
        expectProblem(try await admin.ask("POST", path, ["text": "Hi"]), 403, "FORBIDDEN")
        for number in 1...8 {
            _ = try data(try await scene.customer.ask("POST", path, ["text": .string("\(number)")]), 201)
        }
        let answer = try await scene.customer.ask("POST", path, ["text": "9"])
        expectProblem(answer, 429, "RATE_LIMITED")
        #expect((1...60).contains(answer.headers["Retry-After"].flatMap { Int($0) } ?? 0))
        _ = try data(try await scene.mechanic.ask("POST", path, ["text": "Slowly"]), 201)
    }
}
