public import FoundationEssentials

/// The hard filter of domain §4.5.1, as far as it is about the provider and the need alone.
///
/// What a provider has not told of (licence, truck, equipment) is unknown, and nobody is left out for what is unknown:
/// his words about his skills count, as they did before he could tell more. What he has told of and does not suffice
/// leaves him out; but for papers that the installation asks for, which have to be there. A licence that has run out leaves him out of every job, for he has to drive to it.
public enum EligibilityRules {
    /// Every reason against him, in the order of ``Exclusion``; empty for one who may be asked.
    public static func exclusions(_ provider: ProviderFacts, for need: JobNeed, at now: Date) -> [Exclusion] {
        var reasons: [Exclusion] = []
        if !provider.isVerified { reasons.append(.notApproved) }
        if !provider.isActive { reasons.append(.switchedOff) }
        if !PaperRules.missing(need.papers, of: provider.papers, at: now).isEmpty { reasons.append(.papers) }
        switch provider.availability {
        case .available: break
        case .offline: reasons.append(.offDuty)
        case .onBreak: reasons.append(.onBreak)
        case .busy: reasons.append(.busy)
        }
        if !provider.shifts.covers(now) { reasons.append(.offShift) }
        if DutyRules.minutesLeft(provider.duty, limit: need.dutyLimit, at: now) == 0 { reasons.append(.dutyHours) }
        if !provider.capabilities.contains(need.capability) { reasons.append(.capability) }
        if let licence = provider.licence {
            if let tow = need.tow, !tow.accepts(licence) { reasons.append(.licence) }
            if licence.isExpired(at: now) { reasons.append(.licenceExpired) }
        }
        if let tow = need.tow {
            if let truck = provider.truck, !tow.accepts(truck) { reasons.append(.towCapacity) }
            if let held = provider.heldEquipment, !tow.isEquipped(by: held) { reasons.append(.equipment) }
        }
        if let end = provider.heldUntil, end > now { reasons.append(.held) }
        return reasons
    }
}

extension ProviderFacts {
    /// His own and his truck's; nil when neither is recorded.
    fileprivate var heldEquipment: Set<String>? {
        guard equipment != nil || truck != nil else { return nil }
        return (equipment ?? []).union(truck?.equipment ?? [])
    }
}

extension TowDemand {
    fileprivate func accepts(_ licence: Licence) -> Bool {
        licenceClasses.isEmpty || !licenceClasses.isDisjoint(with: licence.classes)
    }

    /// By its class and, where both are known, by kilograms.
    fileprivate func accepts(_ truck: TruckFacts) -> Bool {
        guard let towClass = truck.towClass, towClasses.contains(towClass) else { return false }
        guard let massKg, let capacity = truck.capacityKg else { return true }
        return massKg <= capacity
    }

    fileprivate func isEquipped(by held: Set<String>) -> Bool {
        equipment.allSatisfy { !$0.isDisjoint(with: held) }
    }
}
