import BSON
import FixOnCallClient
import FixOnCallServer
import Foundation
import RoadsideRules
import RoadsideTesting
import Testing

/// A mechanic who has a service, and comes eleven metres nearer with each report.
private struct Approach {
    let customer: Person
    let mechanic: Person
    let spot: GeoPoint
    let id: String
    var path: String { "/api/services/\(id)" }

    /// - Parameter accepted: false leaves the service open.
    static func begin(accepted: Bool = true) async throws -> Approach {
        let (server, spot) = try (server(), Spot.fresh())
        let customer = try await server.customer()
        let mechanic = try await server.provider(at: spot)
        let service = try await customer.request(latitude: spot.latitude, longitude: spot.longitude)
        let approach = Approach(
            customer: customer, mechanic: mechanic, spot: spot, id: try #require(service["id"]?.string))
        if accepted { try await approach.accept() }
        return approach
    }

    func accept() async throws { _ = try data(try await mechanic.ask("POST", path + "/accept")) }

    /// - Returns: the latitude that was sent.
    @discardableResult
    func move(_ step: Int, by person: Person? = nil, ago: Double? = nil) async throws -> JSON {
        let latitude = JSON.double(spot.latitude + 0.02 - Double(step) / 10_000)
        var body: JSON = ["latitude": latitude, "longitude": .double(spot.longitude), "heading": 180, "speed": 12.5]
        if let ago { body.add("fix_at", .string(ISO8601.seconds(Date(timeIntervalSinceNow: -ago)))) }
        _ = try data(try await (person ?? mechanic).ask("POST", "/api/mechanics/me/location", body))
        return latitude
    }

    func service(seenBy person: Person) async throws -> JSON {
        try #require(try data(try await person.ask("GET", path))["service"])
    }
}

extension Live {
    /// Somebody's socket that goes on where his inbox stands, and has begun to.
    fileprivate static func now(_ person: Person) async throws -> Live {
        let live = try await open(person)
        try await live.resume(live.head)
        try await person.told(["ready"], on: [])
        _ = try await live.frames(through: live.head + 1)
        return live
    }

    /// The next position of a service; staff see those of others, too.
    fileprivate func position(of service: String) async throws -> JSON {
        let frames = try await socket.frames { $0["d"]?["service_id"]?.string == service && $0["k"] == "position" }
        return try #require(frames.last)
    }

    /// Latitudes, mechanics and moments of all positions of a service that have come meanwhile.
    fileprivate func positionsSoFar(of service: String) async throws -> [JSON] {
        try await framesSoFar().filter { $0["k"] == "position" }.compactMap { $0["d"] }
            .filter { $0["service_id"]?.string == service }
    }
}

@Suite(
    "fixoncall.v1: where the mechanic is",
    .server { ($0.sockets.resumeMilliseconds, $0.sockets.positionMilliseconds) = (60_000, 0) }, .serialized)
struct LivePositionTests {
    @Test("T2: its driver, its mechanic and staff see it as REST shows it; nobody else does")
    func viewers() async throws {
        let (scene, other) = try await (Approach.begin(), Approach.begin())
        let admin = try await server().admin()
        let outsiders = [other.customer, other.mechanic, try await server().provider(at: scene.spot)]
        var (viewers, strangers): ([Live], [Live]) = ([], [])
        for person in [scene.customer, scene.mechanic, admin] { viewers.append(try await .now(person)) }
        for person in outsiders { strangers.append(try await .now(person)) }
        let latitude = try await scene.move(0)
        let service = try await scene.service(seenBy: scene.customer)
        for viewer in viewers {
            let frame = try await viewer.position(of: scene.id)
            #expect(frame.object?.map(\.name) == ["k", "t", "d"])
            let data = try #require(frame["d"])
            #expect(data["service_id"]?.string == scene.id && data["mechanic_id"]?.string == scene.mechanic.id)
            #expect(data["latitude"] == latitude && data["longitude"] == .double(scene.spot.longitude))
            #expect(data["heading"] == 180 && data["speed"] == 12.5 && data["accuracy"] == .null)
            #expect(data["recorded_at"] == service["mechanic"]?["location_updated_at"])
            #expect(data["eta"] == service["eta"] && data["eta"]?["p50"]?.int != nil)
            #expect(try await viewer.positionsSoFar(of: scene.id).isEmpty)
        }
        for stranger in strangers { #expect(try await stranger.framesSoFar().isEmpty) }
    }

    @Test("they come in their order, each once; an older one that comes late does not come at all")
    func order() async throws {
        let scene = try await Approach.begin()
        let live = try await Live.now(scene.customer)
        var sent = [try await scene.move(0, ago: 60)]
        #expect(try await live.position(of: scene.id)["d"]?["latitude"] == sent[0])
        for (step, ago) in [(1, 50), (2, 40), (1, 45), (3, 30), (3, 30), (4, 20)] as [(Int, Double)] {
            let latitude = try await scene.move(step, ago: ago)
            if !sent.contains(latitude) { sent.append(latitude) }
        }
        let frames = try await live.framesSoFar()
        let latitudes = frames.compactMap { $0["d"]?["latitude"] }
        #expect(latitudes == Array(sent.dropFirst()))
        let moments = frames.compactMap { $0["t"]?.int }
        #expect(moments == moments.sorted())
    }

    @Test("T3: none comes before the row that says accepted, none after the one that says it is over")
    func span() async throws {
        let scene = try await Approach.begin(accepted: false)
        let (customer, admin) = try await (Live.now(scene.customer), Live.now(server().admin()))
        try await scene.move(0)
        #expect(try await customer.framesSoFar().isEmpty)
        try await scene.accept()
        try await scene.move(1)
        // From where he is by his positions he could not say so himself.
        let staff = try await server().admin()
        _ = try data(try await staff.ask("PUT", scene.path + "/status", ["status": "in_progress"]))
        try await scene.move(2)
        _ = try data(try await scene.mechanic.ask("POST", scene.path + "/complete"))
        try await scene.move(3)
        let told = try await customer.framesSoFar()
        let words = told.map { frame in
            frame["k"] == "job.status" ? frame["d"]?["data"]?["stage"]?.string : frame["k"]?.string
        }
        #expect(
            words == ["accepted", "job.otp", "position", "en_route", "arrived", "in_progress", "position", "completed"])
        let ways = told.filter { $0["k"] == "position" }.map { $0["d"]?["eta"] ?? .null }
        #expect(ways.first?["p50"]?.int != nil && ways.last == .null, "who works is not expected any more")
        #expect(try await admin.positionsSoFar(of: scene.id).count == 2)
    }

