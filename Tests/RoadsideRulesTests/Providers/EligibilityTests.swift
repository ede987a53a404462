import BSON
import FoundationEssentials
import Testing

@testable import RoadsideRules

@Suite("Who may be asked about a job (domain §4.5.1)")
struct EligibilityTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    private static func provider(_ change: (inout ProviderFacts) -> Void = { _ in }) -> ProviderFacts {
        var facts = ProviderFacts(
            isVerified: true, isActive: true, availability: .available, capabilities: ["tow_light", "tow_heavy"])
        change(&facts)
        return facts
    }

    private static func licence(_ classes: Set<String>, days: Double = 100) -> Licence {
        Licence(
            classes: classes, number: "DL-1234567", expiresOn: "", expiresAt: now.addingTimeInterval(days * 86_400))
    }

    /// What the repository's reference data asks of a tow.
    private static func need(
        _ capability: String = "tow_light", massKg: Int64? = nil, locked: Bool = false
    ) throws -> JobNeed {
        let tow = TowNeed(vehicleType: "saloon", massKg: massKg, wheelsLocked: locked)
        return try ReferenceSamples.data().need(capability, JobRequirements(tow: tow), dutyLimit: 720)
    }

    private static func reasons(_ facts: ProviderFacts, _ need: JobNeed) -> [Exclusion] {
        EligibilityRules.exclusions(facts, for: need, at: now)
    }

    @Test("who has told nothing of papers, truck and tools is asked, for whatever his skills are good for")
    func unknown() throws {
        for capability in ["tow_light", "tow_heavy"] {
            let need = try Self.need(capability, massKg: 20_000, locked: true)
            #expect(Self.reasons(Self.provider(), need) == [])
        }
    }

    @Test(
        "a licence: one of the classes that the truck takes",
        arguments: [
            (["B"], "tow_light", []), (["b"], "tow_light", []), (["C"], "tow_light", []),
            (["A"], "tow_light", [.licence]),
            (["B"], "tow_heavy", [.licence]), (["C1"], "tow_heavy", [.licence]), (["B", "CE"], "tow_heavy", []),
            ([], "tow_light", [.licence]),
        ] as [(Set<String>, String, [Exclusion])])
    func licences(classes: Set<String>, capability: String, expected: [Exclusion]) throws {
        let facts = Self.provider { $0.licence = Self.licence(classes) }
        #expect(Self.reasons(facts, try Self.need(capability)) == expected)
    }

    @Test("a licence that has run out keeps him from every job, one of the wrong class only from tows")
    func expiry() throws {
        let repair = JobNeed(capability: "tow_light")
        let expired = Self.provider { $0.licence = Self.licence(["B"], days: -1) }
        #expect(Self.reasons(expired, repair) == [.licenceExpired])
        #expect(Self.reasons(expired, try Self.need("tow_heavy")) == [.licence, .licenceExpired])
        let lastMoment = Self.provider { $0.licence = Self.licence(["A"], days: 0) }
        #expect(Self.reasons(lastMoment, repair) == [.licenceExpired])
        #expect(Self.reasons(Self.provider { $0.licence = Self.licence(["A"]) }, repair) == [])
    }

    @Test(
        "the truck he is in: by its class, and by kilograms where both are known",
        arguments: [
            (TruckFacts(towClass: "light"), "tow_light", nil, true),
            (TruckFacts(towClass: "heavy"), "tow_light", nil, true),
            (TruckFacts(towClass: "light"), "tow_heavy", nil, false), (TruckFacts(), "tow_light", nil, false),
            (TruckFacts(towClass: "light", capacityKg: 2000), "tow_light", 2000, true),
            (TruckFacts(towClass: "light", capacityKg: 2000), "tow_light", 2001, false),
            (TruckFacts(towClass: "light", capacityKg: 2000), "tow_light", nil, true),
            (TruckFacts(towClass: "light"), "tow_light", 3400, true),
            (TruckFacts(capacityKg: 9000), "tow_light", 1000, false),
        ] as [(TruckFacts, String, Int64?, Bool)])
    func trucks(truck: TruckFacts, capability: String, mass: Int64?, fits: Bool) throws {
        let facts = Self.provider { $0.truck = truck }
        #expect(Self.reasons(facts, try Self.need(capability, massKg: mass)) == (fits ? [] : [.towCapacity]))
        #expect(Self.reasons(facts, JobNeed(capability: "tow_light")) == [], "no tow, no truck")
    }

    @Test(
        "locked wheels take a dolly or a winch, his own or the truck's",
        arguments: [
            (nil, nil, true, true), ([], nil, true, false), (["dolly"], nil, true, true), (["winch"], nil, true, true),
            (nil, [], true, false), (nil, ["winch"], true, true), ([], ["dolly"], true, true),
            (["dolly"], [], true, true),
            (["chain"], ["rope"], true, false), ([], [], false, true),
        ] as [(Set<String>?, Set<String>?, Bool, Bool)])
    func equipment(own: Set<String>?, truck: Set<String>?, locked: Bool, suffices: Bool) throws {
        let facts = Self.provider {
            $0.equipment = own
            $0.truck = truck.map { TruckFacts(towClass: "heavy", equipment: $0) }
        }
        #expect(Self.reasons(facts, try Self.need(locked: locked)) == (suffices ? [] : [.equipment]))
    }

    @Test("out of shift and out of hours")
    func hours() {
        let need = JobNeed(capability: "tow_light")
        let (day, minute) = MarketCalendar.kenya.weekMinute(Self.now)
        let off = Self.provider {
            $0.shifts.shifts = [Shift(days: [day], from: minute + 1, to: minute + 2)].compactMap(\.self)
        }
        #expect(Self.reasons(off, need) == [.offShift])
        let tired = Self.provider { $0.duty.since = Self.now.addingTimeInterval(-12 * 3600) }
        #expect(Self.reasons(tired, need) == [.dutyHours])
        #expect(Self.reasons(tired, JobNeed(capability: "tow_light", dutyLimit: 1440)) == [])
    }

    @Test("everything against one provider, in the order of the words")
    func all() throws {
        let (day, minute) = MarketCalendar.kenya.weekMinute(Self.now)
        let facts = ProviderFacts(
            isVerified: false, isActive: false, availability: .busy, capabilities: [],
            shifts: ShiftPlan([Shift(days: [day % 7 + 1], from: minute, to: minute + 1)].compactMap(\.self)),
            duty: DutyLog(since: .distantPast), licence: Self.licence(["A"], days: -1), truck: TruckFacts(),
            equipment: [])
        let reasons = Self.reasons(facts, try Self.need(locked: true))
        #expect(
            reasons == [
                .notApproved, .switchedOff, .busy, .offShift, .dutyHours, .capability, .licence, .licenceExpired,
                .towCapacity, .equipment,
            ])
        let order = reasons.map { reason in Exclusion.allCases.firstIndex(of: reason) ?? -1 }
        #expect(order == order.sorted())
        let words = Set(Exclusion.allCases.map(\.rawValue))
        #expect(words.count == Exclusion.allCases.count)
    }

    @Test("more papers, a greater truck, more tools never make somebody less eligible")
    func monotone() throws {
        var random = SplitMix64(seed: 11)
        let (papers, tools) = (["A", "B", "C1", "C", "CE"], ["dolly", "winch", "chain"])
        func some(_ words: [String]) -> Set<String> { Set(words.filter { _ in random.happens(percent: 40) }) }
        for _ in 0..<3000 {
            let need = try Self.need(
                random.happens(percent: 50) ? "tow_light" : "tow_heavy", massKg: Int64(random.within(500...30_000)),
                locked: random.happens(percent: 50))
            let less = Self.provider {
                $0.licence = Self.licence(some(papers))
                $0.truck = TruckFacts(
                    towClass: random.pick(["light", nil]) ?? nil, capacityKg: Int64(random.within(500...30_000)),
                    equipment: some(tools))
                $0.equipment = some(tools)
            }
            var more = less
            more.licence?.classes.formUnion(some(papers))
            more.equipment?.formUnion(some(tools))
            more.truck?.towClass = "heavy"
            more.truck?.capacityKg? += Int64(random.within(0...9000))
            #expect(Set(Self.reasons(more, need)).isSubset(of: Self.reasons(less, need)))
        }
    }

    @Test("positions: none, a base, a live one, and one that is old after 90 seconds (domain §4.4)")
    func presence() {
        #expect(Presence(hasPosition: false, fixAt: nil, at: Self.now) == .unknown)
        #expect(Presence(hasPosition: true, fixAt: nil, at: Self.now) == .base)
        #expect(Presence(hasPosition: true, fixAt: Self.now.addingTimeInterval(-90), at: Self.now) == .live)
        #expect(Presence(hasPosition: true, fixAt: Self.now.addingTimeInterval(-90.001), at: Self.now) == .stale)
    }

    @Test("others see the end of a licence's number, and nothing of a short one")
    func masked() {
        #expect(Licence.masked(number: "DL-0012678") == "•••678")
        #expect(Licence.masked(number: "123456") == "•••")
        #expect(Licence.normalized(" c 1 ") == "C1")
    }
}
