public import BSON

/// A file of the reference data: its key in the database is its name without the ending.
public enum ReferenceFile: String, CaseIterable, Sendable {
    case serviceTypes = "service-types"
    case fuels
    case vehicleClasses = "vehicle-classes"
    case zones
    case dispatch
    case pricing

    public var name: String { "\(rawValue).json" }
}

extension ReferenceData {
    /// Makes one set of all files.
    ///
    /// - Parameter file: the content of each.
    /// - Throws: ``ReferenceFaults`` with everything that is wrong with any of them.
    public init(reading file: (ReferenceFile) -> JSON) throws(ReferenceFaults) {
        var reading = Reading()
        let vehicles = reading.vehicles(file(.vehicleClasses))
        let services = reading.services(file(.serviceTypes), classes: vehicles.classes)
        let fuels = reading.fuels(file(.fuels), types: services.types)
        let zones = reading.zones(file(.zones))
        let dispatch = reading.dispatch(file(.dispatch), types: services.types, zones: zones.zones)
        let pricing = reading.pricing(file(.pricing), zones: zones.zones)
        reading.judgeCurrencies()
        guard reading.faults.isEmpty else { throw ReferenceFaults(reading.faults) }
        self.init(
            versions: Versions([
                .serviceTypes: services.version, .fuels: fuels.version, .vehicleClasses: vehicles.version,
                .zones: zones.version, .dispatch: dispatch.version, .pricing: pricing.version,
            ]),
            types: services.types, generalSkills: services.generalSkills, fuels: fuels.fuels,
            towClasses: vehicles.classes, vehicleTypes: vehicles.types, equipment: vehicles.equipment,
            zones: zones.zones, pricing: pricing.rules, plans: dispatch.plans, weights: dispatch.weights)
    }

    /// The version a file claims, if it is one.
    public static func version(of json: JSON) -> Int64? {
        guard case .int(let version)? = json["version"], versionRange.contains(version) else { return nil }
        return version
    }

    fileprivate static let versionRange: ClosedRange<Int64> = 1...1_000_000
}

/// The files being read, and every fault met on the way.
private struct Reading {
    var faults: [ReferenceFault] = []
    private var currencies: [(file: ReferenceFile, currency: Currency)] = []

    mutating func services(_ json: JSON, classes: [TowClass]) -> (
        version: Int64, generalSkills: [String], types: [ServiceType]
    ) {
        var file = ReferenceEntry(json, file: ReferenceFile.serviceTypes.name)
        let (version, currency) = head(&file, .serviceTypes)
        let generalSkills = file.words("general_skills")
        let types = file.entries("service_types") { entry in
            let capability = entry.code("capability")
            // Written once: what a class of trucks costs is not repeated for the type that sends one.
            let classTariff = classes.first { $0.capability == capability }?.tariff
            let tariff =
                classTariff != nil && !entry.has("tariff")
                ? classTariff : entry.object("tariff") { Self.tariff(&$0, currency) }
            return ServiceType(
                code: entry.code("code"), title: entry.text("title"), family: entry.word("family", or: .repair),
                capability: capability, skills: entry.words("skills"), isGeneral: entry.flag("general"),
                needsDestination: entry.flag("needs_destination"), tariff: tariff ?? .nothing(currency))
        }
        judgeUnique(types.map(\.code), "service_types", &file)
        faults += file.finish()
        return (version, generalSkills, types)
    }

    mutating func fuels(_ json: JSON, types: [ServiceType]) -> (version: Int64, fuels: [Fuel]) {
        var file = ReferenceEntry(json, file: ReferenceFile.fuels.name)
        let (version, currency) = head(&file, .fuels)
        let taken = Set(types.map(\.capability))
        let fuels = file.entries("fuels") { entry in
            let fuel = Fuel(
                code: entry.code("code"), title: entry.text("title"), capability: entry.code("capability"),
                pricePerLitre: entry.amount("price_per_litre", currency, positive: true))
            if taken.contains(fuel.capability) {
                entry.fault("capability", "must be the fuel's own, not a service type's")
            }
            return fuel
        }
        judgeUnique(fuels.map(\.code), "fuels", &file)
        judgeUnique(fuels.map(\.capability), "fuels", &file, member: "capability")
        faults += file.finish()
        return (version, fuels)
    }

