import BSON
import FixOnCall
import FixOnCallClient
import FixOnCallServer
import Mongo
import MongoTesting
import RoadsideRules
import RoadsideTesting
import Testing

/// The server waits for `resume` as long as any test may take.
@Suite("fixoncall.v1: hello, resume, ack", .server { $0.sockets.resumeMilliseconds = 60_000 }, .serialized)
struct LiveSocketTests {
    @Test("hello comes first, with the head and the life of the inbox; the token is never echoed")
    func hello() async throws {
        let person = try await server().customer()
        let empty = try await Live.open(person)
        #expect(empty.hello.object?.map(\.name) == ["op", "s", "e", "in"])
        #expect(empty.head == 0 && empty.epoch.count == 24 && empty.hello["in"] == 20)
        try await person.told(["one", "two"])
        for offered in [["fixoncall.v1", "bearer.\(person.token)"], ["bearer.\(person.token)", "x", "fixoncall.v1"]] {
            let socket = try await SocketClient.connect(
                host: "127.0.0.1", port: person.server.port, path: FixOnCall.socketPath, subprotocols: offered)
            #expect(socket.subprotocol == "fixoncall.v1")
            let hello = try await socket.nextJSON()
            #expect(hello["s"] == 2)
            #expect(hello["e"]?.string == empty.epoch, "the epoch was told before the first row")
        }
    }

    @Test("an envelope is the notification as the list shows it; everything comes, whatever its route")
    func envelope() async throws {
        let person = try await server().customer()
        let live = try await Live.open(person)
        try await live.resume(0)
        _ = try await person.request()
        try await person.told(["on no route"], on: [])
        let frames = try await live.frames(through: 2)
        #expect(frames.map { $0["k"]?.string } == ["job.status", "message"])
        #expect(frames[0].object?.map(\.name) == ["s", "k", "t", "d"])
        #expect(try #require(frames[0]["t"]?.int) > 1_700_000_000_000)
        let list = try data(try await person.ask("GET", "/api/notifications/my-notifications"))
        #expect(frames[0]["d"] == list["notifications"]?[1])
        #expect(frames[1]["d"] == list["notifications"]?[0])
    }

    @Test("without the subprotocol, without a token, or without an upgrade there is no socket, and a reason")
    func refused() async throws {
        let server = try server()
        let person = try await server.customer()
        let bare = try await refusal { _ = try await person.socket(FixOnCall.socketPath) }
        #expect(bare.status == 400)
        let problem = try JSON.parse(bare.body)
        #expect(problem["code"] == "MALFORMED_REQUEST" && problem["success"] == false)
        #expect(problem["message"]?.string?.contains("fixoncall.v1") == true)
        for offered in [["fixoncall.v1"], ["fixoncall.v1", "bearer.nonsense"]] {
            let refused = try await refusal {
                _ = try await SocketClient.connect(
                    host: "127.0.0.1", port: server.port, path: FixOnCall.socketPath, subprotocols: offered)
            }
            #expect(refused.status == 401)
            #expect(try JSON.parse(refused.body)["code"] == "INVALID_TOKEN")
        }
        expectProblem(try await person.ask("GET", FixOnCall.socketPath), 400, "MALFORMED_REQUEST")
        expectProblem(try await person.ask("GET", FixOnCall.socketPath + "x"), 404, "NOT_FOUND")
        let query = try await refusal {
            _ = try await SocketClient.connect(
                host: "127.0.0.1", port: server.port, path: FixOnCall.socketPath + "?token=\(person.token)",
                subprotocols: ["fixoncall.v1"])
        }
        #expect(query.status == 400)
    }

