import BSON
import FoundationEssentials
import RoadsideRules
import Testing

@Suite("Prices by hour, day and place (domain §4.6)")
struct PricingRulesTests {
    private let reference: ReferenceData

    init() throws { reference = try ReferenceSamples.data() }

    /// 2026-11-30 at this minute of the day, by clocks so far from UTC.
    private static func moment(_ minute: Int, day: Int = 30, fromUTC: Int = 180) -> Date {
        let midnight = Date(timeIntervalSince1970: 1_795_996_800 + Double((day - 30) * 86_400))
        return midnight.addingTimeInterval(Double((minute - fromUTC) * 60))
    }

    private static func place(_ latitude: Double, _ longitude: Double) throws -> GeoPoint {
        try #require(GeoPoint(latitude: latitude, longitude: longitude))
    }

    private func lines(_ code: String, at place: GeoPoint, _ moment: Date) throws -> [String] {
        try reference.terms(for: code).estimate(at: place, moment).lines.map { "\($0.code) \($0.amount.amount)" }
    }

    @Test("the day has no price of its own; the night goes from ten to six by the zone's clocks")
    func night() throws {
        let nairobi = try Self.place(-1.25, 36.75)
        for (minute, isNight) in [
            (0, true), (359, true), (360, false), (720, false), (1319, false), (1320, true), (1439, true),
        ] {
            let lines = try lines("breakdown", at: nairobi, Self.moment(minute))
            #expect(lines == (isNight ? ["call_out 1500.00", "night 375.00"] : ["call_out 1500.00"]), "\(minute)")
        }
        // Johannesburg is an hour behind Nairobi; where no zone is, Kenya's clocks count.
        let johannesburg = try Self.place(-26.2, 28.0)
        #expect(try lines("breakdown", at: johannesburg, Self.moment(1320)).count == 1)
        #expect(try lines("breakdown", at: johannesburg, Self.moment(1320, fromUTC: 120)).count == 2)
        #expect(try lines("breakdown", at: try Self.place(51.5, 0), Self.moment(1320)).count == 2)
    }

    @Test("a holiday costs a quarter more all day, and its night not twice")
    func holiday() throws {
        let nairobi = try Self.place(-1.25, 36.75)
        // Jamhuri Day, 12 December.
        for minute in [0, 720, 1380] {
            let factors = try lines("breakdown", at: nairobi, Self.moment(minute, day: 42)).dropFirst()
            #expect(factors.count == 1 && factors.first?.hasSuffix(" 375.00") == true, "\(minute)")
        }
        #expect(try lines("breakdown", at: nairobi, Self.moment(720, day: 42)).last == "jamhuri_day 375.00")
        #expect(try lines("breakdown", at: nairobi, Self.moment(720, day: 43)).count == 1)
    }

    @Test("the surcharge of a zone stands below the factor; the documented place has none (D28)")
    func zone() throws {
        let centre = try Self.place(-1.285, 36.82)
        let lines = try lines("breakdown", at: centre, Self.moment(1380))
        #expect(lines == ["call_out 1500.00", "night 375.00", "zone 200.00"])
        #expect(try self.lines("breakdown", at: try Self.place(-1.2921, 36.8219), Self.moment(720)).count == 1)
    }

    @Test("fuel is sold at cost, at night as well")
    func fuel() throws {
        let order = JobRequirements(fuel: FuelOrder(fuel: "petrol", millilitres: 10_000))
        let night = try reference.terms(for: "fuel_delivery", order).estimate(
            at: try Self.place(-1.25, 36.75), Self.moment(0))
        let price = try #require(reference.fuel("petrol")).price(ofMillilitres: 10_000)
        #expect(night.lines.map(\.code) == ["call_out", "fuel", "night"])
        #expect(night.lines[1].amount == price)
        #expect(night.lines[2].amount.minorUnits == 25_000)
    }

    @Test("a minimum and a tax are lines of their own")
    func minimumAndTax() throws {
        let changed = try ReferenceSamples.data { file, json in
            file == .pricing ? json.with("1600.00", at: "minimum").with(1600, at: "tax_basis_points") : json
        }
        let estimate = try changed.terms(for: "breakdown").estimate()
        #expect(estimate.lines.map(\.code) == ["call_out", "minimum", "tax"])
        #expect(estimate.lines.map(\.amount.amount) == ["1500.00", "100.00", "256.00"])
        #expect(estimate.total.amount == "1856.00")
    }