    mutating func vehicles(_ json: JSON) -> (
        version: Int64, classes: [TowClass], types: [VehicleType], equipment: [Equipment]
    ) {
        var file = ReferenceEntry(json, file: ReferenceFile.vehicleClasses.name)
        let (version, currency) = head(&file, .vehicleClasses)
        let classes = file.entries("classes") { entry in
            TowClass(
                code: entry.code("code"), title: entry.text("title"), capability: entry.code("capability"),
                includes: entry.codes("includes"), skills: entry.words("skills"),
                greatestMassKg: entry.whole("greatest_mass_kg", in: 1...1_000_000),
                // Came with a later version of the file than others.
                licenceClasses: entry.has("licence_classes") ? Set(entry.words("licence_classes")) : [],
                tariff: entry.object("tariff") { Self.tariff(&$0, currency) } ?? .nothing(currency))
        }
        judgeUnique(classes.map(\.code), "classes", &file)
        judgeUnique(classes.map(\.capability), "classes", &file, member: "capability")
        judgeUnique(classes.map { String($0.greatestMassKg) }, "classes", &file, member: "greatest_mass_kg")
        for (index, tow) in classes.enumerated() where !Set(tow.includes).isSubset(of: classes.map(\.capability)) {
            file.fault("classes[\(index)].includes", "must be capabilities of other classes")
        }
        let types = file.entries("vehicle_types") { entry in
            let type = VehicleType(
                code: entry.code("code"), title: entry.text("title"), towClass: entry.code("class"))
            if !type.towClass.isEmpty, !classes.contains(where: { $0.code == type.towClass }) {
                entry.fault("class", "must be the code of one of the classes")
            }
            return type
        }
        judgeUnique(types.map(\.code), "vehicle_types", &file)
        let equipment = file.entries("equipment", canBeEmpty: true) { entry in
            Equipment(
                code: entry.code("code"), title: entry.text("title"), occasion: entry.word("when", or: .wheelsLocked),
                price: entry.amount("amount", currency, positive: true),
                alternatives: entry.has("alternatives") ? entry.codes("alternatives") : [])
        }
        judgeUnique(equipment.map(\.code), "equipment", &file)
        faults += file.finish()
        return (version, classes, types, equipment)
    }

    mutating func zones(_ json: JSON) -> (version: Int64, zones: [Zone]) {
        var file = ReferenceEntry(json, file: ReferenceFile.zones.name)
        let version = head(&file)
        let zones = file.entries("zones", canBeEmpty: true) { entry in
            Zone(
                code: entry.code("code"), title: entry.text("title"), kind: entry.word("kind", or: .serviceArea),
                priority: entry.whole("priority", in: 0...1000),
                calendar: MarketCalendar(minutesFromUTC: Int(entry.whole("minutes_from_utc", in: -720...840))),
                corners: entry.corners("corners"))
        }
        judgeUnique(zones.map(\.code), "zones", &file)
        faults += file.finish()
        return (version, zones)
    }

    mutating func dispatch(
        _ json: JSON, types: [ServiceType], zones: [Zone]
    ) -> (version: Int64, plans: [PlanRule], weights: RankWeights) {
        var file = ReferenceEntry(json, file: ReferenceFile.dispatch.name)
        let version = head(&file)
        let weights = file.object("weights") { entry in
            func weight(_ name: String) -> Double { Double(entry.whole(name, in: 0...10_000)) / 100 }
            return RankWeights(
                uncertainty: weight("uncertainty"), rating: weight("rating"), cancels: weight("cancels"),
                idle: weight("idle"), quiet: weight("quiet"))
        }
        let (services, areas) = (Set(types.map(\.code)), Set(zones.filter { $0.kind == .serviceArea }.map(\.code)))
        let plans = file.entries("plans", canBeEmpty: true) { Self.plan(&$0, services: services, zones: areas) }
        judgeUnique(plans.map(\.code), "plans", &file)
        faults += file.finish()
        return (version, plans, weights ?? .standard)
    }

