extension ReferenceData {
    /// What a request for this type with these requirements comes to. Requirements of another family are left out.
    ///
    /// - Parameter code: of a service type, in any spelling of case, spaces and hyphens.
    /// - Throws: ``TermsRefusal`` with every reason.
    public func terms(for code: String, _ requirements: JobRequirements = JobRequirements()) throws(TermsRefusal)
        -> JobTerms
    {
        guard let type = type(code) else {
            throw TermsRefusal(issues: [Self.unknown("service_type", types.map(\.code))])
        }
        switch type.family {
        case .fuel:
            if let order = requirements.fuel { return try terms(for: type, order) }
        case .towing:
            if let need = requirements.tow { return try terms(for: type, need) }
        case .repair: break
        }
        return JobTerms(
            type: type, capability: type.capability, requirements: JobRequirements(), pricesVersion: versions.text,
            tariff: type.tariff, equipment: [], fuel: nil, reference: self)
    }

    /// Whoever carries the fuel may come.
    private func terms(for type: ServiceType, _ order: FuelOrder) throws(TermsRefusal) -> JobTerms {
        var issues: [TermsRefusal.Issue] = []
        let fuel = fuel(order.fuel)
        if fuel == nil { issues.append(Self.unknown("fuel", fuels.map(\.code))) }
        let limits = FuelOrder.millilitreLimits
        if !limits.contains(order.millilitres) {
            issues.append(
                .init(
                    field: "litres",
                    message: "Between \(limits.lowerBound / 1000) and \(limits.upperBound / 1000) litres."))
        }
        guard let fuel, issues.isEmpty else { throw TermsRefusal(issues: issues) }
        return JobTerms(
            type: type, capability: fuel.capability,
            requirements: JobRequirements(fuel: FuelOrder(fuel: fuel.code, millilitres: order.millilitres)),
            pricesVersion: versions.text, tariff: type.tariff, equipment: [], fuel: (fuel, order.millilitres),
            reference: self)
    }

    /// The vehicle decides on the class of truck, which is never less than the type's own. A type of towing that is no
    /// class's business (its capability is none of theirs) keeps its own capability and tariff.
    private func terms(for type: ServiceType, _ need: TowNeed) throws(TermsRefusal) -> JobTerms {
        guard let vehicle = vehicleType(need.vehicleType) else {
            throw TermsRefusal(issues: [Self.unknown("vehicle_type", vehicleTypes.map(\.code))])
        }
        let greatest = towClasses.last?.greatestMassKg ?? 0
        guard need.massKg ?? 1 > 0, let tow = towClass(for: vehicle, massKg: need.massKg) else {
            throw TermsRefusal(issues: [.init(field: "mass_kg", message: "Between 1 and \(greatest) kilograms.")])
        }
        let own = towClasses.first { $0.capability == type.capability }
        let truck = own.map { $0.greatestMassKg > tow.greatestMassKg ? $0 : tow }
        var met = need
        met.vehicleType = vehicle.code
        return JobTerms(
            type: type, capability: truck?.capability ?? type.capability,
            requirements: JobRequirements(tow: met), pricesVersion: versions.text,
            tariff: truck?.tariff ?? type.tariff,
            equipment: equipment.filter { $0.occasion.applies(to: need) }, fuel: nil, reference: self)
    }

    private static func unknown(_ field: String, _ known: [String]) -> TermsRefusal.Issue {
        .init(field: field, message: "Must be one of \(known.joined(separator: ", ")).")
    }
}

extension Equipment.Occasion {
    func applies(to need: TowNeed) -> Bool {
        switch self {
        case .wheelsLocked: need.wheelsLocked
        }
    }
}
