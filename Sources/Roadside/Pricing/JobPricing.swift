import BSON
import FoundationEssentials
import RoadsideRules

/// What a decision about a job changes of its account: further fields for the same write.
struct JobPricing {
    let record: JobRecord
    let decision: JobDecision
    let actor: Actor
    let now: Date
    let supervision: SupervisionPlan
    /// Staff let the fee of a cancellation pass, and whatever else had come up.
    var isWaived = false

    /// The fee hangs on how far the provider has come, and whether he comes at all.
    var needsPosition: Bool {
        decision.to == .cancelled && record.status.isApproach && record.charges.terms != nil && !isWaived
    }

    /// - Parameter provider: where the one who holds or takes the job was seen last, when that is known.
    func changes(provider: LastSeen?) -> Document {
        var changes = Document()
        if decision.steps.contains(.accepted), let point = provider?.point {
            changes.append("way_metres", .double(point.distance(to: record.pickup.point)))
        }
        var fees = record.charges.fees
        if decision.steps.contains(.inProgress), let waiting { fees.append(waiting) }
        var extras = record.charges.extras
        if decision.to.isTerminal {
            fees += ending(provider: provider)
            if isWaived { fees = [] }
            for index in extras.indices where extras[index].state == .proposed { extras[index].state = .lapsed }
            let price = finalPrice(fees: fees, extras: extras)
            changes.append("price", .document(price.document))
            changes.append(contentsOf: settled(price.total))
            let beyond = price.total.minorUnits - record.estimate.minorUnits
            // What revenue adds to the estimates (M0013): read off an index, so it is a field of its own.
            if decision.to == .completed, beyond != 0 { changes.append("beyond_estimate", .int64(beyond)) }
        }
        if fees != record.charges.fees { changes.append("fees", .array(fees.map { .document($0.document) })) }
        if extras != record.charges.extras { changes.append("extras", .array(extras.map { .document($0.document) })) }
        return changes
    }

    /// What has been paid already may be more than it came to, or less.
    private func settled(_ total: Money) -> Document {
        var changes = Document()
        let paid = record.payment.paid
        // Cash is between the two who were there.
        if record.payment.method == .card, PaymentRules.excess(total, paid: paid) != nil {
            changes.append("refund_at", .date(now))
        }
        if record.payment.status == .paid, PaymentRules.due(total, paid: paid) != nil {
            changes.append("payment_status", .string(PaymentStatus.pending.rawValue))
        }
        return changes
    }

    /// A start that says arrival, too, has waited for nobody.
    private var waiting: PriceLine? {
        guard !decision.steps.contains(.arrived), let arrival = record.arrivedAt else {
            return nil
        }
        return FeeRules.waiting(from: arrival, until: now, record.charges.terms)
    }

    private func ending(provider: LastSeen?) -> [PriceLine] {
        switch decision.to {
        case .cancelled:
            let fee = record.cancellationFee(provider: provider, by: actor.role, supervision, at: now)
            return [fee?.line].compactMap(\.self)
        case .failed:
            return [decision.failure.flatMap { FeeRules.failure($0, record.charges.terms) }].compactMap(\.self)
        default: return []
        }
    }

    /// Completed work is paid as quoted, with what was added. Work that came to nothing is not; what its customer has
    /// approved on the way, a part for example, stays with him and is paid, unless the help itself failed.
    private func finalPrice(fees: [PriceLine], extras: [ExtraCharge]) -> FinalPrice {
        let approved = extras.filter { $0.state == .approved }.map(\.line)
        let additions =
            switch decision.to {
            case .completed, .cancelled: isWaived ? [] : fees + approved
            case .failed where decision.failure != .unsuccessful: fees + approved
            default: [PriceLine]()
            }
        return FinalPrice(
            quote: decision.to == .completed ? record.promised : [], additions: additions,
            taxBasisPoints: record.charges.terms?.taxBasisPoints ?? 0, record.estimate.currency)
    }
}