    private static func plan(
        _ entry: inout ReferenceEntry, services known: Set<String>, zones areas: Set<String>
    ) -> PlanRule {
        func own(_ name: String, _ range: ClosedRange<Int64>) -> Int64? {
            entry.has(name) ? entry.whole(name, in: range) : nil
        }
        let (services, zones) = (Set(entry.codes("services")), Set(entry.codes("zones")))
        if !services.isSubset(of: known) { entry.fault("services", "must be codes of service types") }
        if !zones.isSubset(of: areas) { entry.fault("zones", "must be codes of service areas") }
        return PlanRule(
            code: entry.code("code"), services: services, zones: zones,
            mode: entry.has("mode") ? entry.word("mode", or: DispatchMode.broadcast) : nil,
            startKm: own("start_km", 1...500), stepKm: own("step_km", 0...500), maxKm: own("max_km", 1...500),
            ringSeconds: own("ring_seconds", 1...3600), batch: own("batch", 1...Int64(OfferRules.batch)),
            fanOut: own("fan_out", 1...1000), staggerSeconds: own("stagger_seconds", 0...600),
            offerSeconds: own("offer_seconds", 5...600), searchSeconds: own("search_seconds", 5...86_400))
    }

    mutating func pricing(_ json: JSON, zones: [Zone]) -> (version: Int64, rules: PricingRules) {
        var file = ReferenceEntry(json, file: ReferenceFile.pricing.name)
        let (version, currency) = head(&file, .pricing)
        let rules = PricingRules(reading: &file, currency, zones: zones)
        judgeUnique(rules.hours.map(\.factor.code), "hours", &file)
        judgeUnique(rules.holidays.map(\.factor.code), "holidays", &file)
        judgeUnique(rules.zoneSurcharges.map(\.zone), "zone_surcharges", &file, member: "zone")
        faults += file.finish()
        return (version, rules)
    }

    /// A total cannot be the sum of two currencies.
    mutating func judgeCurrencies() {
        guard let first = currencies.first else { return }
        for (file, currency) in currencies.dropFirst() where currency != first.currency {
            faults.append(
                ReferenceFault(
                    file: file.name, member: "currency",
                    problem: "must be \(first.currency.code), as in \(first.file.name)"))
        }
    }

    /// What every file begins with.
    private func head(_ file: inout ReferenceEntry) -> Int64 {
        let version = file.whole("version", in: ReferenceData.versionRange)
        _ = file.text("source", max: 1000)
        return version
    }

    /// What a file of prices begins with.
    private mutating func head(_ file: inout ReferenceEntry, _ which: ReferenceFile) -> (Int64, Currency) {
        let version = head(&file)
        let code = file.text("currency", max: 3)
        guard let currency = Currency(code: code) else {
            if !code.isEmpty { file.fault("currency", "must be a code of three capital letters, such as KES") }
            return (version, .kes)
        }
        currencies.append((which, currency))
        return (version, currency)
    }

    private static func tariff(_ entry: inout ReferenceEntry, _ currency: Currency) -> Tariff {
        Tariff(
            callOut: entry.amount("call_out", currency),
            freeMetres: entry.whole("free_metres", in: 0...1_000_000),
            perKilometre: entry.amount("per_kilometre", currency).minorUnits,
            perLoadedKilometre: entry.amount("per_loaded_kilometre", currency).minorUnits)
    }

    private func judgeUnique(
        _ values: [String], _ list: String, _ file: inout ReferenceEntry, member: String = "code"
    ) {
        for (index, value) in values.enumerated() where !value.isEmpty && values[..<index].contains(value) {
            file.fault("\(list)[\(index)].\(member)", "\(value) is there twice")
        }
    }
}

extension Tariff {
    /// Stands in for one that could not be read; never leaves the reading.
    fileprivate static func nothing(_ currency: Currency) -> Tariff {
        Tariff(callOut: Money(minorUnits: 0, currency), freeMetres: 0, perKilometre: 0)
    }
}
