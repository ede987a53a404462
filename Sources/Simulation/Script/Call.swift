public import RoadsideRules

/// One call for help, as the seed has it.
public struct Call: Sendable {
    public let index: Int
    public let customer: Int
    /// City seconds since the beginning.
    public let at: Double
    public let serviceType: String
    public let scene: GeoPoint
    /// City seconds the work takes at the scene.
    public let work: Double
    /// City seconds the caller waits for somebody to accept, and for his arrival; both since the call.
    let acceptPatience: Double
    let arrivalPatience: Double

    init(index: Int, customer: Int, at: Double, town: Town, options: SimulationOptions) {
        var dice = SplitMix64(seed: options.seed, stream: "call/\(index)")
        self.index = index
        self.customer = customer
        self.at = at
        serviceType = Self.types?.draw(&dice) ?? "breakdown"
        scene = town.scene(&dice)
        let range = options.workMinutes
        work = (range.lowerBound + (range.upperBound - range.lowerBound) * dice.unit()) * 60
        acceptPatience = 150 + 750 * dice.unit()
        arrivalPatience = (40 + 80 * dice.unit()) * 60
    }

    /// The words for the place. The number in it tells a provider which call an alert is about.
    var address: String { "Kilometre post \(Self.mark)\(index)" }

    /// The index that ``address`` carries.
    static func index(inAddress text: String) -> Int? {
        guard let at = text.lastIndex(of: mark) else { return nil }
        return Int(text[text.index(after: at)...])
    }

    private static let mark: Character = "#"
    private static let types = Shares<String>([
        ("breakdown", 60), ("tyre_change", 18), ("battery_jump", 17), ("lockout", 5),
    ])
}
