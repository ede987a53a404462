/// What a job is expected to cost, line by line (domain §4.6). Each line is rounded once, a half up; the total is the
/// plain sum of the lines.
public struct PriceEstimate: Sendable, Hashable {
    public let lines: [PriceLine]
    public let total: Money

    /// - Parameters:
    ///   - tariff: of the vehicle's class, where one applies; the type's own otherwise.
    ///   - metresToScene: the provider's way to the scene; 0 while nobody is chosen.
    ///   - loadedMetres: the way from the scene to the destination, for tariffs that price it.
    ///   - equipment: a line each, at its fixed price.
    ///   - fuel: at its price per litre.
    ///   - factors: surcharges and discounts, in order; each applies to the sum of the lines above it, but for the fuel,
    ///     which is sold at cost: the regulator's price is the greatest there may be, at night as well.
    ///   - surcharges: fixed amounts, such as a zone's.
    ///   - minimum: what is missing to it becomes a line.
    ///   - taxBasisPoints: on the sum of all that.
    public init(
        for type: ServiceType, tariff: Tariff? = nil, metresToScene: Double = 0, loadedMetres: Double = 0,
        equipment: [Equipment] = [], fuel: (fuel: Fuel, millilitres: Int64)? = nil, factors: [PriceFactor] = [],
        surcharges: [PriceLine] = [], minimum: Money? = nil, taxBasisPoints: Int64 = 0
    ) {
        let tariff = tariff ?? type.tariff
        let currency = tariff.callOut.currency
        var lines = [PriceLine(code: "call_out", title: "Call-out: \(type.title)", amount: tariff.callOut)]
        var sum = tariff.callOut.minorUnits

        func add(_ code: String, _ title: String, _ amount: Money) {
            guard amount.minorUnits != 0 else { return }
            let (next, overflow) = sum.addingReportingOverflow(amount.minorUnits)
            guard !overflow else { return }
            lines.append(PriceLine(code: code, title: title, amount: amount))
            sum = next
        }

        func distance(_ metres: Int64, at perKilometre: Int64) -> Money {
            Money(minorUnits: perKilometre, currency).scaled(by: metres, over: 1000)
        }

        let beyond = max(Self.whole(metresToScene) - tariff.freeMetres, 0)
        add("distance", "Distance to you", distance(beyond, at: tariff.perKilometre))
        let loaded = Self.whole(loadedMetres)
        add("loaded_distance", "Distance with your vehicle", distance(loaded, at: tariff.perLoadedKilometre))
        for item in equipment { add(item.code, item.title, item.price) }
        let beforeFuel = sum
        if let fuel { add("fuel", fuel.fuel.title, fuel.fuel.price(ofMillilitres: max(fuel.millilitres, 0))) }
        let atCost = sum - beforeFuel
        for factor in factors {
            let change = Money(minorUnits: sum - atCost, currency).scaled(by: factor.basisPoints - 10_000, over: 10_000)
            add(factor.code, factor.title, change)
        }
        for line in surcharges { add(line.code, line.title, line.amount) }
        if let minimum, sum < minimum.minorUnits {
            add("minimum", "Minimum price", Money(minorUnits: minimum.minorUnits - sum, currency))
        }
        add("tax", "Tax", Money(minorUnits: sum, currency).scaled(by: max(taxBasisPoints, 0), over: 10_000))
        self.lines = lines
        total = Money(minorUnits: sum, currency)
    }

    /// Metres as a whole number between 0 and once around the earth; nonsense counts as 0.
    private static func whole(_ metres: Double) -> Int64 {
        metres.isNaN ? 0 : Int64(min(max(metres.rounded(), 0), 40_075_000))
    }
}

/// One line of an estimate; a discount's amount is negative.
public struct PriceLine: Sendable, Hashable {
    public let code: String
    public let title: String
    public let amount: Money

    public init(code: String, title: String, amount: Money) {
        self.code = code
        self.title = title
        self.amount = amount
    }
}

/// A factor in basis points: 12 500 is a quarter more, 9 000 a tenth less. Never below 0, which makes a job free.
public struct PriceFactor: Sendable, Hashable {
    public let code: String
    public let title: String
    public let basisPoints: Int64

    public init(code: String, title: String, basisPoints: Int64) {
        self.code = code
        self.title = title
        self.basisPoints = max(basisPoints, 0)
    }
}
