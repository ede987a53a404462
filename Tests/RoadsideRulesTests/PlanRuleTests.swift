import BSON
import RoadsideRules
import Testing

@Suite("Search plans by service and zone (domain 4.5.3)")
struct PlanRuleTests {
    private static let nairobi = GeoPoint(latitude: -1.2921, longitude: 36.8219)
    private static let nowhere = GeoPoint(latitude: 10, longitude: 10)

    private func data(_ plans: JSON) throws -> ReferenceData {
        try ReferenceSamples.data { $0 == .dispatch ? $1.with(plans, at: "plans") : $1 }
    }

    @Test("The repository's own: tow trucks are looked for farther out, all else as the settings say")
    func repository() throws {
        let data = try ReferenceSamples.data()
        let here = try #require(Self.nairobi)
        let tow = data.plan(for: "towing", at: here, over: .broadcast)
        #expect(tow.code == "towing" && tow.plan.startKm == 15 && tow.plan.maxKm == 35)
        #expect(tow.plan.searchSeconds == SearchPlan.broadcast.searchSeconds)
        let other = data.plan(for: "breakdown", at: here, over: .broadcast)
        #expect(other.code == "settings" && other.plan == .broadcast)
        #expect(data.weights == .standard)
    }

    @Test("The first rule that fits counts, by type and by zone; what it does not name stays")
    func order() throws {
        let data = try data([
            [
                "code": "town_fuel", "services": ["fuel_delivery"], "zones": ["nairobi"], "mode": "cascade",
                "offer_seconds": 20,
            ],
            ["code": "fuel", "services": ["fuel_delivery"], "zones": [], "mode": "auto"],
            ["code": "town", "services": [], "zones": ["nairobi"], "batch": 3, "fan_out": 6, "stagger_seconds": 0],
        ])
        let (here, there) = (try #require(Self.nairobi), try #require(Self.nowhere))
        let base = SearchPlan.broadcast
        let town = data.plan(for: "fuel_delivery", at: here, over: base)
        #expect(town.code == "town_fuel" && town.plan.mode == .cascade && town.plan.offerSeconds == 20)
        #expect(town.plan.startKm == base.startKm && town.plan.ringSeconds == base.ringSeconds)
        #expect(data.plan(for: "fuel_delivery", at: there, over: base).plan.mode == .auto)
        let breakdown = data.plan(for: "breakdown", at: here, over: base).plan
        #expect(breakdown.batch == 3 && breakdown.allowance(0) == 6)
        #expect(data.plan(for: "breakdown", at: there, over: base).code == "settings")
        let quick = data.plan(for: "fuel_delivery", at: here, over: base.scaled(by: 0.1), factor: 0.1).plan
        #expect(quick.offerSeconds == 2 && quick.ringSeconds == 3)
    }

    @Test("Plans for types and zones that there are not, and numbers out of range, are faults")
    func faults() throws {
        let cases: [(JSON, String)] = [
            (["code": "x", "services": ["dancing"], "zones": []], "services must be codes of service types"),
            (["code": "x", "services": [], "zones": ["nairobi_centre"]], "zones must be codes of service areas"),
            (["code": "x", "services": [], "zones": [], "batch": 6], "batch must be a whole number from 1 to 5"),
            (["code": "x", "services": [], "zones": [], "mode": "shout"], "mode must be one of"),
            (["code": "x", "services": [], "zones": [], "speed": 1], "speed is not a known member"),
        ]
        for (plan, expected) in cases {
            let faults = try ReferenceSamples.faults(in: .dispatch) { $0.with([plan], at: "plans") }
            #expect(faults.count == 1 && faults[0].contains(expected), "\(faults)")
        }
    }
}
