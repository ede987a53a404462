extension PricingRules {
    /// Reads `pricing.json` behind its head; faults stay with the entry.
    ///
    /// - Parameter zones: those of the same set, whose codes surcharges name.
    init(reading file: inout ReferenceEntry, _ currency: Currency, zones: [Zone]) {
        let surcharged = zones.filter { $0.kind == .surcharge }.map(\.code)
        self.init(
            currency: currency,
            hours: file.entries("hours", canBeEmpty: true) { entry in
                let (from, to) = (entry.whole("from_minute", in: 0...1439), entry.whole("to_minute", in: 0...1440))
                if from == to { entry.fault("to_minute", "must not be from_minute") }
                return Hours(from: from, to: to, factor: Self.factor(&entry))
            },
            holidays: file.entries("holidays", canBeEmpty: true) { entry in
                let (month, day) = (entry.whole("month", in: 1...12), entry.whole("day", in: 1...31))
                // Of a day that exists in some years only, such as 29 February, nobody is told in the others.
                if day > Self.days[Int(month) - 1] { entry.fault("day", "must be a day of every year's month") }
                return Holiday(month: Int(month), day: Int(day), factor: Self.factor(&entry))
            },
            zoneSurcharges: file.entries("zone_surcharges", canBeEmpty: true) { entry in
                let surcharge = ZoneSurcharge(
                    zone: entry.code("zone"), amount: entry.amount("amount", currency, positive: true))
                if !surcharge.zone.isEmpty, !surcharged.contains(surcharge.zone) {
                    entry.fault("zone", "must be the code of a zone of kind surcharge")
                }
                return surcharge
            },
            waiting: file.object("waiting") { entry in
                WaitingTerms(
                    freeMinutes: entry.whole("free_minutes", in: 0...1440),
                    perMinute: entry.amount("per_minute", currency))
            } ?? PricingRules.nothing(currency).waiting,
            cancellation: file.object("cancellation", CancellationSchedule.init(reading:)) ?? .free,
            minimum: file.amount("minimum", currency), taxBasisPoints: file.whole("tax_basis_points", in: 0...10_000),
            quoteSeconds: file.whole("quote_seconds", in: 10...86_400),
            limits: file.object("extra_charges") { entry in
                (
                    entry.amount("greatest_amount", currency, positive: true),
                    Int(entry.whole("greatest_count", in: 1...100))
                )
            } ?? (Money(minorUnits: 0, currency), 0))
    }

    private init(
        currency: Currency, hours: [Hours], holidays: [Holiday], zoneSurcharges: [ZoneSurcharge],
        waiting: WaitingTerms, cancellation: CancellationSchedule, minimum: Money, taxBasisPoints: Int64,
        quoteSeconds: Int64, limits: (amount: Money, count: Int)
    ) {
        self.init(
            currency: currency, hours: hours, holidays: holidays, zoneSurcharges: zoneSurcharges, waiting: waiting,
            cancellation: cancellation, minimum: minimum, taxBasisPoints: taxBasisPoints, quoteSeconds: quoteSeconds,
            greatestExtraCharge: limits.amount, extraCharges: limits.count)
    }

    /// Half as much again is the most that any factor may make of a price (the cap of domain §4.6).
    private static func factor(_ entry: inout ReferenceEntry) -> PriceFactor {
        PriceFactor(
            code: entry.code("code"), title: entry.text("title"),
            basisPoints: entry.whole("basis_points", in: 5000...15_000))
    }

    private static let days: [Int64] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
}

extension CancellationSchedule {
    /// No share is more than the whole call-out.
    fileprivate init(reading entry: inout ReferenceEntry) {
        let shares: ClosedRange<Int64> = 0...10_000
        self.init(
            graceSeconds: entry.whole("grace_seconds", in: 0...3600),
            accepted: entry.whole("accepted_basis_points", in: shares),
            far: entry.whole("far_basis_points", in: shares),
            farFrom: entry.whole("far_from_basis_points", in: shares),
            arrived: entry.whole("arrived_basis_points", in: shares),
            gone: entry.whole("gone_basis_points", in: shares))
    }
}
