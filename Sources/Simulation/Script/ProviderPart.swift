public import RoadsideRules

/// One provider of the city: who he is, and how he decides. What he does with a call follows from the seed and the two of
/// them alone, whatever happened before; so two ways of matching meet the same people.
public struct ProviderPart: Sendable {
    public let index: Int
    public let home: GeoPoint
    /// His own words for what he can do.
    public let skills: [String]
    /// City seconds.
    public let onDutyAt: Double
    /// The share of offers at his very door that he takes.
    let keenness: Double
    /// How long his ways take, measured by the usual.
    let pace: Double
    private let seed: UInt64

    init(index: Int, town: Town, options: SimulationOptions) {
        var dice = SplitMix64(seed: options.seed, stream: "provider/\(index)")
        self.index = index
        seed = options.seed
        home = town.home(&dice)
        skills = Self.trades?.draw(&dice) ?? []
        onDutyAt = dice.unit() * options.shiftMinutes * 60
        keenness = 0.75 + 0.24 * dice.unit()
        pace = 0.8 + 0.4 * dice.unit()
    }

    /// What he makes of an offer.
    struct Mind: Sendable, Hashable {
        /// City seconds until he answers.
        let thinking: Double
        let accepts: Bool
    }

    func mind(on call: Call, metres: Double) -> Mind {
        var dice = SplitMix64(seed: seed, stream: "mind/\(index)/\(call.index)")
        // Well within the shortest window that an offer has.
        let thinking = 2 + 8 * dice.unit()
        // Every kilometre makes it less likely; somebody comes from anywhere.
        let chance = keenness * max(0.25, 1 - metres / Self.reluctanceMetres)
        return Mind(thinking: thinking, accepts: dice.unit() < chance)
    }

    /// City seconds to get to a call from so far away; the straight line is what the distance is.
    func driveSeconds(to call: Call, metres: Double) -> Double {
        var dice = SplitMix64(seed: seed, stream: "drive/\(index)/\(call.index)")
        return TravelRules.time(metres: metres).p50 * pace * (0.8 + 0.4 * dice.unit())
    }

    /// Nobody does everything; most can do what is asked for most.
    private static let trades = Shares<[String]>([
        (["general"], 40), (["engine", "electrical"], 25), (["engine"], 15), (["tyres", "battery"], 15),
        (["locksmith", "tyres"], 5),
    ])
    private static let reluctanceMetres = 30_000.0
}
