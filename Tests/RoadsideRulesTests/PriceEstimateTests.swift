import RoadsideRules
import Testing

@Suite("Price estimates (domain §4.6)")
struct PriceEstimateTests {
    private let reference: ReferenceData

    init() throws { reference = try ReferenceSamples.data() }

    private func type(_ code: String) throws -> ServiceType { try #require(reference.type(code)) }

    private func codes(_ estimate: PriceEstimate) -> [String] { estimate.lines.map(\.code) }

    @Test("A breakdown near by costs the 1500 shillings of the document (D28)")
    func sample() throws {
        let estimate = PriceEstimate(for: try type("breakdown"))
        #expect(estimate.total == Money(minorUnits: 150_000))
        #expect(estimate.total.currency.code == "KES")
        #expect(codes(estimate) == ["call_out"])
        #expect(PriceEstimate(for: try type("breakdown"), metresToScene: 5000).total == estimate.total)
    }

    @Test("Kilometres beyond the free ones are paid, to the metre, rounded once")
    func distance() throws {
        let breakdown = try type("breakdown")
        let estimate = PriceEstimate(for: breakdown, metresToScene: 7500)
        #expect(codes(estimate) == ["call_out", "distance"])
        #expect(estimate.lines[1].amount.minorUnits == 12_500)
        #expect(estimate.total.minorUnits == 162_500)
        #expect(PriceEstimate(for: breakdown, metresToScene: 5001).total.minorUnits == 150_005)
        #expect(PriceEstimate(for: breakdown, metresToScene: 5000.4).total.minorUnits == 150_000)
    }

    @Test("A tow pays its loaded kilometres, other help does not")
    func loaded() throws {
        let tow = PriceEstimate(for: try type("towing"), metresToScene: 1000, loadedMetres: 12_345)
        #expect(codes(tow) == ["call_out", "loaded_distance"])
        #expect(tow.total.minorUnits == 150_000 + 61_725)
        #expect(codes(PriceEstimate(for: try type("lockout"), loadedMetres: 12_345)) == ["call_out"])
    }

    @Test("Factors apply in order to the sum above them, each rounded once")
    func factors() throws {
        let night = PriceFactor(code: "night", title: "Night", basisPoints: 12_500)
        let member = PriceFactor(code: "member", title: "Member", basisPoints: 9_000)
        let estimate = PriceEstimate(for: try type("breakdown"), metresToScene: 5001, factors: [night, member])
        #expect(estimate.lines.map(\.amount.minorUnits) == [150_000, 5, 37_501, -18_751])
        #expect(estimate.total.minorUnits == 168_755)
        let none = PriceFactor(code: "none", title: "None", basisPoints: 10_000)
        #expect(codes(PriceEstimate(for: try type("breakdown"), factors: [none])) == ["call_out"])
        let free = PriceFactor(code: "free", title: "Free", basisPoints: -5)
        #expect(PriceEstimate(for: try type("breakdown"), factors: [free]).total.minorUnits == 0)
    }

    @Test("The total is the sum of the lines, whatever comes in")
    func sums() throws {
        var random = SplitMix64(seed: 7)
        for _ in 0..<1_000 {
            let type = try #require(reference.types.randomElement(using: &random))
            let factors = (0..<Int.random(in: 0...3, using: &random)).map { index in
                PriceFactor(
                    code: "f\(index)", title: "F", basisPoints: Int64.random(in: 0...20_000, using: &random))
            }
            let estimate = PriceEstimate(
                for: type, metresToScene: Double.random(in: -10...100_000, using: &random),
                loadedMetres: Double.random(in: -10...500_000, using: &random), factors: factors)
            #expect(estimate.lines.reduce(0) { $0 + $1.amount.minorUnits } == estimate.total.minorUnits)
            #expect(estimate.total.minorUnits >= 0)
        }
    }

    @Test("Distances that are none cost nothing", arguments: [-1.0, Double.nan, -Double.infinity])
    func nonsense(metres: Double) throws {
        #expect(PriceEstimate(for: try type("breakdown"), metresToScene: metres).total.minorUnits == 150_000)
        _ = PriceEstimate(for: try type("towing"), metresToScene: .infinity, loadedMetres: .greatestFiniteMagnitude)
    }
}
