import BSON
import FixOnCallClient
import Mongo
import MongoTesting
import RoadsideTesting
import Testing

@Suite("GET /api/events: the inbox as a stream", .server, .serialized)
struct EventStreamTests {
    @Test("every row in order, under its place and kind, in the envelope around the notification; the code is in it")
    func order() async throws {
        let scene = try await EventScene()
        let stream = try await scene.customer.events()
        #expect(stream.headers["Content-Type"] == "text/event-stream")
        #expect(stream.headers["Cache-Control"] == "no-store")
        #expect(stream.headers["X-Accel-Buffering"] == "no")
        #expect(stream.headers["Content-Length"] == nil)
        let first = try await stream.next()
        guard case .retry(let milliseconds) = first else {
            Issue.record("a stream begins with its hint, not with \(first)")
            return
        }
        #expect((2000...5000).contains(milliseconds))
        let events = try await stream.nextEvents(3)
        #expect(events.map(\.id) == ["1", "2", "3"])
        #expect(events.map(\.name) == ["job.status", "job.status", "job.otp"])
        let list = try data(try await scene.customer.ask("GET", "/api/notifications/my-notifications"))
        let listed = try #require(list["notifications"]?.array?.reversed())
        for (event, notification) in zip(events, listed) {
            #expect(event.json.object?.map(\.name) == ["s", "k", "t", "d"])
            let seq = try #require(event.seq)
            #expect(event.id == "\(seq)" && event.name == event.json["k"]?.string)
            let time = try #require(event.json["t"]?.int)
            #expect(time > 1_700_000_000_000, "milliseconds")
            let told = try #require(event.json["d"]?.object).filter { $0.name != "start_otp" }
            #expect(JSON.object(told) == notification)
        }
        let codes = events.map { $0.json["d"]?["start_otp"]?.string }
        #expect(codes == [nil, nil, scene.code])
    }

    @Test("what happens while one listens is told, rung or not")
    func live() async throws {
        let scene = try await EventScene()
        let stream = try await scene.customer.events()
        _ = try await stream.nextEvents(3)
        _ = try data(try await scene.mechanic.ask("PUT", scene.path + "/status", ["status": "en_route"]))
        let next = try await stream.nextEvent()
        #expect(next.seq == 4 && next.json["d"]?["data"]?["stage"] == "en_route")
        try await scene.customer.tell(["never rung"], ringing: false)
        let silent = try await stream.nextEvent()
        #expect(silent.seq == 5 && silent.json["d"]?["message"] == "never rung")
        // The mechanic's own inbox has other rows, and his stream none of these.
        let his = try await scene.mechanic.events()
        var heard: [String] = []
        repeat {
            heard.append(try await his.nextEvent().json["d"]?.text ?? "")
        } while heard.last?.contains("en_route") != true
        let strange = heard.filter { $0.contains(scene.code) || $0.contains("never rung") }
        #expect(strange.isEmpty)
    }

    @Test("who comes back with his place goes on there: nothing is missing and nothing is told twice")
    func resume() async throws {
        let person = try await server().customer()
        try await person.tell((1...100).map { "note \($0)" })
        var last: Int64 = 0
        var heard: [Int64] = []
        for length in [1, 63, 20] {
            let stream = try await person.events(lastEventID: last == 0 ? nil : last)
            for event in try await stream.nextEvents(length) {
                last = try #require(event.seq)
                heard.append(last)
            }
            try await stream.close()
            try await person.tell(["while away"])
        }
        let stream = try await person.events("/api/events?since=3", lastEventID: last)
        heard += try await stream.nextEvents(103 - heard.count).compactMap(\.seq)
        #expect(heard == Array(1...103))
    }

    @Test("rows that are committed while streams open are told by each of them, in order, once")
    func whileOpening() async throws {
        let person = try await server().customer()
        async let writing: Void = {
            for number in 1...60 { try await person.tell(["note \(number)"], ringing: !number.isMultiple(of: 7)) }
        }()
        var streams: [EventStreamClient] = []
        for _ in 0..<8 {
            streams.append(try await person.events())
            _ = try await streams.last?.next()
        }
        try await writing
        for stream in streams {
            let seqs = try await stream.nextEvents(60).compactMap(\.seq)
            #expect(seqs == Array(1...60))
        }
    }

    @Test("a code is told until it has been received, by a receipt or by the next Last-Event-ID, and wiped then")
    func codeOnce() async throws {
        for isAcknowledged in [true, false] {
            let scene = try await EventScene()
            for _ in 0..<2 {
                // Nothing has been confirmed: it is all told again.
                let stream = try await scene.customer.events("/api/events?since=0")
                #expect(try await stream.nextEvents(3).last?.json["d"]?["start_otp"]?.string == scene.code)
                try await stream.close()
            }
            if isAcknowledged {
                #expect(try data(try await scene.customer.acknowledge(3))["s"] == 3)
            } else {
                _ = try await scene.customer.events(lastEventID: 3)
            }
            let again = try await scene.customer.events("/api/events?since=2").nextEvent()
            #expect(again.name == "job.otp" && again.json["d"]?["start_otp"] == nil)
            let recipient = try #require(ObjectID(scene.customer.id))
            let sealed = try await server().database.client.collection("notifications")
                .count(["recipient_id": .id(recipient), "sealed": ["$ne": nil]])
            #expect(sealed == 0)
        }
    }

