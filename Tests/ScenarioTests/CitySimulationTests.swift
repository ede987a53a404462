import BSON
import FixOnCallServer
import RoadsideTesting
import Simulation
import Testing

@Suite("A small city lives against the real server")
struct CitySimulationTests {
    @Test(
        "everybody signs in, calls, alerts, accepts, drives and works; every call comes to an end and the numbers add up"
    )
    func smallCity() async throws {
        var options = SimulationOptions()
        options.providers = 30
        options.customers = 40
        options.requestsPerHour = 120
        options.minutes = 10
        // A search lasts ten seconds of the wall then, which a busy machine has time for.
        options.factor = 30
        options.shiftMinutes = 2
        options.workMinutes = 1...3
        options.sideKm = 5
        let city = options
        let figures = try await TestServer.run(city)
        let calls = CityScript(city).calls.count
        #expect(calls > 5 && figures.calls.count == calls)
        #expect(figures.count(.completed) > 0)
        let ends: [CallTrace.Outcome] = [.completed, .expired, .cancelled, .failed]
        #expect(ends.reduce(0) { $0 + figures.count($1) } == calls, "\(figures.json.text)")
        #expect(figures.traffic.serverErrors == 0, "\(figures.json.text)")
        #expect(figures.jobsPerProvider.count == 30)
        #expect(figures.jobsPerProvider.reduce(0, +) == Double(figures.count(.completed)))
        for call in figures.calls where call.outcome == .completed {
            let moments = [call.requestedAt, call.acceptedAt, call.arrivedAt].compactMap(\.self)
            #expect(moments.count == 3 && moments == moments.sorted())
            #expect(call.offers > 0 && call.provider != nil && call.pickupMetres != nil)
        }
    }

    @Test("where nobody is on duty every call expires or is given up")
    func emptyCity() async throws {
        var options = SimulationOptions()
        options.providers = 0
        options.requestsPerHour = 60
        options.minutes = 5
        options.factor = 300
        let city = options
        let figures = try await TestServer.run(city)
        #expect(!figures.calls.isEmpty && figures.count(.completed) == 0)
        #expect(figures.count(.expired) + figures.count(.cancelled) == figures.calls.count)
        #expect(figures.timeToOffer.p50 == nil && figures.gini == 0)
    }
}

extension TestServer {
    /// Lets a city live against a server with the same factor.
    fileprivate static func run(_ city: SimulationOptions) async throws -> Figures {
        var figures: Figures?
        try await TestServer.with({ $0.simulation.factor = city.factor }) { server in
            figures = try await CitySimulation(city, host: "127.0.0.1", port: server.port).run()
        }
        return try #require(figures)
    }
}
