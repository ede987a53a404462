import BSON
import RoadsideRules
import Testing

@Suite("What a request needs and costs")
struct JobTermsTests {
    private let reference: ReferenceData

    /// With a price of its own, for that of the repository changes every month.
    init() throws {
        reference = try ReferenceSamples.data { $0 == .fuels ? $1.with("171.47", at: "fuels.1.price_per_litre") : $1 }
    }

    private func fuel(_ code: String, _ millilitres: Int64) -> JobRequirements {
        JobRequirements(fuel: FuelOrder(fuel: code, millilitres: millilitres))
    }

    private func tow(_ vehicle: String, mass: Int64? = nil, locked: Bool = false) -> JobRequirements {
        JobRequirements(tow: TowNeed(vehicleType: vehicle, massKg: mass, wheelsLocked: locked))
    }

    private func refused(_ code: String, _ requirements: JobRequirements) -> [String]? {
        do {
            _ = try reference.terms(for: code, requirements)
            return nil
        } catch {
            return error.issues.map(\.field)
        }
    }

    @Test("Fuel needs one who carries it, and is priced to the millilitre, a half up (F3)")
    func fuelOrder() throws {
        let terms = try reference.terms(for: "fuel_delivery", fuel("Diesel", 10_001))
        #expect(terms.capability == "fuel_diesel")
        #expect(terms.requirements == fuel("diesel", 10_001))
        #expect(terms.pricesVersion == reference.versions.text)
        // 171.47 × 10.001 = 1714.87147
        #expect(terms.estimate().lines.map(\.code) == ["call_out", "fuel"])
        #expect(terms.estimate().lines.map(\.amount.amount) == ["1000.00", "1714.87"])
        #expect(terms.estimate().total.amount == "2714.87")
    }

    @Test(
        "An order outside 1 to 60 litres, or of an unknown fuel, is refused with every reason (F3)",
        arguments: [
            ("petrol", 999, ["litres"]), ("petrol", 60_001, ["litres"]), ("petrol", -5, ["litres"]),
            ("water", 5000, ["fuel"]), ("", 0, ["fuel", "litres"]), ("petrol", Int64.max, ["litres"]),
        ] as [(String, Int64, [String])])
    func badOrder(code: String, millilitres: Int64, fields: [String]) {
        #expect(refused("fuel_delivery", fuel(code, millilitres)) == fields)
    }

    @Test(
        "The vehicle decides on the truck (F4)",
        arguments: [
            ("saloon", nil, "tow_light", "1500.00"), ("motorcycle", 200, "tow_light", "1500.00"),
            ("SUV", 3500, "tow_light", "1500.00"), ("van", 3501, "tow_heavy", "3000.00"),
            ("lorry", nil, "tow_heavy", "3000.00"), ("bus", 2000, "tow_heavy", "3000.00"),
            ("lorry", 30_000, "tow_heavy", "3000.00"),
        ] as [(String, Int64?, String, String)])
    func truck(vehicle: String, mass: Int64?, capability: String, callOut: String) throws {
        let terms = try reference.terms(for: "towing", tow(vehicle, mass: mass))
        #expect(terms.capability == capability)
        #expect(terms.estimate().total.amount == callOut)
    }

    @Test("Locked wheels need a dolly; loaded kilometres cost what the class says (domain §4.6)")
    func lines() throws {
        let light = try reference.terms(for: "towing", tow("saloon", locked: true)).estimate(loadedMetres: 10_000)
        #expect(light.lines.map(\.code) == ["call_out", "loaded_distance", "dolly"])
        #expect(light.lines.map(\.amount.amount) == ["1500.00", "500.00", "500.00"])
        let heavy = try reference.terms(for: "towing", tow("lorry")).estimate(loadedMetres: 10_000)
        #expect(heavy.lines.map(\.amount.amount) == ["3000.00", "1500.00"])
    }

    @Test("A vehicle nobody knows or lifts is refused")
    func badNeed() {
        #expect(refused("towing", tow("submarine")) == ["vehicle_type"])
        #expect(refused("towing", tow("lorry", mass: 30_001)) == ["mass_kg"])
        #expect(refused("towing", tow("saloon", mass: 0)) == ["mass_kg"])
        #expect(refused("teleport", JobRequirements()) == ["service_type"])
    }

    @Test("Requirements of another family are left out, and none are needed")
    func strangers() throws {
        let both = JobRequirements(fuel: FuelOrder(fuel: "water", millilitres: 1), tow: TowNeed(vehicleType: "tank"))
        let breakdown = try reference.terms(for: "breakdown", both)
        #expect(breakdown.requirements.isEmpty && breakdown.capability == "breakdown")
        #expect(try reference.terms(for: "fuel_delivery").capability == "fuel_delivery")
        #expect(try reference.terms(for: "towing").capability == "tow_light")
        #expect(try reference.terms(for: "towing").estimate().total.amount == "1500.00")
    }

    @Test("Whatever is asked for, the total is the sum of the lines, exact and never less than the call-out")
    func sums() throws {
        var random = SplitMix64(seed: 23)
        for _ in 0..<2_000 {
            let type = try #require(reference.types.randomElement(using: &random))
            let order = FuelOrder(
                fuel: try #require(reference.fuels.randomElement(using: &random)).code,
                millilitres: Int64.random(in: FuelOrder.millilitreLimits, using: &random))
            let need = TowNeed(
                vehicleType: try #require(reference.vehicleTypes.randomElement(using: &random)).code,
                massKg: Bool.random(using: &random) ? Int64.random(in: 1...30_000, using: &random) : nil,
                wheelsLocked: Bool.random(using: &random))
            let terms = try reference.terms(for: type.code, JobRequirements(fuel: order, tow: need))
            let metres = Double.random(in: 0...1_000_000, using: &random)
            let estimate = terms.estimate(
                metresToScene: Double.random(in: 0...50_000, using: &random), loadedMetres: metres)
            #expect(estimate.lines.reduce(0) { $0 + $1.amount.minorUnits } == estimate.total.minorUnits)
            #expect(estimate.lines.first?.code == "call_out")
            #expect(estimate.total.minorUnits >= estimate.lines[0].amount.minorUnits)
            if let line = estimate.lines.first(where: { $0.code == "fuel" }) {
                // Within half a minor unit of the exact product: twice the difference is at most the divisor.
                let price = try #require(reference.fuel(order.fuel)).pricePerLitre.minorUnits
                let difference = line.amount.minorUnits * 1000 - price * order.millilitres
                #expect((-499...500).contains(difference), "\(price) × \(order.millilitres)")
            }
        }
    }

    @Test("More fuel never costs less")
    func monotone() throws {
        let petrol = try #require(reference.fuel("petrol"))
        var last = Money(minorUnits: 0)
        for amount in stride(from: Int64(1000), through: 60_000, by: 7) {
            let price = petrol.price(ofMillilitres: amount)
            #expect(price.minorUnits >= last.minorUnits)
            last = price
        }
    }
}
