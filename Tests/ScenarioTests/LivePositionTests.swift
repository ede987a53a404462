import BSON
import FixOnCall
import FixOnCallClient
import FixOnCallServer
import MongoTesting
import RoadsideTesting
import Synchronization
import Testing

@Suite("Positions between two servers of one database", .timeLimit(.minutes(5)))
struct LivePositionTests {
    @Test("who watches at one server sees what is reported at the other, in order; a stranger there does not")
    func crossing() async throws {
        try await TestServer.with({ $0.sockets.positionMilliseconds = 0 }) { here in
            let there = try await TestServer.start(on: here.database) { $0.sockets.positionMilliseconds = 0 }
            do {
                try await watch(from: there, what: here)
            } catch {
                await there.halt()
                throw error
            }
            await there.halt()
        }
    }

    private func watch(from there: TestServer, what here: TestServer) async throws {
        let (customer, stranger, mechanic) = try await (here.customer(), here.customer(), here.provider())
        let service = try await customer.request()
        let path = "/api/services/\(try #require(service["id"]?.string))"
        #expect(try await mechanic.ask("POST", path + "/accept").status == 200)

        let (heard, other) = try await (ear(of: customer, at: there), ear(of: stranger, at: there))
        defer { for task in [heard.task, other.task] { task.cancel() } }
        var step = 0
        for _ in 1...2 {
            let before = heard.positions.count
            try await eventually("a position of the one server is seen at the other") {
                step += 1
                let body: JSON = ["latitude": .double(-1.25 - Double(step) / 10_000), "longitude": 36.8219]
                let answer = try await mechanic.ask("POST", "/api/mechanics/me/location", body)
                #expect(answer.status == 200)
                return heard.positions.count > before
            }
        }
        #expect(heard.positions.allSatisfy { $0["d"]?["service_id"] == service["id"] && $0["s"] == nil })
        let moments = heard.positions.compactMap { $0["t"]?.int }
        #expect(moments == moments.sorted() && Set(moments).count == moments.count)
        #expect(other.positions.isEmpty)
        #expect(heard.positions.last?["d"]?["eta"]?["p50"]?.int != nil)

        // Said at the server that does not hear his positions; the other has not looked at the job since.
        let started = try await there.http().request(
            "PUT", path + "/status", headers: [("Authorization", "Bearer \(mechanic.token)")],
            json: ["status": "in_progress"])
        #expect(started.status == 200)
        try await eventually("a position is seen behind the row that says so") {
            step += 1
            let body: JSON = ["latitude": .double(-1.25 - Double(step) / 10_000), "longitude": 36.8219]
            let answer = try await mechanic.ask("POST", "/api/mechanics/me/location", body)
            #expect(answer.status == 200)
            return !heard.positionsAtWork.isEmpty
        }
        let etas = heard.positionsAtWork.map { $0["d"]?["eta"] ?? "missing" }
        let areGone = etas.allSatisfy { $0.isNull }
        #expect(areGone, "nobody expects him any more: \(etas)")
    }

    private final class PositionEar: Sendable {
        let task: Task<Void, any Error>
        private let frames: SharedFrames

        init(_ socket: SocketClient) {
            let frames = SharedFrames()
            self.frames = frames
            task = Task {
                while !Task.isCancelled {
                    let frame = try await socket.nextJSON(within: .seconds(60))
                    frames.all.withLock { $0.append(frame) }
                }
            }
        }

        var positions: [JSON] { frames.all.withLock { $0 }.filter { $0["k"] == "position" } }

        /// Those behind the row that says that he works.
        var positionsAtWork: [JSON] {
            frames.all.withLock { $0 }.drop { $0["d"]?["data"]?["stage"] != "in_progress" }
                .filter { $0["k"] == "position" }
        }
    }

    private final class SharedFrames: Sendable {
        let all = Mutex<[JSON]>([])
    }

    private func ear(of person: Person, at server: TestServer) async throws -> PositionEar {
        let socket = try await SocketClient.connect(
            host: "127.0.0.1", port: server.port, path: FixOnCall.socketPath,
            headers: [("Authorization", "Bearer \(person.token)")], subprotocols: ["fixoncall.v1"])
        let hello = try await socket.nextJSON()
        let place: JSON = ["op": "resume", "s": hello["s"] ?? 0, "e": hello["e"] ?? ""]
        try await socket.send(text: place.text)
        return PositionEar(socket)
    }
}