    @Test("fault 2: who is cut off again and again while rows are written hears each once and in order")
    func resumeUnderWriting() async throws {
        let person = try await server().customer()
        let count = 150
        async let writing: Void = person.told((1...count).map(String.init), on: [])
        var heard: [Int64] = []
        while heard.count < count {
            let live = try await Live.open(person)
            try await live.resume(heard.last ?? 0)
            for _ in 0..<min(23, count - heard.count) {
                heard.append(try #require(try await live.next()["s"]?.int))
            }
            try await live.socket.abort()
        }
        try await writing
        #expect(heard == Array(1...Int64(count)))
    }

    @Test("resume goes on above the place, confirmed or not, in more than one batch, and says nothing at the head")
    func resumePlace() async throws {
        let person = try await server().customer()
        try await person.told((1...140).map(String.init))
        let first = try await Live.open(person)
        try await first.resume(0)
        _ = try await first.frames(through: 140)
        try await first.ack(140)
        try await eventually("all are confirmed") { try await person.rows(where: ["unreceipted": true]) == 0 }
        let second = try await Live.open(person)
        try await second.resume(3)
        #expect(try await second.frames(through: 140).compactMap { $0["s"]?.int } == Array(4...140))
        let third = try await Live.open(person)
        try await third.resume(140)
        try await person.told(["news"])
        #expect(try await third.next()["s"] == 141)
    }

    @Test("a row that nobody rang is told before the one that shows the hole")
    func hole() async throws {
        let person = try await server().customer()
        let live = try await Live.open(person)
        try await live.resume(0)
        try await person.told(["1"])
        _ = try await live.frames(through: 1)
        try await person.told(["2"], ringing: false)
        try await person.told(["3"])
        #expect(try await live.frames(through: 3).compactMap { $0["s"]?.int } == [2, 3])
    }

    @Test("another life of the inbox is answered with where things stand, and then live")
    func otherEpoch() async throws {
        let spot = try Spot.fresh()
        let person = try await server().customer()
        let service = try await person.request(latitude: spot.latitude, longitude: spot.longitude)
        let live = try await Live.open(person)
        try await live.say(["op": "resume", "s": 1, "e": "65a50b2c9f1d4e0012345692"])
        let reset = try await live.next()
        #expect(reset.object?.map(\.name) == ["op", "s", "snapshot"])
        #expect(reset["op"] == "reset" && reset["s"] == 1)
        #expect(reset["snapshot"]?["services"]?.array?.count == 1)
        #expect(reset["snapshot"]?["services"]?[0]?["id"] == service["id"])
        let rest = try data(try await person.ask("GET", "/api/services/\(try #require(service["id"]?.string))"))
        #expect(reset["snapshot"]?["services"]?[0]?.object?.map(\.name) == rest["service"]?.object?.map(\.name))
        #expect(reset["snapshot"]?["available"] == [])
        try await person.told(["news"])
        #expect(try await live.next()["s"] == 2)
    }

    @Test("so are a place above the head, rows that are not kept any more, and resume when rows have begun to flow")
    func lostPlaces() async throws {
        let server = try server()
        let person = try await server.customer()
        try await person.told(["1", "2", "3", "4"])
        let beyond = try await Live.open(person)
        try await beyond.resume(5)
        #expect(try await beyond.next()["op"] == "reset")

        try await beyond.resume(4)
        let again = try await beyond.next()
        #expect(again["op"] == "reset" && again["s"] == 4)
        try await person.told(["5"])
        #expect(try await beyond.next()["s"] == 5)

        let recipient = try #require(ObjectID(person.id))
        _ = try await server.database.client.collection("notifications")
            .deleteMany(["recipient_id": .id(recipient), "seq": ["$lte": 2]])
        let trimmed = try await Live.open(person)
        try await trimmed.resume(1)
        #expect(try await trimmed.next()["op"] == "reset")
        let kept = try await Live.open(person)
        try await kept.resume(2)
        #expect(try await kept.frames(through: 5).compactMap { $0["s"]?.int } == [3, 4, 5])
    }

    @Test("a mechanic hears alert, withdrawal and status on one socket; his snapshot has what he may take")
    func mechanic() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        let (customer, other) = try await (server.customer(), server.customer())
        let mechanic = try await server.provider(at: spot)
        let live = try await Live.open(mechanic)
        try await live.resume(0)
        let first = try await customer.request(latitude: spot.latitude, longitude: spot.longitude)
        #expect(try await live.next()["k"] == "offer.new")
        _ = try data(try await mechanic.ask("POST", "/api/services/\(try #require(first["id"]?.string))/accept"))
        let accepted = try await live.socket.frames { $0["d"]?["title"] == "Job accepted" }
        #expect(!accepted.contains { $0["d"]?["start_otp"] != nil }, "the mechanic can read the code")
        _ = try data(try await mechanic.ask("POST", "/api/services/\(try #require(first["id"]?.string))/cancel"))

        let second = try await other.request(latitude: spot.latitude, longitude: spot.longitude)
        try await eventually("the request is offered to the mechanic") {
            let offered = try data(try await mechanic.ask("GET", "/api/services/available"))
            return offered["services"]?.array?.contains { $0["id"] == second["id"] } == true
        }
        let lost = try await Live.open(mechanic)
        try await lost.say(["op": "resume", "s": 0, "e": "another"])
        let snapshot = try await lost.next()["snapshot"]
        #expect(snapshot?["available"]?.array?.contains { $0["id"] == second["id"] } == true)
    }

