import FoundationEssentials
import RoadsideRules
import Testing

@Suite("Fees: the schedule of domain §4.6, row by row (U19)")
struct FeeRulesTests {
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)
    private static let price = Money(minorUnits: 200_000)
    private static let terms = FeeTerms(
        callOut: Money(minorUnits: 150_000),
        cancellation: CancellationSchedule(
            graceSeconds: 180, accepted: 2500, far: 5000, farFrom: 5000, arrived: 10_000, gone: 10_000),
        waiting: WaitingTerms(freeMinutes: 10, perMinute: Money(minorUnits: 2000)), taxBasisPoints: 0)

    /// One row: where the job stands, what else is known, seconds since acceptance, and what it costs.
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        var status: JobStatus
        var seconds = 600.0
        var progress: Double?
        /// Seconds after acceptance.
        var promise: Double?
        var arrival: Double?
        var isStalled = false
        var role: Role? = .customer
        let fee: Int64
        let reason: CancellationFee.Reason
        var freeUntil: Double?

        var testDescription: String { name }
    }

    static let schedule: [Row] = [
        Row(name: "scheduled", status: .scheduled, fee: 0, reason: .notAccepted),
        Row(name: "requested", status: .requested, fee: 0, reason: .notAccepted),
        Row(name: "matching", status: .matching, fee: 0, reason: .notAccepted),
        Row(name: "just accepted", status: .accepted, seconds: 0, fee: 0, reason: .grace, freeUntil: 180),
        Row(
            name: "a moment before the end of grace", status: .enRoute, seconds: 179.999, progress: 0.9, fee: 0,
            reason: .grace, freeUntil: 180),
        Row(
            name: "arrived within grace", status: .arrived, seconds: 100, arrival: 90, fee: 0, reason: .grace,
            freeUntil: 180),
        Row(name: "grace is over to the second", status: .accepted, seconds: 180, fee: 37_500, reason: .accepted),
        Row(name: "accepted", status: .accepted, fee: 37_500, reason: .accepted),
        Row(name: "accepted, by a dispatcher", status: .accepted, role: .dispatcher, fee: 37_500, reason: .accepted),
        Row(name: "accepted, by an admin", status: .accepted, role: .admin, fee: 37_500, reason: .accepted),
        Row(name: "accepted, by its provider", status: .accepted, role: .provider, fee: 0, reason: .providerCaused),
        Row(name: "accepted, by the system", status: .accepted, role: nil, fee: 0, reason: .providerCaused),
        Row(name: "on the way, nobody knows how far", status: .enRoute, fee: 37_500, reason: .near),
        Row(name: "on the way, half of it", status: .enRoute, progress: 0.5, fee: 37_500, reason: .near),
        Row(name: "on the way, more than half", status: .enRoute, progress: 0.501, fee: 75_000, reason: .far),
        Row(name: "on the way, in time", status: .enRoute, progress: 0.9, promise: 600, fee: 75_000, reason: .far),
        Row(
            name: "on the way, too late", status: .enRoute, seconds: 600.1, progress: 0.9, promise: 600, fee: 0,
            reason: .promiseBroken),
        Row(name: "not even on the way, too late", status: .accepted, promise: 599, fee: 0, reason: .promiseBroken),
        Row(name: "stalled", status: .enRoute, progress: 0.9, isStalled: true, fee: 0, reason: .providerStalled),
        Row(name: "arrived in time", status: .arrived, promise: 500, arrival: 500, fee: 150_000, reason: .arrived),
        Row(name: "arrived without a promise", status: .arrived, arrival: 500, fee: 150_000, reason: .arrived),
        Row(name: "arrived too late", status: .arrived, promise: 400, arrival: 500, fee: 0, reason: .promiseBroken),
        Row(
            name: "arrived after he had stalled", status: .arrived, arrival: 500, isStalled: true, fee: 150_000,
            reason: .arrived),
        Row(
            name: "at work, within grace", status: .inProgress, seconds: 60, arrival: 50, role: .admin, fee: 150_000,
            reason: .workBegun),
        Row(
            name: "at work, begun too late", status: .towing, promise: 10, arrival: 50, role: .admin, fee: 150_000,
            reason: .workBegun),
        Row(
            name: "at the destination", status: .atDestination, arrival: 50, role: .dispatcher, fee: 150_000,
            reason: .workBegun),
    ]

    @Test("what a cancellation costs", arguments: schedule)
    func cancellation(row: Row) {
        let facts = FeeFacts(
            status: row.status, acceptedAt: row.status.isLive ? Self.start : nil,
            arrivedAt: row.arrival.map(Self.start.addingTimeInterval),
            promiseAt: row.promise.map(Self.start.addingTimeInterval), progress: row.progress,
            isStalled: row.isStalled)
        let fee = FeeRules.cancellation(
            facts, Self.terms, price: Self.price, by: row.role, now: Self.start.addingTimeInterval(row.seconds))
        #expect(fee.amount == Money(minorUnits: row.fee))
        #expect(fee.reason == row.reason)
        #expect(fee.freeUntil == row.freeUntil.map(Self.start.addingTimeInterval))
        #expect((fee.line == nil) == (row.fee == 0))
    }

    @Test("every reason but that of old jobs has its row, and every open status")
    func complete() {
        let reasons = Set(Self.schedule.map(\.reason))
        #expect(Set(CancellationFee.Reason.allCases).subtracting(reasons) == [.noTerms])
        #expect(Set(Self.schedule.map(\.status)) == Set(JobStatus.allCases.filter(\.isOpen)))
    }

    @Test("a job without terms costs nothing; no fee is more than the price")
    func bounds() {
        let facts = FeeFacts(status: .arrived, acceptedAt: Self.start)
        let now = Self.start.addingTimeInterval(3600)
        let old = FeeRules.cancellation(facts, nil, price: Self.price, by: .customer, now: now)
        #expect(old.amount.minorUnits == 0 && old.reason == .noTerms)
        let cheap = Money(minorUnits: 900)
        let capped = FeeRules.cancellation(facts, Self.terms, price: cheap, by: .customer, now: now)
        #expect(capped.amount == cheap)
    }

    @Test("over time a fee only rises once the grace is over, and nothing but a broken promise lowers it")
    func monotone() {
        for (status, arrival) in [(JobStatus.accepted, nil), (.enRoute, nil), (.arrived, 30.0)]
            as [(JobStatus, Double?)]
        {
            let facts = FeeFacts(
                status: status, acceptedAt: Self.start, arrivedAt: arrival.map(Self.start.addingTimeInterval),
                promiseAt: Self.start.addingTimeInterval(1000), progress: 0.8)
            var last: Int64 = 0
            for second in stride(from: 0.0, through: 1000, by: 5) {
                let fee = FeeRules.cancellation(
                    facts, Self.terms, price: Self.price, by: .customer, now: Self.start.addingTimeInterval(second))
                #expect(fee.amount.minorUnits >= last, "\(status) \(second)")
                last = fee.amount.minorUnits
            }
        }
    }

    @Test("nobody there, or nobody who takes the vehicle: the call-out; help that failed: nothing")
    func failures() {
        #expect(FeeRules.failure(.goneOnArrival, Self.terms)?.amount.minorUnits == 150_000)
        #expect(FeeRules.failure(.destinationRefused, Self.terms)?.amount.minorUnits == 150_000)
        #expect(FeeRules.failure(.unsuccessful, Self.terms) == nil)
        #expect(FeeRules.failure(.goneOnArrival, nil) == nil)
    }

    @Test(
        "waiting is paid by the full minute beyond the free ones",
        arguments: [
            (0, 0), (-5, 0), (599, 0), (600, 0), (659, 0), (660, 1), (719, 1), (720, 2), (3600, 50),
            (1_000_000, 1430),
        ] as [(Double, Int64)])
    func waiting(seconds: Double, minutes: Int64) {
        let line = FeeRules.waiting(from: Self.start, until: Self.start.addingTimeInterval(seconds), Self.terms)
        #expect((line?.amount.minorUnits ?? 0) == minutes * 2000)
        #expect(FeeRules.waiting(from: Self.start, until: Self.start.addingTimeInterval(seconds), nil) == nil)
    }
}