    @Test("T3: a mechanic who gives it back is not seen any more, and does not see who comes after him")
    func handover() async throws {
        let scene = try await Approach.begin()
        let second = try await server().provider(at: scene.spot)
        let (customer, former, admin) = try await (
            Live.now(scene.customer), Live.now(scene.mechanic), server().admin()
        )
        try await scene.move(0)
        #expect(try await customer.position(of: scene.id)["d"]?["mechanic_id"]?.string == scene.mechanic.id)
        #expect(try await former.position(of: scene.id)["d"]?["mechanic_id"]?.string == scene.mechanic.id)
        _ = try data(try await scene.mechanic.ask("POST", scene.path + "/cancel"))
        try await scene.move(1)
        let assignment: JSON = ["mechanic_id": .string(second.id)]
        _ = try data(try await admin.ask("POST", scene.path + "/assign", assignment))
        try await scene.move(2)
        try await scene.move(3, by: second)
        let seen = try await customer.framesSoFar()
        let mechanics = seen.filter { $0["k"] == "position" }.map { $0["d"]?["mechanic_id"]?.string }
        #expect(mechanics == [second.id])
        #expect(try await former.positionsSoFar(of: scene.id).isEmpty)
    }
}

/// The time between two positions is longer than any test.
@Suite(
    "fixoncall.v1: positions that follow too soon",
    .server { ($0.sockets.resumeMilliseconds, $0.sockets.positionMilliseconds) = (60_000, 3_600_000) }, .serialized)
struct LivePositionPaceTests {
    @Test("the first comes at once; those that follow wait, and a new connection is sent the newest, once")
    func coalescing() async throws {
        let scene = try await Approach.begin()
        let silent = try await Live.now(scene.customer)
        let first = try await scene.move(0)
        #expect(try await silent.position(of: scene.id)["d"]?["latitude"] == first)
        var last = first
        for step in 1...5 { last = try await scene.move(step) }
        #expect(try await silent.positionsSoFar(of: scene.id).isEmpty)
        for person in [scene.customer, scene.mechanic, try await server().admin()] {
            // Not a row is awaited before: the position comes ahead of it or behind.
            let again = try await Live.open(person)
            try await again.resume(again.head)
            #expect(try await again.position(of: scene.id)["d"]?["latitude"] == last)
            #expect(try await again.positionsSoFar(of: scene.id).isEmpty)
        }
        // The row is told behind it, and what waited for the service is not told any more.
        _ = try data(try await scene.customer.ask("POST", scene.path + "/cancel"))
        let rest = try await silent.framesSoFar().compactMap { $0["k"]?.string }
        #expect(rest.last == "job.status" && !rest.contains("position"), "\(rest)")
    }

    @Test("where no position was sent a new connection is sent none")
    func none() async throws {
        let scene = try await Approach.begin()
        let live = try await Live.now(scene.customer)
        let first = try await scene.move(0)
        let frame = try await live.next()
        #expect(frame["k"] == "position" && frame["d"]?["latitude"] == first, "\(frame.text)")
    }
}
