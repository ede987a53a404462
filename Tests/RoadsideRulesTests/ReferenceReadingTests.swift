import BSON
import RoadsideRules
import Testing

@Suite("Reading reference data (decision 29)")
struct ReferenceReadingTests {
    @Test("The files of the repository have no fault, and one currency")
    func repository() throws {
        let data = try ReferenceSamples.data()
        let versions = data.versions
        #expect(versions.text == ReferenceFile.allCases.map { "\(versions[$0])" }.joined(separator: "."))
        #expect(versions.revision >= Int64(ReferenceFile.allCases.count))
        let currencies = data.types.map(\.tariff.callOut.currency) + data.fuels.map(\.pricePerLitre.currency)
        #expect(Set(currencies) == [.kes])
        #expect(data.towClasses.map(\.code) == ["light", "heavy"])
    }

    @Test("A towing type without a tariff takes that of its capability's class")
    func classTariff() throws {
        let data = try ReferenceSamples.data()
        #expect(data.type("towing")?.tariff == data.towClasses[0].tariff)
        let own: JSON = [
            "call_out": "1.00", "free_metres": 0, "per_kilometre": "0.00", "per_loaded_kilometre": "0.00",
        ]
        let changed = try ReferenceSamples.data {
            $0 == .serviceTypes ? $1.with(own, at: "service_types.1.tariff") : $1
        }
        #expect(changed.type("towing")?.tariff.callOut.minorUnits == 100)
    }

    @Test(
        "A fault names its file, its entry and its member",
        arguments: [
            (.serviceTypes, "version", nil, "service-types.json: version is missing: it must be a whole number"),
            (.serviceTypes, "version", 0, "service-types.json: version must be a whole number from 1 to 1000000"),
            (.serviceTypes, "version", 1.5, "service-types.json: version must be a whole number"),
            (.serviceTypes, "source", "", "service-types.json: source must be a text"),
            (.serviceTypes, "currency", "kes", "service-types.json: currency must be a code of three capital letters"),
            (
                .serviceTypes, "service_types", [],
                "service-types.json: service_types must be an array with at least one"
            ),
            (
                .serviceTypes, "service_types.2", "fuel",
                "service-types.json: service_types[2] must be an object"
            ),
            (
                .serviceTypes, "service_types.2.code", "Fuel!",
                "service-types.json: service_types[2] (Fuel!) code must be a code"
            ),
            (
                .serviceTypes, "service_types.3.code", "breakdown",
                "service-types.json: service_types[3].code breakdown is there twice"
            ),
            (
                .serviceTypes, "service_types.2.family", "flying",
                "service-types.json: service_types[2] (fuel_delivery) family must be one of repair, towing, fuel"
            ),
            (
                .serviceTypes, "service_types.2.general", "yes",
                "service-types.json: service_types[2] (fuel_delivery) general must be true or false"
            ),
            (
                .serviceTypes, "service_types.2.skills", ["fuel", 7],
                "service-types.json: service_types[2] (fuel_delivery) skills must be an array of words"
            ),
            (
                .serviceTypes, "service_types.2.tariff", nil,
                "service-types.json: service_types[2] (fuel_delivery) tariff is missing"
            ),
            (
                .serviceTypes, "service_types.2.tariff.call_out", 1000,
                "service-types.json: service_types[2] (fuel_delivery) tariff.call_out must be an amount such as"
            ),
            (
                .serviceTypes, "service_types.2.tariff.call_out", "1000.0",
                "service-types.json: service_types[2] (fuel_delivery) tariff.call_out must be an amount such as"
            ),
            (
                .serviceTypes, "service_types.2.tariff.call_out", "-5.00",
                "service-types.json: service_types[2] (fuel_delivery) tariff.call_out must be an amount such as"
            ),
            (
                .serviceTypes, "service_types.2.prise", "5.00",
                "service-types.json: service_types[2] (fuel_delivery) prise is not a known member"
            ),
            (
                .fuels, "fuels.0.price_per_litre", "0.00",
                "fuels.json: fuels[0] (petrol) price_per_litre must be an amount"
            ),
            (
                .fuels, "fuels.1.capability", "fuel_petrol",
                "fuels.json: fuels[1].capability fuel_petrol is there twice"
            ),
            (
                .fuels, "fuels.1.capability", "breakdown",
                "fuels.json: fuels[1] (diesel) capability must be the fuel's own"
            ),
            (.fuels, "currency", "USD", "fuels.json: currency must be KES, as in vehicle-classes.json"),
            (
                .vehicleClasses, "vehicle_types.0.class", "feather",
                "vehicle-classes.json: vehicle_types[0] (motorcycle) class must be the code of one of the classes"
            ),
            (
                .vehicleClasses, "classes.1.includes", ["tow_air"],
                "vehicle-classes.json: classes[1].includes must be capabilities of other classes"
            ),
            (
                .vehicleClasses, "classes.1.greatest_mass_kg", 3500,
                "vehicle-classes.json: classes[1].greatest_mass_kg 3500 is there twice"
            ),
            (
                .vehicleClasses, "classes.0.licence_classes", "B",
                "vehicle-classes.json: classes[0] (light) licence_classes must be an array of words"
            ),
            (
                .vehicleClasses, "equipment.0.alternatives", ["A Winch"],
                "vehicle-classes.json: equipment[0] (dolly) alternatives must be an array, each of "
                    + "a code of at most 40 small letters, digits and underscores"
            ),
            (
                .vehicleClasses, "equipment.0.when", "raining",
                "vehicle-classes.json: equipment[0] (dolly) when must be one of wheels_locked"
            ),
        ] as [(ReferenceFile, String, JSON?, String)])
    func fault(file: ReferenceFile, path: String, value: JSON?, expected: String) throws {
        let faults = try ReferenceSamples.faults(in: file) { $0.with(value, at: path) }
        let isThere = faults.contains { $0.hasPrefix(expected) }
        #expect(isThere, "\(faults)")
    }

