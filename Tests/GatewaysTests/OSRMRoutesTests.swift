import Gateways
import NIOHTTP1
import RoadsideRules
import Testing

@Suite("Travel times by road, from OSRM")
struct OSRMRoutesTests {
    private static func point(_ latitude: Double, _ longitude: Double) throws -> GeoPoint {
        try #require(GeoPoint(latitude: latitude, longitude: longitude))
    }

    private func routes(_ fake: FakeOSRM, timeout: Duration = .seconds(20)) -> OSRMRoutes {
        OSRMRoutes(address: fake.address + "/", timeout: timeout)
    }

    @Test("many starts are one question, longitude first, and answered in their order; no road is nil")
    func table() async throws {
        let fake = try await FakeOSRM()
        let starts = [try Self.point(-1.3, 36.8), try Self.point(4, 36.9), try Self.point(-1.29, 36.81)]
        let seconds = try await routes(fake).seconds(from: starts, to: try Self.point(-1.2921, 36.8219))
        #expect(seconds == [29.8, nil, 14])
        #expect(
            fake.questions == [
                "/table/v1/driving/36.821900,-1.292100;36.800000,-1.300000;36.900000,4.000000;36.810000,-1.290000"
                    + "?sources=1;2;3&destinations=0&annotations=duration"
            ])
        try await fake.stop()
    }

    @Test("more starts than its table holds are asked for in parts")
    func parts() async throws {
        let fake = try await FakeOSRM()
        let starts = try (0..<250).map { try Self.point(-1.3, 36.8 + Double($0) / 1000) }
        let seconds = try await routes(fake).seconds(from: starts, to: try Self.point(-1.3, 36.8))
        #expect(seconds == (0..<250).map { Double($0) })
        #expect(fake.questions.count == 3)
        try await fake.stop()
    }

    @Test("what it refuses is a failure that says its code")
    func refusal() async throws {
        let fake = try await FakeOSRM()
        let paris = try Self.point(48.85, 2.35)
        let failure = await #expect(throws: OSRMRoutes.Failure.self) {
            _ = try await routes(fake).seconds(from: [paris], to: paris)
        }
        #expect(failure?.description == "OSRM answered 400 NoSegment")
        try await fake.stop()
    }

    @Test(
        "an answer that is none is a failure",
        arguments: [
            "", "no JSON", "[]", #"{"code":"Ok"}"#, #"{"code":"Ok","durations":[]}"#, #"{"durations":[[1]]}"#,
            #"{"code":"NoTable","durations":[[1]]}"#,
        ])
    func nonsense(body: String) async throws {
        let fake = try await FakeOSRM { _ in FakeOSRM.Answer(body: body) }
        let place = try Self.point(-1.3, 36.8)
        await #expect(throws: OSRMRoutes.Failure.self) {
            _ = try await routes(fake).seconds(from: [place], to: place)
        }
        try await fake.stop()
    }

    @Test("T24: whom else it says to ask is not asked")
    func redirect() async throws {
        let elsewhere = try await FakeOSRM()
        let target = elsewhere.address
        let fake = try await FakeOSRM { question in
            FakeOSRM.Answer(status: .temporaryRedirect, body: "", location: target + question)
        }
        let place = try Self.point(-1.3, 36.8)
        await #expect(throws: OSRMRoutes.Failure.self) {
            _ = try await routes(fake).seconds(from: [place], to: place)
        }
        #expect(fake.questions.count == 1 && elsewhere.questions.isEmpty)
        try await fake.stop()
        try await elsewhere.stop()
    }

    @Test("one that does not answer is left, and one that is not there is no wait")
    func silence() async throws {
        let fake = try await FakeOSRM { _ in nil }
        let place = try Self.point(-1.3, 36.8)
        await #expect(throws: (any Error).self) {
            _ = try await routes(fake, timeout: .milliseconds(50)).seconds(from: [place], to: place)
        }
        try await fake.stop()
        await #expect(throws: (any Error).self) {
            _ = try await OSRMRoutes(address: "http://127.0.0.1:1", timeout: .seconds(1))
                .seconds(from: [place], to: place)
        }
    }

    @Test(
        "the fake is strict: it refuses what the real one refuses",
        arguments: [
            ("/route/v1/driving/36.8,-1.3;36.9,-1.3", "InvalidService"),
            ("/table/v2/driving/36.8,-1.3;36.9,-1.3?sources=0&destinations=1", "InvalidVersion"),
            ("/table/v1/driving/36.8;36.9,-1.3?sources=0&destinations=1", "InvalidQuery"),
            ("/table/v1/driving/-1.3,36.8;-1.3,36.9?sources=0&destinations=1", "NoSegment"),
            ("/table/v1/driving/36.8,-1.3;36.9,-1.3?sources=2&destinations=1", "InvalidOptions"),
            ("/table/v1/driving/36.8,-1.3;36.9,-1.3?sources=0&destinations=1&speed=fast", "InvalidOptions"),
        ])
    func strictness(uri: String, code: String) {
        let answer = FakeOSRM.table(uri)
        #expect(answer?.status == .badRequest)
        #expect(answer?.body.contains(code) == true, "\(answer?.body ?? "")")
    }
}
