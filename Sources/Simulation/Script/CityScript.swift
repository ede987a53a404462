import Foundation
import RoadsideRules

/// Who wants what, where and when. All of it follows from the seed; who gets there first does not, for that is a matter of
/// threads and of the machine.
public struct CityScript: Sendable {
    public let options: SimulationOptions
    public let providers: [ProviderPart]
    /// In the order of their times.
    public let calls: [Call]

    public init(_ options: SimulationOptions) {
        self.options = options
        let town = Town(seed: options.seed, sideKm: options.sideKm)
        providers = (0..<options.providers).map { ProviderPart(index: $0, town: town, options: options) }
        let times = Self.poisson(
            perSecond: options.requestsPerHour / 3600, seconds: options.minutes * 60, seed: options.seed)
        let callers = Self.callers(times, among: options.customers, seed: options.seed)
        calls = zip(times, callers).enumerated().map { index, call in
            Call(index: index, customer: call.1, at: call.0, town: town, options: options)
        }
    }

    /// Moments that come independently of each other at a steady rate, rising.
    static func poisson(perSecond rate: Double, seconds: Double, seed: UInt64) -> [Double] {
        guard rate > 0 else { return [] }
        var dice = SplitMix64(seed: seed, stream: "times")
        var times: [Double] = []
        var time = 0.0
        while true {
            // The gaps of such moments are exponential; 1 − x is never 0.
            time -= log(1 - dice.unit()) / rate
            guard time < seconds else { return times }
            times.append(time)
        }
    }

    /// Who makes each call: everybody once in an order of chance, and again only when his last call is surely over.
    private static func callers(_ times: [Double], among count: Int, seed: UInt64) -> [Int] {
        var dice = SplitMix64(seed: seed, stream: "callers")
        var waiting = Array(0..<max(count, 0))
        for index in waiting.indices.dropFirst() { waiting.swapAt(index, dice.within(0...index)) }
        var busy: [(person: Int, until: Double)] = []
        var (nextWaiting, nextBusy, newcomer) = (0, 0, count)
        return times.map { time in
            let person: Int
            if nextWaiting < waiting.count {
                person = waiting[nextWaiting]
                nextWaiting += 1
            } else if nextBusy < busy.count, busy[nextBusy].until <= time {
                person = busy[nextBusy].person
                nextBusy += 1
            } else {
                person = newcomer
                newcomer += 1
            }
            busy.append((person, time + longestCall))
            return person
        }
    }

    /// Longer than any call takes from the first word to the last.
    private static let longestCall = 4 * 3600.0
}