    @Test("All faults of all files come at once")
    func together() throws {
        do {
            _ = try ReferenceSamples.data { file, json in
                guard [.serviceTypes, .fuels, .vehicleClasses].contains(file) else { return json }
                return json.with("one", at: "version").with(
                    "free", at: file == .fuels ? "fuels.0.price_per_litre" : "currency")
            }
            Issue.record("nothing was found")
        } catch let faults as ReferenceFaults {
            #expect(
                faults.faults.map { "\($0.file) \($0.member)" }.sorted() == [
                    "fuels.json price_per_litre", "fuels.json version", "service-types.json currency",
                    "service-types.json version", "vehicle-classes.json currency", "vehicle-classes.json version",
                ])
            #expect(faults.description.hasPrefix("the reference data has 6 fault(s):\n  - "))
        }
    }

    @Test("What is no object at all is one fault a file", arguments: [JSON.null, 7, "text", []])
    func nonsense(json: JSON) throws {
        for file in ReferenceFile.allCases {
            let faults = try ReferenceSamples.faults(in: file) { _ in json }
            #expect(faults.first == "\(file.name) must be an object")
        }
    }

    @Test(
        "An amount is exactly as many decimals as its currency has",
        arguments: [
            ("1500.00", 150_000), ("0.00", 0), ("0.01", 1), ("999999999.99", 99_999_999_999), ("007.50", 750),
            ("1500", nil), ("1500.0", nil), ("1500.000", nil), ("1,500.00", nil), ("-1.00", nil), ("+1.00", nil),
            (".50", nil), ("1.", nil), ("1e3.00", nil), ("", nil), (" 1.00", nil), ("1.0O", nil), ("1.00.00", nil),
            ("1000000000.00", nil), ("١.٠٠", nil),
        ] as [(String, Int64?)])
    func amounts(text: String, minorUnits: Int64?) {
        #expect(Money(amount: text, .kes)?.minorUnits == minorUnits)
    }

    @Test("What an amount is written as is read as the same amount")
    func roundTrip() throws {
        var random = SplitMix64(seed: 11)
        for scale in 0...4 {
            let currency = try #require(Currency(code: "XTS", scale: scale))
            for _ in 0..<200 {
                let money = Money(minorUnits: Int64.random(in: 0...99_999_999, using: &random), currency)
                #expect(Money(amount: money.amount, currency) == money)
            }
        }
    }
}
