import RoadsideRules
import Testing

@Suite("Service types and what providers can do")
struct ServiceTypeTests {
    @Test("The seven types are there, in order (D29)")
    func catalogue() {
        #expect(
            ServiceTypes.standard.codes == [
                "breakdown", "towing", "fuel_delivery", "tyre_change", "battery_jump", "lockout", "mechanic_dispatch",
            ])
        for type in ServiceTypes.standard.all {
            #expect(Capabilities.all.contains(type.capability))
            #expect(type.callOutMinor > 0)
            #expect(type.needsDestination == (type.code == "towing"))
            #expect(!type.title.isEmpty)
        }
    }

    @Test("A type is found in any spelling of its word")
    func lookup() {
        #expect(ServiceTypes.standard["Fuel Delivery"]?.code == "fuel_delivery")
        #expect(ServiceTypes.standard[" TYRE-change "]?.family == .repair)
        #expect(ServiceTypes.standard["teleport"] == nil)
        #expect(ServiceTypes.standard[""] == nil)
    }

    @Test(
        "A provider's own words become capabilities (K17)",
        arguments: [
            (["engine", "electrical"], ["battery_jump", "breakdown"]),
            (["Engine"], ["breakdown"]),
            (["tyres"], ["tyre_change"]),
            (["Tires", "battery"], ["battery_jump", "tyre_change"]),
            (["towing"], ["tow_light"]),
            (["Heavy Towing"], ["tow_heavy", "tow_light"]),
            (["fuel"], ["fuel_delivery"]),
            (["lockout"], ["lockout"]),
            (["general"], ["battery_jump", "breakdown", "fuel_delivery", "lockout", "tyre_change"]),
            (["engine", "astrology"], ["breakdown"]),
            ([], ["battery_jump", "breakdown", "fuel_delivery", "lockout", "tyre_change"]),
            (["astrology", ""], ["battery_jump", "breakdown", "fuel_delivery", "lockout", "tyre_change"]),
        ])
    func capabilities(words: [String], expected: [String]) {
        #expect(Capabilities.from(specializations: words).sorted() == expected)
    }

    @Test("Every service type's own word makes a provider who suits it")
    func ownWords() {
        for type in ServiceTypes.standard.all {
            #expect(type.suits(Capabilities.from(specializations: [type.code])), "\(type.code)")
        }
    }

    @Test("A mechanic nobody knows anything of is offered repairs, not tows")
    func general() throws {
        let unknown = Capabilities.from(specializations: [])
        for type in ServiceTypes.standard.all { #expect(type.suits(unknown) == (type.family != .towing)) }
    }
}
