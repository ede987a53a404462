import BSON
import RoadsideRules
import Testing

@Suite("Service types and what providers can do")
struct ServiceTypeTests {
    private let reference: ReferenceData

    init() throws { reference = try ReferenceSamples.data() }

    @Test("The seven types are there, in order (D29)")
    func catalogue() {
        #expect(
            reference.types.map(\.code) == [
                "breakdown", "towing", "fuel_delivery", "tyre_change", "battery_jump", "lockout", "mechanic_dispatch",
            ])
        for type in reference.types {
            #expect(type.tariff.callOut.minorUnits > 0)
            #expect(type.needsDestination == (type.code == "towing"))
            #expect(!type.title.isEmpty)
        }
    }

    @Test("A type is found in any spelling of its word")
    func lookup() {
        #expect(reference.type("Fuel Delivery")?.code == "fuel_delivery")
        #expect(reference.type(" TYRE-change ")?.family == .repair)
        #expect(reference.type("teleport") == nil)
        #expect(reference.type("") == nil)
    }

    static let generalMechanic = [
        "battery_jump", "breakdown", "fuel_delivery", "fuel_diesel", "fuel_petrol", "lockout", "tyre_change",
    ]

    @Test(
        "A provider's own words become capabilities (K17)",
        arguments: [
            (["engine", "electrical"], ["battery_jump", "breakdown"]),
            (["Engine"], ["breakdown"]),
            (["tyres"], ["tyre_change"]),
            (["Tires", "battery"], ["battery_jump", "tyre_change"]),
            (["towing"], ["tow_light"]),
            (["Heavy Towing"], ["tow_heavy", "tow_light"]),
            (["fuel"], ["fuel_delivery", "fuel_diesel", "fuel_petrol"]),
            (["lockout"], ["lockout"]),
            (["general"], generalMechanic),
            (["engine", "astrology"], ["breakdown"]),
            ([], generalMechanic),
            (["astrology", ""], generalMechanic),
        ])
    func capabilities(words: [String], expected: [String]) {
        #expect(reference.capabilities.from(specializations: words).sorted() == expected)
    }

    @Test(
        "Whoever says which fuels he carries carries those, and brings fuel",
        arguments: [
            (["fuel"], ["petrol"], ["fuel_delivery", "fuel_petrol"]),
            (["fuel"], ["Diesel", "petrol"], ["fuel_delivery", "fuel_diesel", "fuel_petrol"]),
            (["towing"], ["diesel"], ["fuel_delivery", "fuel_diesel", "tow_light"]),
            (["fuel"], ["rocket"], ["fuel_delivery"]),
            ([], ["petrol"], generalMechanic.filter { $0 != "fuel_diesel" }),
        ])
    func carrying(words: [String], fuels: [String], expected: [String]) {
        #expect(reference.capabilities.from(specializations: words, carrying: fuels).sorted() == expected)
    }

    @Test("Every service type's own word makes a provider who suits it")
    func ownWords() {
        for type in reference.types {
            let own = reference.capabilities.from(specializations: [type.code])
            #expect(own.contains(type.capability), "\(type.code)")
        }
    }

    @Test("A mechanic nobody knows anything of is offered repairs, not tows")
    func general() throws {
        let unknown = reference.capabilities.from(specializations: [])
        for type in reference.types { #expect(unknown.contains(type.capability) == (type.family != .towing)) }
    }

    @Test("One entry in the file is a new type with its own words and price, and nothing else is")
    func newEntry() throws {
        let entry: JSON = [
            "code": "winching", "title": "Winching", "family": "repair", "capability": "winch_out",
            "skills": ["Winch-out", "off road"], "general": false, "needs_destination": false,
            "tariff": [
                "call_out": "2500.50", "free_metres": 0, "per_kilometre": "60.00", "per_loaded_kilometre": "0.00",
            ],
        ]
        let grown = try ReferenceSamples.data { file, json in
            file == .serviceTypes ? json.with(entry, at: "service_types.7").with(999, at: "version") : json
        }
        #expect(grown.versions[.serviceTypes] == 999)
        #expect(grown.versions.text.hasPrefix("999.\(reference.versions[.fuels])."))
        #expect(grown.types.map(\.code) == reference.types.map(\.code) + ["winching"])
        for words in [["winching"], ["winch out"], ["Off-Road"]] {
            #expect(grown.capabilities.from(specializations: words) == ["winch_out"])
        }
        #expect(try grown.terms(for: "Winching").capability == "winch_out")
        #expect(try grown.terms(for: "winching").estimate().total == Money(minorUnits: 250_050))
        #expect(grown.capabilities.general == reference.capabilities.general)
    }
}
