import RoadsideRules
import Simulation
import Testing

@Suite("What a city wants follows from its seed")
struct CityScriptTests {
    private static func options(_ change: (inout SimulationOptions) -> Void = { _ in }) -> SimulationOptions {
        var options = SimulationOptions()
        options.providers = 200
        options.customers = 300
        options.requestsPerHour = 1200
        options.minutes = 30
        change(&options)
        return options
    }

    /// Everything a script plans, as values to compare.
    private static func plan(_ script: CityScript) -> [String] {
        script.calls.map { "\($0.at) \($0.customer) \($0.serviceType) \($0.scene) \($0.work)" }
            + script.providers.map { "\($0.home) \($0.skills) \($0.onDutyAt)" }
    }

    @Test("the same seed plans the same, another seed something else")
    func determinism() {
        let once = Self.plan(CityScript(Self.options()))
        let again = Self.plan(CityScript(Self.options()))
        let other = Self.plan(CityScript(Self.options { $0.seed = 255 }))
        #expect(once == again)
        #expect(zip(once, other).allSatisfy { $0 != $1 })
    }

    @Test("more providers leave those who were there, and all calls, as they are")
    func growing() {
        let small = CityScript(Self.options())
        let large = CityScript(Self.options { $0.providers = 400 })
        #expect(large.providers.count == 400)
        #expect(large.providers.prefix(200).map(\.home) == small.providers.map(\.home))
        #expect(large.calls.map(\.at) == small.calls.map(\.at))
        #expect(large.calls.map(\.scene) == small.calls.map(\.scene))
    }

    @Test("calls come at Poisson's times: rising, within the minutes, as many and as irregular as they should be")
    func poisson() throws {
        let script = CityScript(
            Self.options {
                $0.requestsPerHour = 60_000
                $0.minutes = 20
            })
        let times = script.calls.map(\.at)
        #expect(times == times.sorted() && times.allSatisfy { $0 > 0 && $0 < 1200 })
        // 20,000 are expected, with a deviation of 141.
        #expect((19_000...21_000).contains(times.count))
        let gaps = zip(times.dropFirst(), times).map { $0 - $1 }
        let mean = try #require(Statistics.mean(gaps))
        let variance = try #require(Statistics.mean(gaps.map { ($0 - mean) * ($0 - mean) }))
        // The deviation of exponential gaps is their mean.
        #expect(abs(variance.squareRoot() / mean - 1) < 0.05)
    }

    @Test("nobody calls again while his last call may still be open; there are newcomers instead")
    func oneCallAtATime() {
        let script = CityScript(Self.options { $0.customers = 5 })
        #expect(script.calls.count > 400)
        #expect(Set(script.calls.map(\.customer)).count == script.calls.count)
        let long = CityScript(
            Self.options {
                $0.customers = 5
                $0.requestsPerHour = 1
                $0.minutes = 1440
            })
        #expect(Set(long.calls.map(\.customer)).count < long.calls.count)
        for (index, call) in long.calls.enumerated() {
            let earlier = long.calls[..<index].last { $0.customer == call.customer }
            #expect(earlier.map { call.at - $0.at >= 4 * 3600 } ?? true)
        }
    }

    @Test("shifts begin within their minutes, and everybody is in the city")
    func shifts() {
        let script = CityScript(Self.options { $0.shiftMinutes = 40 })
        let starts = script.providers.map(\.onDutyAt)
        #expect(starts.allSatisfy { (0..<2400).contains($0) } && Set(starts).count == starts.count)
        #expect(CityScript(Self.options()).providers.allSatisfy { $0.onDutyAt == 0 })
        let all = script.providers.map(\.home) + script.calls.map(\.scene)
        #expect(all.allSatisfy { abs($0.latitude + 1.2921) < 0.3 && abs($0.longitude - 36.8219) < 0.3 })
        #expect(script.providers.allSatisfy { !$0.skills.isEmpty })
    }

    @Test("no calls, no providers: an empty plan")
    func nothing() {
        let script = CityScript(
            Self.options {
                $0.providers = 0
                $0.requestsPerHour = 0
            })
        #expect(script.calls.isEmpty && script.providers.isEmpty)
    }
}
