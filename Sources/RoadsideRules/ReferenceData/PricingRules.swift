import FoundationEssentials

/// What is added to the tariffs: by hour, by place, and for what happens on the way (domain §4.6).
public struct PricingRules: Sendable, Hashable {
    /// A part of the day that costs more or less.
    public struct Hours: Sendable, Hashable {
        /// Minutes after midnight by the zone's clocks; `to` is not among them. From 1320 to 360 goes over midnight.
        public let from: Int64
        public let to: Int64
        public let factor: PriceFactor
    }

    /// A day of each year that costs more or less.
    public struct Holiday: Sendable, Hashable {
        public let month: Int
        public let day: Int
        public let factor: PriceFactor
    }

    /// The amount for coming into a zone of kind `surcharge`.
    public struct ZoneSurcharge: Sendable, Hashable {
        public let zone: String
        public let amount: Money
    }

    public let currency: Currency
    public let hours: [Hours]
    public let holidays: [Holiday]
    public let zoneSurcharges: [ZoneSurcharge]
    public let waiting: WaitingTerms
    public let cancellation: CancellationSchedule
    /// No price is below this.
    public let minimum: Money
    /// On the sum of everything else; 0 for none.
    public let taxBasisPoints: Int64
    /// So long a quote holds.
    public let quoteSeconds: Int64
    /// The most that one extra charge may ask for.
    public let greatestExtraCharge: Money
    /// How many extra charges a job may have, the refused ones included.
    public let extraCharges: Int

    /// Before anything is installed: nothing is added.
    static func nothing(_ currency: Currency = .kes) -> PricingRules {
        let zero = Money(minorUnits: 0, currency)
        return PricingRules(
            currency: currency, hours: [], holidays: [], zoneSurcharges: [],
            waiting: WaitingTerms(freeMinutes: 0, perMinute: zero), cancellation: .free, minimum: zero,
            taxBasisPoints: 0, quoteSeconds: 900, greatestExtraCharge: zero, extraCharges: 0)
    }
}

/// What waiting at the scene costs.
public struct WaitingTerms: Sendable, Hashable {
    public let freeMinutes: Int64
    /// For each full minute beyond the free ones.
    public let perMinute: Money

    public init(freeMinutes: Int64, perMinute: Money) {
        self.freeMinutes = freeMinutes
        self.perMinute = perMinute
    }
}

/// What a cancellation costs, as shares of the call-out in basis points (domain §4.6).
public struct CancellationSchedule: Sendable, Hashable {
    /// So long after acceptance nothing is charged.
    public let graceSeconds: Int64
    /// While the provider has not come far.
    public let accepted: Int64
    /// When he has come far.
    public let far: Int64
    /// The share of the way beyond which he has.
    public let farFrom: Int64
    /// When he is at the scene, and later.
    public let arrived: Int64
    /// When he finds nobody there.
    public let gone: Int64

    public init(
        graceSeconds: Int64, accepted: Int64, far: Int64, farFrom: Int64, arrived: Int64, gone: Int64
    ) {
        self.graceSeconds = graceSeconds
        self.accepted = accepted
        self.far = far
        self.farFrom = farFrom
        self.arrived = arrived
        self.gone = gone
    }

    static let free = CancellationSchedule(graceSeconds: 0, accepted: 0, far: 0, farFrom: 0, arrived: 0, gone: 0)
}

extension PricingRules {
    /// The factor of this moment by these clocks; of several that meet, the highest counts, and they do not pile up (ours).
    func factor(at moment: Date, by calendar: MarketCalendar) -> PriceFactor? {
        let day = calendar.monthAndDay(moment)
        let minute = Int64(calendar.minuteOfDay(moment))
        let holidays = holidays.filter { $0.month == day.month && $0.day == day.day }.map(\.factor)
        let hours = hours.filter { $0.contains(minute) }.map(\.factor)
        return (hours + holidays).max { $0.basisPoints < $1.basisPoints }
    }
}

extension PricingRules.Hours {
    func contains(_ minute: Int64) -> Bool {
        from <= to ? (from..<to).contains(minute) : minute >= from || minute < to
    }
}