    @Test("whatever the place, the hour and the rules, the total is the sum of the lines, to the cent")
    func sums() throws {
        var random = SplitMix64(seed: 46)
        for round in 0..<400 {
            let data = try ReferenceSamples.data { file, json in
                guard file == .pricing, round % 4 == 0 else { return json }
                return json.with(.int(Int64.random(in: 5000...15_000, using: &random)), at: "hours.0.basis_points")
                    .with(.int(Int64.random(in: 0...10_000, using: &random)), at: "tax_basis_points")
                    .with(.string("\(Int.random(in: 0...5000, using: &random)).37"), at: "minimum")
            }
            let type = try #require(data.types.randomElement(using: &random))
            let estimate = try data.terms(for: type.code).estimate(
                at: try Self.place(-1.285, 36.82 + Double.random(in: -0.05...0.05, using: &random)),
                Self.moment(Int.random(in: 0...1439, using: &random)),
                metresToScene: Double.random(in: 0...50_000, using: &random),
                loadedMetres: Double.random(in: 0...500_000, using: &random))
            #expect(estimate.lines.reduce(0) { $0 + $1.amount.minorUnits } == estimate.total.minorUnits)
            #expect(estimate.total.minorUnits >= data.pricing.minimum.minorUnits)

            let additions = (0..<Int.random(in: 0...5, using: &random)).map { index in
                PriceLine(
                    code: "x\(index)", title: "X",
                    amount: Money(minorUnits: Int64.random(in: 0...999_999, using: &random)))
            }
            let final = FinalPrice(
                quote: estimate.lines, additions: additions,
                taxBasisPoints: Int64.random(in: 0...10_000, using: &random), .kes)
            #expect(final.lines.reduce(0) { $0 + $1.amount.minorUnits } == final.total.minorUnits)
            #expect(final.lines.prefix(estimate.lines.count).elementsEqual(estimate.lines))
        }
    }

    @Test("what cannot be added is left out of the lines as well")
    func overflow() throws {
        let foreign = try #require(Currency(code: "USD"))
        let final = FinalPrice(
            quote: [PriceLine(code: "a", title: "A", amount: Money(minorUnits: Int64.max))],
            additions: [
                PriceLine(code: "b", title: "B", amount: Money(minorUnits: 1)),
                PriceLine(code: "c", title: "C", amount: Money(minorUnits: 5, foreign)),
            ], .kes)
        #expect(final.lines.map(\.code) == ["a"])
        #expect(final.total.minorUnits == Int64.max)
    }

    @Test(
        "a fault of the rules names its member",
        arguments: [
            ("hours.0.from_minute", 1440, "hours[0] (night) from_minute must be a whole number from 0 to 1439"),
            ("hours.0.to_minute", 1320, "hours[0] (night) to_minute must not be from_minute"),
            ("hours.0.basis_points", 15_001, "hours[0] (night) basis_points must be a whole number from 5000 to 15000"),
            ("holidays.1.code", "new_year", "holidays[1].code new_year is there twice"),
            ("holidays.0.day", 32, "holidays[0] (new_year) day must be a whole number from 1 to 31"),
            ("holidays.0.month", 13, "holidays[0] (new_year) month must be a whole number from 1 to 12"),
            (
                "zone_surcharges.0.zone", "nairobi",
                "zone_surcharges[0] zone must be the code of a zone of kind surcharge"
            ),
            ("zone_surcharges.0.amount", "0.00", "zone_surcharges[0] amount must be an amount above zero"),
            ("waiting.per_minute", 20, "waiting.per_minute must be an amount such as"),
            ("cancellation.arrived_basis_points", 10_001, "cancellation.arrived_basis_points must be a whole number"),
            ("cancellation.grace", 3, "cancellation.grace is not a known member"),
            ("minimum", nil, "minimum is missing"), ("tax_basis_points", -1, "tax_basis_points must be"),
            ("quote_seconds", 9, "quote_seconds must be a whole number from 10 to 86400"),
            ("extra_charges", [], "extra_charges must be an object"), ("currency", "USD", "currency must be KES"),
        ] as [(String, JSON?, String)])
    func faults(path: String, value: JSON?, expected: String) throws {
        let faults = try ReferenceSamples.faults(in: .pricing) { $0.with(value, at: path) }
        let isThere = faults.contains { $0.hasPrefix("pricing.json: " + expected) }
        #expect(isThere, "\(faults)")
    }

    @Test("a day that not every year has is none to be told of")
    func leapDay() throws {
        let faults = try ReferenceSamples.faults(in: .pricing) {
            $0.with(2, at: "holidays.0.month").with(29, at: "holidays.0.day")
        }
        #expect(faults == ["pricing.json: holidays[0] (new_year) day must be a day of every year's month"])
    }
}