    @Test("ack is cumulative over all routes, wipes the code, and stops the replay of bare sockets")
    func ack() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        let (person, mechanic) = try await (server.customer(), server.provider(at: spot))
        let live = try await Live.open(person)
        try await live.resume(0)
        let service = try await person.request(latitude: spot.latitude, longitude: spot.longitude)
        let path = "/api/services/\(try #require(service["id"]?.string))"
        _ = try data(try await mechanic.ask("POST", path + "/accept"))
        let frames = try await live.socket.frames { $0["k"] == "job.otp" }
        let code = try #require(frames.last?["d"]?["start_otp"]?.string)
        #expect(try data(try await person.ask("GET", path))["service"]?["start_otp"]?.string == code)
        #expect(try await person.rows(where: ["sealed": ["$exists": true]]) == 1)

        try await live.ack(try #require(frames.last?["s"]?.int))
        try await eventually("the code is wiped") { try await person.rows(where: ["sealed": ["$exists": true]]) == 0 }
        #expect(try await person.rows(where: ["unreceipted": true]) == 0)
        let again = try await Live.open(person)
        try await again.resume(0)
        let replayed = try await again.socket.frames { $0["k"] == "job.otp" }
        #expect(replayed.count == frames.count && replayed.last?["d"]?["start_otp"] == nil)

        let bare = try await person.socket("/ws/bookings/")
        _ = try data(try await person.ask("POST", path + "/cancel"))
        #expect(try await bare.nextJSON()["status"] == "cancelled")
    }

    @Test("whoever confirms each row of a long backlog on its own is no flood, and hears what comes next")
    func ackEach() async throws {
        let person = try await server().customer()
        try await person.told((1...140).map(String.init))
        let live = try await Live.open(person)
        try await live.resume(0)
        for seq in try await live.frames(through: 140).compactMap({ $0["s"]?.int }) { try await live.ack(seq) }
        try await eventually("all are confirmed") { try await person.rows(where: ["unreceipted": true]) == 0 }
        try await person.told(["news"])
        #expect(try await live.next()["s"] == 141)
    }

    @Test("nothing is confirmed that was not sent on this socket")
    func ackBeyond() async throws {
        let person = try await server().customer()
        try await person.told(["1", "2", "3"])
        let live = try await Live.open(person)
        try await live.ack(3)
        try await live.resume(0)
        _ = try await live.frames(through: 3)
        try await live.ack(1)
        try await eventually("the first is confirmed") {
            try await person.rows(where: ["received_at": ["$ne": nil]]) > 0
        }
        #expect(try await person.rows(where: ["unreceipted": true]) == 2)
        try await live.ack(.max)
        try await eventually("all are confirmed") { try await person.rows(where: ["unreceipted": true]) == 0 }
    }
}

@Suite("fixoncall.v1 without resume", .server { $0.sockets.resumeMilliseconds = 100 }, .serialized)
struct LiveSocketWithoutResumeTests {
    @Test("what nobody has confirmed comes on every connection, until it is confirmed")
    func unconfirmed() async throws {
        let person = try await server().customer()
        try await person.told(["1", "2"])
        try await person.told(["on no route"], on: [])
        for _ in 1...2 {
            let live = try await Live.open(person)
            #expect(try await live.frames(through: 3).compactMap { $0["s"]?.int } == [1, 2, 3])
        }
        let third = try await Live.open(person)
        _ = try await third.frames(through: 3)
        try await third.ack(2)
        try await eventually("two are confirmed") { try await person.rows(where: ["unreceipted": true]) == 1 }
        let fourth = try await Live.open(person)
        #expect(try await fourth.next()["s"] == 3)
        try await person.told(["4"])
        #expect(try await fourth.next()["s"] == 4)
        try await fourth.ack(4)
        try await eventually("all are confirmed") { try await person.rows(where: ["unreceipted": true]) == 0 }
    }

    @Test("a pong is no receipt here: it proves that the frame arrived, not that the client has dealt with it")
    func pongIsNoReceipt() async throws {
        let person = try await server().customer()
        let live = try await Live.open(person)
        try await person.told(["1"])
        _ = try await live.frames(through: 1)
        _ = try await live.framesSoFar()
        // A heartbeat carries nothing.
        let cursors = try await live.socket.recordedPings().filter { !$0.isEmpty }
        #expect(cursors.isEmpty)
        let again = try await Live.open(person)
        #expect(try await again.next()["s"] == 1)
    }
}