    @Test("a receipt covers everything up to it on all routes, and nothing of a stranger; above the head it is refused")
    func acknowledge() async throws {
        let scene = try await EventScene()
        try await scene.customer.tell(["a note on no route"])
        let stranger = try await server().customer("Stranger")
        expectProblem(try await stranger.acknowledge(1), 422, "VALIDATION_ERROR", fields: ["s"])
        expectProblem(try await scene.customer.acknowledge(5), 422, "VALIDATION_ERROR", fields: ["s"])
        #expect(try await scene.customer.poll("wait=0").seqs == [1, 2, 3, 4])
        _ = try data(try await scene.customer.acknowledge(2))
        #expect(try await scene.customer.poll("wait=0").seqs == [3, 4])
        // Backwards changes nothing.
        _ = try data(try await scene.customer.acknowledge(1))
        _ = try data(try await scene.customer.acknowledge(4))
        #expect(try await scene.customer.poll("wait=0").seqs == [])
        // Confirmed is not gone: who names a place is told again.
        #expect(try await scene.customer.poll("since=1&wait=0").seqs == [2, 3, 4])
        for body in [[:], ["s": "4"], ["s": -1], ["s": 1.5]] as [JSON] {
            let answer = try await scene.customer.ask("POST", "/api/events/ack", body)
            expectProblem(answer, 422, "VALIDATION_ERROR", fields: ["s"], body.text)
        }
    }

    @Test("a place above the head is none of this inbox: everything unconfirmed is told, and nothing is confirmed")
    func foreignPlace() async throws {
        let scene = try await EventScene()
        let stream = try await scene.customer.events(lastEventID: 4711)
        #expect(try await stream.nextEvents(3).map(\.seq) == [1, 2, 3])
        #expect(try await scene.customer.poll("wait=0&since=4711").seqs == [1, 2, 3])
    }

    @Test("fault 8: a client that does not read holds up nobody, and not the writers either")
    func slowReader() async throws {
        let (slow, quick) = (try await server().customer(), try await server().customer())
        let stuck = try await slow.events()
        _ = try await stuck.next()
        try await stuck.stopReading()
        let page = String(repeating: "x", count: 100_000)
        for _ in 0..<8 { try await slow.tell(Array(repeating: page, count: 40)) }
        let (beside, other) = (try await slow.events(lastEventID: 319), try await quick.events())
        #expect(try await beside.nextEvent().seq == 320)
        try await quick.tell(["quick"])
        #expect(try await other.nextEvent().json["d"]?["message"] == "quick")
        try await slow.tell(["last"])
        #expect(try await beside.nextEvent().json["d"]?["message"] == "last")
    }

    @Test("a ninth listener is refused until one of the eight has gone")
    func ninth() async throws {
        let person = try await server().customer()
        var streams: [EventStreamClient] = []
        for _ in 0..<8 { streams.append(try await person.events()) }
        let refused = try await person.ask("GET", "/api/events")
        expectProblem(refused, 429, "RATE_LIMITED")
        #expect(refused.headers["Retry-After"] != nil)
        expectProblem(try await person.ask("GET", "/api/events?wait=0"), 429, "RATE_LIMITED")
        // Nobody else's business.
        _ = try await server().customer().events()
        try await streams.removeLast().close()
        try await eventually("the place is free again") {
            try await person.ask("GET", "/api/events?wait=0").status == 200
        }
    }

    @Test("HEAD shows the head, takes no place and waits for nothing")
    func head() async throws {
        let person = try await server().customer()
        for _ in 0..<10 {
            let head = try await person.ask("HEAD", "/api/events")
            #expect(head.status == 200 && head.headers["Content-Type"] == "text/event-stream" && head.body.isEmpty)
            #expect(try await person.ask("HEAD", "/api/events?wait=25").status == 200)
        }
        try await person.tell(["still there"])
        #expect(try await person.events().nextEvent().seq == 1)
    }

    @Test("what cannot be a stream is refused: no token, a wrong place, a body, an upgrade")
    func refusals() async throws {
        let person = try await server().customer()
        expectProblem(try await server().http().get("/api/events"), 401, "INVALID_TOKEN")
        expectProblem(try await server().http().get("/api/events", token: "x.y.z"), 401, "INVALID_TOKEN")
        expectProblem(try await server().http().post("/api/events/ack", ["s": 1]), 401, "INVALID_TOKEN")
        for (query, field) in [
            ("since=-1", "since"), ("since=x", "since"), ("wait=26", "wait"), ("wait=-1", "wait"), ("wait=1.5", "wait"),
        ] {
            let answer = try await person.ask("GET", "/api/events?" + query)
            expectProblem(answer, 422, "VALIDATION_ERROR", fields: [field], query)
        }
        let authorization = ("Authorization", "Bearer \(person.token)")
        let wrongPlace = try await person.http.get("/api/events", headers: [authorization, ("Last-Event-ID", "mine")])
        expectProblem(wrongPlace, 422, "VALIDATION_ERROR", fields: ["Last-Event-ID"])
        expectProblem(try await person.ask("GET", "/api/events", ["s": 1]), 400, "MALFORMED_REQUEST")
        // A proper handshake, and one that lacks its key.
        for key in [[("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")], []] {
            let upgrade =
                [
                    authorization, ("Connection", "Upgrade"), ("Upgrade", "websocket"),
                    ("Sec-WebSocket-Version", "13"),
                ] + key
            let answer = try await server().http().get("/api/events", headers: upgrade)
            expectProblem(answer, 400, "MALFORMED_REQUEST")
        }
    }
}
